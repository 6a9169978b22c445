import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { ApiServices } from '../../src/api/services.ts'
import { SwarmError } from '../../src/core/errors.ts'
import { createCatalogue } from '../../src/models/catalogue.ts'
import { createModels } from '../../src/models/client.ts'
import { createRelay } from '../../src/models/relay.ts'
import { createSenses } from '../../src/models/senses/senses.ts'
import { filePart, picturePart, PNG, recordingPart, textPart, uriOf } from '../support/media.ts'
import { startSeeingUpstream } from '../support/seeing-upstream.ts'
import { ASK, jsonOf, openApi, post, stage, type ApiOptions, type ErrorAnswer } from './server.ts'
import { tiersOn } from './upstream.ts'

const CHAT = 'POST /v1/chat/completions'
const HELLO = { choices: [{ message: { role: 'assistant', content: 'a red button' } }] }
const SPOKEN = 'please answer in one word'

/** The real edge before one upstream with these models, and models that see and hear where it has them. */
async function open(t: TestContext, models: readonly string[], more: ApiOptions = {}) {
  const upstream = await startSeeingUpstream(models, {
    [CHAT]: () => HELLO,
    'POST /v1/audio/transcriptions': { text: SPOKEN },
  })
  const options = tiersOn({ fast: upstream.url })
  const [relay, catalogue, own] = [createRelay(options), createCatalogue(options), createModels(options)]
  const senses = createSenses({ options, wishes: {}, catalogue, models: own })
  const fetched: string[] = []
  const services: ApiServices['senses'] = {
    ...senses,
    async fetchPicture(url) {
      fetched.push(url)
      if (url.includes('inside')) throw new SwarmError('bad-request', 'inside is not on the open internet')
      return { mime: 'image/png', bytes: PNG }
    },
  }
  const played = stage()
  const api = await openApi({ relay, catalogue, senses: services, cascade: played.cascade, ...more })
  t.after(async () => {
    await api[Symbol.asyncDispose]()
    await Promise.all([relay.close(), senses.close(), own.close(), upstream.close()])
  })
  const say = (content: unknown, body: object = {}): Promise<Response> =>
    post(`${api.url}/v1/chat/completions`, {
      model: 'quorum',
      messages: [{ role: 'user', content }],
      ...body,
    })
  return { api, upstream, fetched, say, tasks: played.tasks }
}

const lastOf = (body: string): { model: string; messages: { content: unknown }[] } => JSON.parse(body)
const CHOSEN = { metadata: { quorum: 'task' } }

test('a picture in a chat goes, in the bytes it came in, to the model that sees', async (t) => {
  const { upstream, say } = await open(t, ['fast-coder', 'llava'])
  const response = await say([textPart('What is this?'), picturePart()], { odd: [1.0, 'é'] })
  assert.deepEqual(await response.json(), HELLO)
  const [call] = upstream.to(CHAT)
  assert.equal(
    call!.body,
    JSON.stringify({
      model: 'llava',
      messages: [{ role: 'user', content: [textPart('What is this?'), picturePart()] }],
      odd: [1.0, 'é'],
    }).replace('é', '\xc3\xa9'),
  )
})

test("an agent's picture goes to the model that sees too, and what tools show does not stop a blind house", async (t) => {
  const tools = [{ type: 'function', function: { name: 'read', parameters: {} } }]
  const seen = await open(t, ['fast-coder', 'llava'])
  await seen.say([picturePart()], { tools })
  assert.equal(lastOf(seen.upstream.to(CHAT)[0]!.body).model, 'llava')

  const blind = await open(t, ['fast-coder'])
  const shown = { role: 'tool', tool_call_id: 'x', content: [picturePart()] }
  const body = { model: 'quorum', messages: [{ role: 'user', content: 'go' }, shown], tools }
  await post(`${blind.api.url}/v1/chat/completions`, body)
  assert.equal(lastOf(blind.upstream.to(CHAT)[0]!.body).model, 'fast-coder')
})

test('of what is no picture in place only that part is made anew', async (t) => {
  const { upstream, say, fetched } = await open(t, ['fast-coder', 'llava', 'whisper-1'])
  await say([
    textPart('Well?'),
    picturePart('https://pictures.example/a.png'),
    filePart(PNG, 'b.png', 'application/octet-stream'),
    filePart(Buffer.from('a ``` b\n'), 'notes.md'),
    recordingPart(),
  ])
  assert.deepEqual(fetched, ['https://pictures.example/a.png'])
  assert.deepEqual(lastOf(upstream.to(CHAT)[0]!.body).messages[0]!.content, [
    textPart('Well?'),
    picturePart(uriOf(PNG)),
    picturePart(uriOf(PNG)),
    textPart('````notes.md\na ``` b\n````'),
    textPart(`[Recording 1: ${SPOKEN}]`),
  ])
})

test('where nobody sees or hears, 400 names the place and what to configure', async (t) => {
  const { upstream, say, tasks } = await open(t, ['fast-coder'])
  for (const more of [{}, CHOSEN, { tools: [{ type: 'function', function: { name: 'read' } }] }]) {
    for (const [part, key] of [
      [picturePart(), 'vision'],
      [recordingPart(), 'speech'],
    ] as const) {
      const response = await say([textPart(ASK), part], more)
      const { error } = await jsonOf<ErrorAnswer>(response)
      assert.deepEqual([response.status, error.param], [400, 'messages.0.content.1'])
      assert.match(error.message, new RegExp(`\\{"senses": \\{"${key}": \\{"model"`))
    }
  }
  assert.deepEqual([upstream.to(CHAT), tasks], [[], []])
})

test('a server that is down is not said to have no model', async (t) => {
  const reason = 'nothing answers'
  const ready = async () => ({ ok: false, upstream: 'http://up', models: [], reason })
  const { say } = await open(t, ['fast-coder'], { ready })
  const response = await say([picturePart()])
  assert.equal(response.status, 503)
})

test('what cannot be taken is refused at its place, and says what to send instead', async (t) => {
  const { say } = await open(t, ['fast-coder', 'llava', 'whisper-1'])
  const table: [part: object, pattern: RegExp][] = [
    [{ type: 'image_url' }, /a picture needs "image_url"/],
    [{ type: 'image_url', image_url: { url: 7 } }, /a picture needs "image_url"/],
    [picturePart('data:image/png;base64,QQ=='), /no PNG, JPEG, GIF or WebP/],
    [picturePart(`${uriOf(PNG)}!`), /no PNG, JPEG, GIF or WebP/],
    [picturePart('http://inside/a.png'), /not on the open internet/],
    [{ type: 'input_audio', input_audio: {} }, /sound needs "input_audio"/],
    [{ type: 'input_audio', input_audio: { data: 'QQ==', format: 'wav' } }, /no WAV, MP3/],
    [{ type: 'file', file: { file_id: 'file-1' } }, /send its bytes in "file_data"/],
    [filePart(Buffer.from('%PDF-1.7\n\xff', 'latin1'), 'a.pdf'), /of a PDF pictures of its pages/],
    [filePart(Buffer.alloc(1024 * 1024 + 1, 'a'), 'a.txt'), /1 MB at most/],
    [{ type: 'file', file: { file_data: '!!' } }, /no base64/],
    [{ type: 'video_url', video_url: { url: 'https://a/b.mp4' } }, /the pictures that matter/],
  ]
  for (const more of [{}, CHOSEN]) {
    for (const [part, pattern] of table) {
      const response = await say([textPart(ASK), part], more)
      const { error } = await jsonOf<ErrorAnswer>(response)
      assert.deepEqual([response.status, error.param], [400, 'messages.0.content.1'], error.message)
      assert.match(error.message, pattern)
    }
  }
  const many = await say(Array.from({ length: 101 }, () => picturePart()))
  assert.equal((await jsonOf<ErrorAnswer>(many)).error.param, 'messages.0.content.100')
  const named = await say(Array.from({ length: 11 }, () => picturePart('https://pictures.example/a.png')))
  assert.equal((await jsonOf<ErrorAnswer>(named)).error.param, 'messages.0.content.10')
})

test('a task takes along what came with it: pictures at their place, a file as a file', async (t) => {
  const { api, tasks } = await open(t, ['fast-coder', 'llava', 'whisper-1'])
  const earlier = [
    { role: 'user', content: [recordingPart()] },
    { role: 'assistant', content: 'I see.' },
  ]
  const content = [
    picturePart('https://pictures.example/shots/form.png'),
    textPart(ASK),
    filePart(Buffer.from('export const a = 1\n'), 'src/a.ts'),
  ]
  const left = new AbortController()
  const body = { model: 'quorum', messages: [...earlier, { role: 'user', content }], stream: true }
  const response = await post(`${api.url}/v1/chat/completions`, body, { signal: left.signal })
  assert.match(response.headers.get('x-quorum-route') ?? '', /^task/)
  const [task] = tasks
  assert.equal(task!.request, `[Picture 1 (form.png)]\n${ASK}\n\nAttached files: src/a.ts`)
  assert.equal(task!.conversation, 'user: [Recording 1]\n\nassistant: I see.')
  assert.deepEqual(
    task!.media?.map(({ kind, name, mime, bytes }) => [kind, name, mime, bytes.length]),
    [
      ['recording', 'Recording 1', 'audio/wav', 844],
      ['picture', 'Picture 1 (form.png)', 'image/png', PNG.length],
    ],
  )
  left.abort()
})

test('the newer protocol sends its pictures and files the same way', async (t) => {
  const { api, upstream } = await open(t, ['fast-coder', 'llava'])
  const content = [
    { type: 'input_text', text: 'What is this?' },
    { type: 'input_image', image_url: uriOf(PNG), detail: 'low' },
    { type: 'input_file', filename: 'a.txt', file_data: uriOf(Buffer.from('hello'), 'text/plain') },
  ]
  const ask = (content: object[]): Promise<Response> =>
    post(`${api.url}/v1/responses`, { model: 'quorum', input: [{ role: 'user', content }] })
  await (await ask(content)).text()
  const { model, messages } = lastOf(upstream.to(CHAT)[0]!.body)
  assert.equal(model, 'llava')
  assert.deepEqual(messages[0]!.content, [
    textPart('What is this?'),
    { type: 'image_url', image_url: { url: uriOf(PNG), detail: 'low' } },
    textPart('```a.txt\nhello\n```'),
  ])
  const refused = await ask([{ type: 'input_image', file_id: 'file-1' }])
  const { error } = await jsonOf<ErrorAnswer>(refused)
  assert.deepEqual([refused.status, error.param], [400, 'input'])
})
