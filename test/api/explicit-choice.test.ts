import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asks, jsonOf, openApi, post, type ErrorAnswer } from './server.ts'

const CHANGE = 'Fix the parser'

test('the header x-quorum: direct keeps a change out of the swarm', async () => {
  await using api = await openApi()
  const url = `${api.url}/v1/chat/completions`
  const response = await post(url, asks(CHANGE), { headers: { 'x-quorum': 'direct' } })
  await response.text()
  assert.equal(response.headers.get('x-quorum-route'), 'direct; the caller chose it')
  assert.deepEqual(api.runner.list(), [])
})

test('the header x-quorum: task makes a task of anything', async () => {
  await using api = await openApi()
  const leave = new AbortController()
  const url = `${api.url}/v1/chat/completions`
  const response = await post(url, asks('hi there', { stream: true }), {
    headers: { 'x-quorum': 'task' },
    signal: leave.signal,
  })
  assert.equal(response.headers.get('x-quorum-route'), 'task')
  assert.equal(api.runner.list().length, 1)
  leave.abort()
})

test('what the request itself says goes before the header of its connection', async () => {
  await using api = await openApi()
  const url = `${api.url}/v1/chat/completions`
  const body = asks(CHANGE, { metadata: { quorum: 'direct' } })
  await (await post(url, body, { headers: { 'x-quorum': 'task' } })).text()
  assert.deepEqual(api.runner.list(), [])
})

test('a header that is neither is refused by name', async () => {
  await using api = await openApi()
  const url = `${api.url}/v1/chat/completions`
  const response = await post(url, asks(CHANGE), { headers: { 'x-quorum': 'swarm' } })
  assert.equal(response.status, 400)
  assert.equal((await jsonOf<ErrorAnswer>(response)).error.param, 'x-quorum')
})
