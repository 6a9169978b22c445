import type { ScriptedReply } from './scripted-models.ts'

/** A call as a model makes it: a tool, and its arguments, or the text that it writes for them. */
export type MadeCall = readonly [tool: string, given: object | string]

const event = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** A reply that calls tools, streamed in pieces of a few characters as servers do it. */
export function calling(
  calls: readonly MadeCall[],
  usage = { prompt_tokens: 100, completion_tokens: 10 },
): ScriptedReply {
  const bits = calls.flatMap(([name, given], index) => {
    const text = typeof given === 'string' ? given : JSON.stringify(given)
    const pieces = text.match(/[\s\S]{1,7}/g) ?? []
    const head = { index, id: `call_${index}`, type: 'function', function: { name, arguments: '' } }
    const rest = pieces.map((piece) => ({ index, function: { arguments: piece } }))
    return [head, ...rest].map((bit) => event({ tool_calls: [bit] }))
  })
  const counts = `data: ${JSON.stringify({ choices: [], usage })}\n\n`
  return {
    kind: 'raw',
    chunks: [
      event({ role: 'assistant', content: null }),
      ...bits,
      event({}, 'tool_calls'),
      counts,
      'data: [DONE]\n\n',
    ],
  }
}
