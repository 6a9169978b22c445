import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { requestKey, type Asked } from '../../src/core/request-key.ts'

const BODY = {
  model: 'quorum',
  messages: [{ role: 'user', content: 'Fix the parser' }],
  metadata: { budgetTokens: '100' },
}
const asked = (change: object = {}, rest: Partial<Asked> = {}): string =>
  requestKey({
    caller: 'Bearer a',
    workspace: { kind: 'named', name: 'app' },
    upon: null,
    body: { ...BODY, ...change },
    ...rest,
  })

test('how an answer is sent, sampled and billed is no part of what is asked', () => {
  const idle = [
    { stream: true, stream_options: { include_usage: true } },
    { temperature: 0.2, top_p: 0.9, seed: 7, presence_penalty: 1, max_tokens: 32_000 },
    { user: 'u1', safety_identifier: 's', prompt_cache_key: 'k', store: false, service_tier: 'auto' },
    { session_id: 's1', chat_id: 'c1', messageId: 'm1', 'request-id': 'r1' },
    { metadata: { ...BODY.metadata, join: 'true', session_id: 's2', chatId: 'c2', trace_id: null } },
    { tools: null, reasoning_effort: undefined },
  ]
  for (const change of idle) assert.equal(asked(change), asked(), JSON.stringify(change))
})

test('whatever else differs asks for something else', () => {
  const others = [
    asked({ model: 'quorum-max' }),
    asked({ messages: [{ role: 'user', content: 'Fix the lexer' }] }),
    asked({ messages: [{ role: 'system', content: 'whole files' }, ...BODY.messages] }),
    asked({ reasoning_effort: 'high' }),
    asked({ metadata: { budgetTokens: '200' } }),
    asked({ metadata: null }),
    asked({ tools: [{ type: 'function', function: { name: 'edit' } }] }),
    asked({ previous_response_id: 'r1' }),
    asked({ a_field_of_tomorrow: 1 }),
    asked({}, { caller: 'Bearer b' }),
    asked({}, { upon: 'task_1' }),
    asked({}, { workspace: { kind: 'named', name: 'docs' } }),
    asked({}, { workspace: { kind: 'files', files: [{ path: 'app', content: '' }] } }),
  ]
  assert.equal(new Set([asked(), ...others]).size, others.length + 1)
})

test('the order in which fields were written down does not matter, their values do', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^x_\w{0,5}$/), fc.jsonValue()), (extra) => {
      const backwards = Object.fromEntries(Object.entries(extra).toReversed())
      assert.equal(asked(extra), asked(backwards))
      const holdsSomething = Object.values(extra).some((value) => value !== null)
      assert.equal(asked(extra) === asked(), !holdsSomething)
    }),
  )
})
