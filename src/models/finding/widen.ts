import type { Capability } from '../../core/capability.ts'
import { AT_ONCE } from './measure-slots.ts'

/** How a model is given a window of so many tokens, as a command where there is one. */
export function widen(
  { server, slots }: Pick<Capability, 'server' | 'slots'>,
  model: string,
  window: number,
): string {
  const parallel = slots ?? AT_ONCE
  switch (server) {
    case 'ollama':
      return `start Ollama with a larger window: OLLAMA_CONTEXT_LENGTH=${window} ollama serve; or give it to this model alone: printf 'FROM ${model}\\nPARAMETER num_ctx ${window}\\n' > Modelfile && ollama create ${model.replace(/:.*/, '')}-${window / 1_024}k -f Modelfile`
    case 'llamacpp':
      // the slots share what it is given
      return `start llama-server with: --parallel ${parallel} --ctx-size ${window * parallel}`
    case 'vllm':
      return `vllm serve ${model} --max-model-len ${window}`
    case 'sglang':
      return `python -m sglang.launch_server --model-path ${model} --context-length ${window}`
    case 'litellm':
      return `behind LiteLLM an Ollama model needs num_ctx: ${window} in its litellm_params, and max_input_tokens in its model_info`
    case 'lmstudio':
      return `lms unload ${model} && lms load ${model} --context-length ${window}`
    case 'mlx':
    case 'openai':
      return 'its server needs a larger context window'
    default:
      return server satisfies never
  }
}
