import type { TestContext } from 'node:test'
import { alternatives, DONE, end, json, listOf, open, piece, schemaIn, startRuntime } from './runtime.ts'
import type { Runtime } from './runtime.ts'

/** llama-server: one model, pings as comments, thoughts in `reasoning_content`, refuses a grammar it cannot read. */
export const startLlamaCpp = (
  t: TestContext,
  { alias = 'model', slots = 4, window = 8_192, refusesSchema = false } = {},
): Promise<Runtime> =>
  startRuntime(t, {
    routes: {
      '/v1/models': listOf([alias], { owned_by: 'llamacpp' }),
      '/props': {
        total_slots: slots,
        build_info: 'b10488-scripted',
        model_path: '/models/scripted.gguf',
        default_generation_settings: { n_ctx: window },
        modalities: { vision: true, audio: false },
        chat_template_caps: { supports_tools: true, supports_tool_calls: true },
      },
    },
    chat(body, response) {
      if (refusesSchema && schemaIn(body))
        return json(response, 400, {
          error: { code: 400, message: 'failed to parse grammar', type: 'invalid_request_error' },
        })
      open(response)
      response.write(':\n\n')
      response.write(piece({ role: 'assistant', content: null, reasoning_content: 'Hm. ' }))
      response.write(':\n\n')
      const text = 'grammar' in body ? 'T' : '{"subtasks":[]}'
      response.write(piece({ content: text }, alternatives(text, { T: -0.1, K: -2.5 })))
      response.end(end() + DONE)
    },
  })
