import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asks, jsonOf, openApi, post, type Api, type ErrorAnswer } from './server.ts'

const chat = ({ url }: Api, more: object, headers: Record<string, string> = {}): Promise<Response> =>
  post(`${url}/v1/chat/completions`, asks('hi there', { model: 'quorum-chat', ...more }), { headers })

test('conversation in words goes straight to the model, with no byte but its name changed', async () => {
  await using api = await openApi()
  const body =
    '{"messages":[ {"role":"user","content":"Fix the parser: ```a.ts\\nx\\n```"},{"role":"assistant","content":null},{"role":"user","content":[{"type":"text","text":"\\u00e9"}]} ],  "model":"quorum-chat"}'
  const response = await post(`${api.url}/v1/chat/completions`, body)
  assert.equal(response.headers.get('x-quorum-route'), 'direct; the caller chose it')
  assert.match(response.headers.get('x-request-id') ?? '', /^\S+$/)
  assert.match(response.headers.get('openai-processing-ms') ?? '', /^\d+$/)
  assert.equal(response.headers.get('vary'), 'Origin')
  assert.equal(api.opened[0]!.body, body.replace('quorum-chat', 'fast-coder'))
})

test('a page hears on the answer itself that it may read it', async () => {
  await using api = await openApi()
  const origin = 'http://localhost:3000'
  const response = await chat(api, {}, { origin })
  assert.equal(response.headers.get('access-control-allow-origin'), '*')
  assert.match(response.headers.get('access-control-expose-headers') ?? '', /x-quorum-route/)
})

test('a wish that is ours to understand is understood, in body and headers', async () => {
  await using api = await openApi()
  const wishes: [object, Record<string, string>, string][] = [
    [{ metadata: { workspace: 'nowhere' } }, {}, 'metadata.workspace'],
    [{ metadata: { budgetTokens: 'x' } }, {}, 'metadata.budgetTokens'],
    [{}, { 'x-quorum-workspace': 'nowhere' }, 'x-quorum-workspace'],
    [{}, { 'x-quorum-form': 'verse' }, 'x-quorum-form'],
    [{ messages: [] }, {}, 'messages'],
    [{ n: 2 }, {}, 'n'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      {},
      'messages.0.content.0',
    ],
  ]
  for (const [more, headers, param] of wishes) {
    const response = await chat(api, more, headers)
    assert.equal(response.status, 400)
    assert.equal((await jsonOf<ErrorAnswer>(response)).error.param, param)
  }
  assert.deepEqual(api.opened, [])
})
