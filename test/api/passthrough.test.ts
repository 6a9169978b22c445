import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import OpenAI, { toFile } from 'openai'
import { asks, jsonOf, openApi, post, readerOf, until, type Api, type ErrorAnswer } from './server.ts'
import { openBefore, startUpstream, type Received } from './upstream.ts'

const json =
  (body: object, status = 200, headers: Record<string, string> = {}) =>
  (_: Received, response: ServerResponse) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const sdk = ({ url }: Api): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'mine', maxRetries: 0 })

async function errorOf(response: Response) {
  const { error } = await jsonOf<ErrorAnswer>(response)
  return { status: response.status, retry: response.headers.get('x-should-retry'), ...error }
}

const HELLO = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
}

test("a chat with an upstream's own model goes there byte for byte, whatever it asks and of whom", async (t) => {
  const fast = await startUpstream(['fast-coder'])
  const deep = await startUpstream(['deep-coder', 'llama3:8b'], json(HELLO))
  const api = await openBefore(t, fast, { deep })
  // none of this is ours to refuse: it is another model's business
  const body = `{"n": 2, "logprobs":true,\n "model":"llama3:8b", "messages":[{"role":"user","content":[{"type":"image_url"}]},
    {"role":"user","content":"Fix the parser"}], "grüße": 1.0}`
  const response = await post(`${api.url}/v1/chat/completions`, body)
  assert.equal(await response.text(), JSON.stringify(HELLO))
  assert.match(response.headers.get('x-quorum-route')!, /^direct; /)
  assert.deepEqual(fast.received, [])
  const [got] = deep.received
  assert.equal(got!.route, 'POST /v1/chat/completions')
  assert.equal(got!.body.toString(), body)
  assert.equal(got!.headers.authorization, 'Bearer key-of-deep')
  assert.deepEqual(api.runner.list(), [])
})

test('a name of ours is ours even where an upstream lists it too', async (t) => {
  const fast = await startUpstream(['quorum-chat', 'fast-coder'], json(HELLO))
  const api = await openBefore(t, fast)
  await (await post(`${api.url}/v1/chat/completions`, asks('hello', { model: 'quorum-chat' }))).text()
  assert.equal(JSON.parse(fast.received[0]!.body.toString()).model, 'fast-coder')
  const list = await sdk(api).models.list()
  assert.equal(list.data.filter(({ id }) => id === 'quorum-chat').length, 1)
})

test("a stream of an upstream's own model comes through, and ends when the client leaves", async (t) => {
  const first = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'hel' }, finish_reason: null }] })}\n\n`
  const fast = await startUpstream(['llama3'], (_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first),
  )
  const api = await openBefore(t, fast)
  const leaving = new AbortController()
  const response = await post(
    `${api.url}/v1/chat/completions`,
    asks('hi', { model: 'llama3', stream: true }),
    { signal: leaving.signal },
  )
  assert.equal(await readerOf(response).until('hel'), first)
  leaving.abort()
  await until(() => fast.received[0]!.left, 'the upstream is let go')
})

test('a client that leaves before the headers takes a chat, a completion and an embedding with it', async (t) => {
  const fast = await startUpstream(['llama3'], () => {})
  const api = await openBefore(t, fast)
  for (const [path, body] of [
    ['chat/completions', asks('hi', { model: 'llama3' })],
    ['completions', { model: 'quorum', prompt: 'x' }],
    ['embeddings', { model: 'llama3', input: 'x' }],
  ] as const) {
    const leaving = new AbortController()
    const before = fast.received.length
    const asked = post(`${api.url}/v1/${path}`, body, { signal: leaving.signal }).catch(() => null)
    await until(() => fast.received.length > before, `${path} is asked`)
    leaving.abort()
    await asked
    await until(() => fast.received[before]!.left, `${path} is let go`)
  }
})

test('a broken body with the name of a listed model is refused by the upstream, and one without is ours to refuse', async (t) => {
  const fast = await startUpstream(['llama3'], json({ error: { message: 'bad json' } }, 400))
  const api = await openBefore(t, fast)
  const chat = (body: string) => post(`${api.url}/v1/chat/completions`, body).then(errorOf)
  assert.equal((await chat('{"model":"llama3","messages":[')).message, 'bad json')
  for (const broken of ['{"model', '{"mod\\u0', '{"a\\', '{"model":"llama3']) {
    assert.match((await chat(broken)).message, /the body is no JSON/, broken)
  }
  assert.equal(fast.received.length, 1)
})

test('what an upstream says about waiting reaches the client, and what a retry would not help does not invite one', async (t) => {
  const busy = { error: { message: 'slow down', type: 'rate_limit_exceeded', code: 429 } }
  const fast = await startUpstream(['llama3'], json(busy, 429, { 'retry-after': '7' }))
  const api = await openBefore(t, fast)
  const response = await post(`${api.url}/v1/chat/completions`, asks('hi', { model: 'llama3' }))
  assert.equal(response.headers.get('retry-after'), '7')
  assert.deepEqual(await errorOf(response), {
    status: 429,
    retry: null,
    message: 'slow down',
    type: 'upstream_error',
    param: null,
    code: '429',
  })
})

test('the list of models is ours first, then what the upstreams list, each complete', async (t) => {
  const fast = await startUpstream([{ id: 'a', created: 5, owned_by: 'them' }, 'b'])
  const deep = await startUpstream(['b', 'c'])
  const api = await openBefore(t, fast, { deep })
  const { data } = await sdk(api).models.list()
  assert.deepEqual(
    data.map(({ id }) => id),
    ['quorum', 'quorum-fast', 'quorum-max', 'quorum-chat', 'quorum@app', 'quorum@docs', 'a', 'b', 'c'],
  )
  assert.deepEqual(data[6], { id: 'a', object: 'model', created: 5, owned_by: 'them' })
  assert.ok(data.every(({ created, owned_by: owner }) => Number.isInteger(created) && owner !== ''))
  assert.equal((await sdk(api).models.retrieve('c')).id, 'c')
  await assert.rejects(sdk(api).models.retrieve('d'), { status: 404, code: 'model_not_found' })
})

for (const path of ['completions', 'fim/completions']) {
  test(`POST /v1/${path} is one call of the fast model, whichever name of ours it bears`, async (t) => {
    const said = '{"object":"text_completion",  "choices":[{"index":0,"text":"b"}]}'
    const fast = await startUpstream(['fast-coder'], (_, response) => response.end(said))
    const api = await openBefore(t, fast)
    const body = `{"prompt":"<|fim_prefix|>Fix the parser","suffix":"é", "model": "quorum-max@app","stop":["1","2","3","4","5"]}`
    const response = await post(`${api.url}/v1/${path}`, body)
    assert.equal(await response.text(), said)
    assert.equal(fast.received[0]!.route, `POST /v1/${path}`)
    assert.equal(fast.received[0]!.body.toString(), body.replace('quorum-max@app', 'fast-coder'))
    assert.deepEqual(api.runner.list(), [])
  })
}

test("the SDK streams a completion, and one of an upstream's own model", async (t) => {
  const event = (text: string, finish: string | null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'text_completion', created: 1, model: 'm', choices: [{ index: 0, text, logprobs: null, finish_reason: finish }] })}\n\n`
  const fast = await startUpstream(['codestral'], (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${event('hel', null)}${event('lo', 'stop')}data: [DONE]\n\n`)
  })
  const api = await openBefore(t, fast)
  for (const [model, reached] of [
    ['quorum', 'fast-coder'],
    ['codestral', 'codestral'],
  ] as const) {
    let text = ''
    for await (const chunk of await sdk(api).completions.create({ model, prompt: 'x', stream: true })) {
      text += chunk.choices[0]?.text ?? ''
    }
    assert.equal(text, 'hello')
    assert.equal(JSON.parse(fast.received.at(-1)!.body.toString()).model, reached)
  }
})

test('a completion that is cut off breaks off for the client too: half a file must not look whole', async (t) => {
  const fast = await startUpstream([], (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: {"choices":[{"text":"ha"}]}\n\n', () => response.destroy())
  })
  const api = await openBefore(t, fast)
  const response = await post(`${api.url}/v1/completions`, { model: 'quorum', prompt: 'x', stream: true })
  await assert.rejects(response.text())
})

for (const status of [404, 405, 501]) {
  test(`an upstream that answers ${status} to a completion is named, with what to set`, async (t) => {
    const fast = await startUpstream([], (_, response) =>
      response.writeHead(status).end('{"error":"Unexpected endpoint"}'),
    )
    const api = await openBefore(t, fast)
    const error = await errorOf(await post(`${api.url}/v1/completions`, { model: 'quorum', prompt: 'x' }))
    assert.deepEqual([error.status, error.code, error.retry], [404, 'not_found', 'false'])
    assert.match(error.message, new RegExp(`${status} to POST /v1/completions: Unexpected endpoint`))
    assert.match(error.message, /Set tiers\.fast\.url/)
  })
}

test('a completion or an embedding without its text, or of a model that is nowhere, is refused by name', async (t) => {
  const fast = await startUpstream(['fast-coder', 'nomic-embed-text'])
  const api = await openBefore(t, fast)
  for (const [path, body, status, param] of [
    ['completions', { model: 'quorum' }, 400, 'prompt'],
    ['completions', { model: 'quorum', prompt: { text: 'x' } }, 400, 'prompt'],
    ['completions', { prompt: 'x' }, 400, 'model'],
    ['completions', { model: 'gpt-4', prompt: 'x' }, 404, 'model'],
    ['embeddings', { model: 'quorum' }, 400, 'input'],
    ['embeddings', { model: 'text-embedding-3-small', input: 'x' }, 404, 'model'],
  ] as const) {
    const error = await errorOf(await post(`${api.url}/v1/${path}`, body))
    assert.deepEqual([error.status, error.param], [status, param], JSON.stringify(body))
    assert.equal(error.code, status === 404 ? 'model_not_found' : null)
  }
  assert.deepEqual(fast.received, [])
})

test('embeddings come from the upstream that lists the model, as floats or in base64', async (t) => {
  const floats = [0.5, -2]
  const base64 = Buffer.from(new Float32Array(floats).buffer).toString('base64')
  const fast = await startUpstream(['fast-coder'])
  const deep = await startUpstream(['bge-reranker', 'bge-m3'], (request, response) => {
    const wantsBase64 = JSON.parse(request.body.toString()).encoding_format === 'base64'
    const embedding = wantsBase64 ? base64 : floats
    return json({
      object: 'list',
      model: 'bge-m3',
      data: [{ object: 'embedding', index: 0, embedding }],
      usage: { prompt_tokens: 1, total_tokens: 1 },
    })(request, response)
  })
  const api = await openBefore(t, fast, { deep })
  for (const model of ['bge-m3', 'quorum']) {
    // the SDK asks for base64 unless told otherwise, and turns it into floats
    const { data, model: made } = await sdk(api).embeddings.create({ model, input: 'x' })
    assert.deepEqual([data[0]!.embedding, made], [floats, 'bge-m3'])
    const plain = await post(`${api.url}/v1/embeddings`, { model, input: ['x'], encoding_format: 'float' })
    assert.deepEqual((await jsonOf<{ data: { embedding: unknown }[] }>(plain)).data[0]!.embedding, floats)
  }
  const asked = deep.received.map(({ body }) => JSON.parse(body.toString()))
  assert.deepEqual(
    asked.map(({ model, encoding_format: format }) => [model, format]),
    [
      ['bge-m3', 'base64'],
      ['bge-m3', 'float'],
      ['bge-m3', 'base64'],
      ['bge-m3', 'float'],
    ],
  )
  assert.deepEqual(fast.received, [])
})

test('where no embedding model is listed, the answer says what to add', async (t) => {
  const api = await openBefore(t, await startUpstream(['fast-coder']))
  const error = await errorOf(await post(`${api.url}/v1/embeddings`, { model: 'quorum', input: 'x' }))
  assert.deepEqual([error.status, error.code, error.retry], [404, 'model_not_found', 'false'])
  assert.match(error.message, /add one to the server behind tiers\.fast\.url/)
})

test('speech goes unread to the upstream that lists a model for it, odd bytes included', async (t) => {
  const fast = await startUpstream(['fast-coder'])
  const deep = await startUpstream(['whisper-large-v3'], json({ text: 'hello there' }))
  const api = await openBefore(t, fast, { deep })
  const audio = Buffer.from(Array.from({ length: 70_000 }, (_, at) => (at * 7919) % 256))
  const file = await toFile(audio, 'speech.wav')
  const { text } = await sdk(api).audio.transcriptions.create({ file, model: 'whisper-1' })
  assert.equal(text, 'hello there')
  const [got] = deep.received
  assert.equal(got!.route, 'POST /v1/audio/transcriptions')
  assert.match(got!.headers['content-type']!, /^multipart\/form-data; boundary=/)
  assert.equal(got!.headers['content-length'], String(got!.body.length))
  assert.ok(got!.body.includes(audio))
  assert.deepEqual(fast.received, [])
})

test('speech that is too large, no form, or finds nobody to hear it is refused', async (t) => {
  const fast = await startUpstream(['fast-coder'])
  const api = await openBefore(t, fast, { bodyLimit: 5_000 })
  const send = (body: FormData | string) =>
    fetch(`${api.url}/v1/audio/transcriptions`, { method: 'POST', body }).then(errorOf)
  const form = (bytes: number) => {
    const form = new FormData()
    form.set('file', new Blob([Buffer.alloc(bytes)]), 'a.wav')
    return form
  }
  assert.equal((await send(form(6_000))).status, 413)
  const plain = await send('{}')
  assert.deepEqual([plain.status, plain.param], [400, 'file'])
  assert.deepEqual(fast.received, [])
  const unheard = await send(form(100))
  assert.equal(unheard.status, 404)
  assert.match(unheard.message, /404 to POST \/v1\/audio\/transcriptions.*Set tiers\.fast\.url/)
})

test('every route asks for the key, and the upstream sees its own key and not the client’s', async (t) => {
  const fast = await startUpstream(['llama3'], json({}))
  const api = await openBefore(t, fast, { apiKey: 'right' })
  const paths = ['chat/completions', 'completions', 'fim/completions', 'embeddings', 'audio/transcriptions']
  for (const path of paths) {
    assert.equal((await errorOf(await post(`${api.url}/v1/${path}`, { model: 'llama3' }))).status, 401, path)
  }
  assert.equal(fast.received.length, 0)
  const headers = { authorization: 'Bearer right' }
  await (await post(`${api.url}/v1/embeddings`, { model: 'llama3', input: 'x' }, { headers })).text()
  assert.equal(fast.received[0]!.headers.authorization, 'Bearer key-of-fast')
})

test('an answer says how long it took to begin', async () => {
  await using api = await openApi()
  for (const path of ['/v1/models', '/nowhere', '/health']) {
    const response = await fetch(`${api.url}${path}`)
    assert.match(response.headers.get('openai-processing-ms')!, /^\d+$/, path)
  }
  const stream = await post(`${api.url}/v1/chat/completions`, asks('Fix the parser', { stream: true }))
  assert.match(stream.headers.get('openai-processing-ms')!, /^\d+$/)
  await stream.body!.cancel()
})
