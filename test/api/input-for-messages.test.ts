import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ASK, openApi, post, stage } from './server.ts'

// seen of Cursor: https://github.com/gabrii/Cursor-Azure-GPT-5/issues/69
const INPUT = [
  { role: 'developer', content: 'Be brief.' },
  { role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
]

test('a chat whose messages are called input is answered as a chat', async () => {
  await using api = await openApi()
  const url = `${api.url}/v1/chat/completions`
  const body = { model: 'quorum', input: INPUT, max_output_tokens: 500 }
  const response = await post(url, body)
  assert.equal(response.status, 200)
  assert.match(await response.text(), /"choices"/)
  await (await post(url, { ...body, stream: true })).text()
  const [whole, streamed] = api.opened.map((opened): Record<string, unknown> => JSON.parse(opened.body))
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'hello' },
  ]
  assert.deepEqual(whole, { model: 'fast-coder', messages, max_completion_tokens: 500 })
  assert.deepEqual(streamed, { ...whole, stream: true, stream_options: { include_usage: true } })
})

test('a change that is asked for in such a body is a task', async () => {
  const { cascade, tasks } = stage()
  await using api = await openApi({ cascade })
  const leave = new AbortController()
  const response = await post(
    `${api.url}/v1/chat/completions`,
    { model: 'quorum', input: ASK, stream: true },
    { signal: leave.signal },
  )
  assert.equal(response.headers.get('x-quorum-route'), 'task')
  assert.equal(tasks[0]?.request, ASK)
  leave.abort()
})
