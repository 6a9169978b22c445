import type { TestContext } from 'node:test'
import { alternatives, DONE, end, listOf, open, piece, schemaIn, startRuntime } from './runtime.ts'
import type { Body, Runtime } from './runtime.ts'

const CHOICE = alternatives('K', { K: -0.3, T: -1.4 })

/** vLLM: tells its window, thinks in `reasoning`, is held to a choice by a field of its own. */
export const startVllm = (t: TestContext, window = 32_768): Promise<Runtime> =>
  startRuntime(t, {
    routes: { '/v1/models': listOf(['org/coder'], { owned_by: 'vllm', max_model_len: window }) },
    chat(body, response) {
      open(response)
      response.write(piece({ role: 'assistant', content: '', reasoning: 'Hm. ' }))
      response.write(piece({ content: 'structured_outputs' in body ? 'K' : 'Well, K' }, CHOICE))
      response.end(end() + DONE)
    },
  })

/** SGLang: the same list with another owner, and a regular expression instead of a choice. */
export const startSglang = (t: TestContext): Promise<Runtime> =>
  startRuntime(t, {
    routes: { '/v1/models': listOf(['org/coder'], { owned_by: 'sglang', max_model_len: 16_384 }) },
    chat(body, response) {
      open(response)
      response.write(piece({ content: body['regex'] === '(K|T)' ? 'K' : 'Well, K' }, CHOICE))
      response.end(end() + DONE)
    },
  })

/** LM Studio: tells what is loaded, has no log-probabilities, and ends without `[DONE]`. */
export const startLmStudio = (t: TestContext, parallel = 2): Promise<Runtime> =>
  startRuntime(t, {
    routes: {
      '/v1/models': listOf(['org/coder-7b'], { owned_by: 'organization_owner' }),
      '/api/v1/models': {
        models: [
          {
            type: 'llm',
            key: 'org/coder-7b',
            capabilities: { vision: false, trained_for_tool_use: true },
            loaded_instances: [{ id: 'org/coder-7b', config: { context_length: 4_096, parallel } }],
          },
        ],
      },
    },
    chat(body, response) {
      open(response)
      response.write(piece({ content: schemaIn(body) ? '"K"' : 'Well, K' }))
      response.end(end())
    },
  })

/** LiteLLM: knows a model by an alias, wants its key, and hands on what the provider takes. */
export const startLiteLlm = (t: TestContext, key = 'dev-key'): Promise<Runtime> =>
  startRuntime(t, {
    key,
    routes: {
      '/v1/models': listOf(['fast-coder', 'deep-coder', 'reviewer'], { owned_by: 'openai' }),
      '/health/liveliness': "I'm alive!",
      '/model/info': {
        data: ['fast-coder', 'deep-coder', 'reviewer'].map((name) => ({
          model_name: name,
          litellm_params: { model: 'ollama_chat/qwen3-vl' },
          model_info: { supports_vision: null, supports_function_calling: true, max_input_tokens: 16_384 },
        })),
      },
    },
    chat(body, response) {
      open(response)
      response.write(piece({ role: 'assistant', content: '', reasoning_content: 'Hm. ' }))
      response.write(piece({ content: schemaIn(body) ? '"K"' : 'Well, K' }))
      response.end(end() + DONE)
    },
  })

/** Somebody who speaks the protocol and says no more; `refuses` what it does not like with 400. */
export const startUnknown = (
  t: TestContext,
  refuses: (body: Body) => boolean = () => false,
): Promise<Runtime> =>
  startRuntime(t, {
    routes: { '/v1/models': listOf(['something'], { owned_by: 'me' }) },
    chat(body, response) {
      if (refuses(body)) {
        response.writeHead(400, { 'content-type': 'application/json' })
        response.end('{"error":{"message":"unknown field"}}')
        return
      }
      open(response)
      response.write(piece({ content: 'K' }, CHOICE))
      response.end(end('length') + DONE)
    },
  })
