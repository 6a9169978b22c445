import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { hideSecrets } from '../src/secrets.ts'

test('a configured key never stands in a line, however it is written', () => {
  // characters that JSON writes otherwise, and none of those the replacement is made of
  const unit = fc.constantFrom('Q', '7', '"', '\\', '\n', 'é')
  const [key, text] = [fc.string({ minLength: 4, unit }), fc.string({ unit })]
  fc.assert(
    fc.property(key, text, text, (secret, before, after) => {
      const line = JSON.stringify({ msg: `${before} ${secret} ${after}` })
      const hidden = hideSecrets(line, [secret])
      assert.ok(!hidden.includes(JSON.stringify(secret).slice(1, -1)))
    }),
  )
})

test('what looks like a secret is hidden, wherever it came from', () => {
  const lines = [
    '{"headers":{"authorization":"Bearer abc123"}}',
    '{"apiKey":"abc123"}',
    String.raw`{"err":"{\"api_key\": \"abc123\"}"}`,
    '{"msg":"sent Authorization: Bearer abc123 to it"}',
    '{"msg":"Incorrect API key provided: sk-abc123abc123"}',
    '{"url":"http://user:abc123@host/v1"}',
    '{"url":"http://host/v1?x=1&api_key=abc123&y=2"}',
  ]
  for (const line of lines) {
    const hidden = hideSecrets(line, [])
    assert.doesNotMatch(hidden, /abc123/, line)
    JSON.parse(hidden)
  }
})

test('a line without secrets stays as it is', () => {
  const line = '{"taskId":"task_1","msg":"http://localhost:4000/v1 answers, key by key","tokens":12}'
  assert.equal(hideSecrets(line, ['other', '']), line)
})
