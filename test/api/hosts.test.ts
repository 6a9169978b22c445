import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { test } from 'node:test'
import { openApi, type Api } from './server.ts'

/** `fetch` does not let its caller choose a Host. */
async function listModels({ url }: Api, host: string, key?: string) {
  const headers = { host, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) }
  const sent = request(`${url}/v1/models`, { headers }).end()
  const [response] = await once(sent, 'response')
  return { status: response.statusCode, body: JSON.stringify(await json(response)) }
}

test('without a key, only who calls this machine by its own name is answered', async () => {
  await using api = await openApi()
  for (const host of [
    'localhost',
    'LOCALHOST:8080',
    'app.localhost',
    '127.0.0.1:1',
    '127.8.9.1',
    '[::1]:8080',
    'host.docker.internal:8080',
    'host.containers.internal',
  ]) {
    assert.equal((await listModels(api, host)).status, 200, host)
  }
  const others = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'host.docker.internal.evil.example:8080',
  ]
  for (const host of [...others, '192.168.1.7', 'notlocalhost', '0.0.0.0:80']) {
    const { status, body } = await listModels(api, host)
    assert.equal(status, 403, host)
    assert.match(body, /"type":"permission_error"/)
    assert.match(body, /QUORUM_API_KEY/)
  }
})

test('with a key the name does not matter', async () => {
  await using api = await openApi({ apiKey: 'right' })
  assert.equal((await listModels(api, 'quorum', 'right')).status, 200)
  assert.equal((await listModels(api, 'quorum')).status, 401)
})
