import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { FileConfig } from '../../../src/config.ts'
import { detectTiers } from '../../../src/models/finding/detect.ts'
import { detectWithin } from '../../../src/models/finding/within-policy.ts'
import { probeUpstream } from '../../../src/models/finding/runtimes.ts'
import { startLlamaCpp } from '../../support/runtimes/llamacpp.ts'
import { startOllama } from '../../support/runtimes/ollama.ts'
import { startLmStudio } from '../../support/runtimes/others.ts'
import { startScriptedModels } from '../../support/scripted-models.ts'

const never = new AbortController().signal
const GB = 1e9
/** A port below those that are handed out, and not on fetch's list of bad ones: nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1023/v1'
const NOTHING_ELSE = { places: [], memoryBytes: 64 * GB }

type Imitation = { url: string; asked: string[]; delays: Map<string, number> }

/** A server that answers these paths; `key` makes it refuse /v1 without that key. */
async function imitate(t: TestContext, routes: Record<string, unknown>, key?: string): Promise<Imitation> {
  const asked: string[] = []
  const delays = new Map<string, number>()
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const refused =
      key !== undefined && request.url?.startsWith('/v1') && request.headers.authorization !== `Bearer ${key}`
    const body = routes[request.url ?? '']
    setTimeout(
      () => {
        response.writeHead(refused ? 401 : body === undefined ? 404 : 200, {
          'content-type': 'application/json',
        })
        response.end(
          refused ? '{"error":{"message":"no key"}}' : JSON.stringify(body ?? { detail: 'Not Found' }),
        )
      },
      delays.get(request.url ?? '') ?? 0,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    asked,
    delays,
  }
}

const list = (...ids: string[]): object => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model' })),
})

const liteLlm = (t: TestContext, ids: string[], key?: string): Promise<Imitation> =>
  imitate(t, { '/v1/models': list(...ids), '/health/liveliness': "I'm alive!" }, key)

type Tag = { name: string; size: number; [key: string]: unknown }

const ollama = (t: TestContext, tags: Tag[]): Promise<Imitation> =>
  imitate(t, {
    '/v1/models': list(...tags.map((tag) => tag.name)),
    '/api/version': { version: '0.33.0' },
    '/api/tags': { models: tags },
  })

type Given = {
  file?: object
  litellmUrl?: string
  litellmApiKey?: string
  places?: string[]
  measure?: boolean
  memoryBytes?: number
}

function detect({
  file = {},
  litellmUrl = NOWHERE,
  litellmApiKey,
  ...options
}: Given): ReturnType<typeof detectTiers> {
  const { upstream, tiers } = FileConfig.parse(file)
  const config = { upstream, tiers, litellmUrl, litellmApiKey: litellmApiKey ?? null }
  return detectTiers(config, { ...NOTHING_ELSE, ...options }, never)
}

const modelsOf = ({ tiers }: Awaited<ReturnType<typeof detectTiers>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tiers).map(([tier, { model }]) => [tier, model]))

test('LiteLLM with its three aliases takes the three tiers, and no model is called to find out', async (t) => {
  const server = await liteLlm(t, ['fast-coder', 'deep-coder', 'reviewer'], 'dev-key')
  const { tiers, found } = await detect({ litellmUrl: `${server.url}/v1`, litellmApiKey: 'dev-key' })
  const upstream = { url: `${server.url}/v1`, apiKey: 'dev-key' }
  assert.deepEqual(tiers, {
    fast: { model: 'fast-coder', slots: 4, ...upstream },
    deep: { model: 'deep-coder', slots: 1, ...upstream },
    reviewer: { model: 'reviewer', slots: 2, ...upstream },
  })
  assert.equal(found?.kind, 'litellm')
  assert.ok(
    server.asked.every((route) => route.startsWith('GET ') && route !== 'GET /health'),
    server.asked.join(),
  )
})

test('LITELLM_URL without its /v1, or with a slash too many, is understood', async (t) => {
  const server = await liteLlm(t, ['fast-coder', 'deep-coder', 'reviewer'])
  for (const litellmUrl of [server.url, `${server.url}/`, `${server.url}/v1/`]) {
    assert.equal((await detect({ litellmUrl })).tiers.fast?.url, `${server.url}/v1`)
  }
})

test('a missing alias is taken over by one that is there, and that is said', async (t) => {
  const server = await liteLlm(t, ['fast-coder', 'reviewer'])
  const roles = await detect({ litellmUrl: server.url })
  assert.deepEqual(modelsOf(roles), { fast: 'fast-coder', deep: 'fast-coder', reviewer: 'reviewer' })
  assert.match(roles.notes.join('\n'), /fast-coder takes deep: .* has no deep-coder/)
})

test('a LiteLLM with other models only has them shared out by size, and says so', async (t) => {
  const server = await liteLlm(t, ['text-embedding-3-small', 'some-coder-7b', 'some-coder-32b', 'chat-70b'])
  const roles = await detect({ litellmUrl: server.url })
  assert.deepEqual(modelsOf(roles), {
    fast: 'some-coder-7b',
    deep: 'some-coder-32b',
    reviewer: 'some-coder-32b',
  })
  assert.match(roles.notes.join('\n'), /has none of fast-coder, deep-coder, reviewer/)
})

test('a server with one model gives it every role', async (t) => {
  const server = await startScriptedModels(() => ({ kind: 'hang' }), { models: ['whatever.gguf'] })
  t.after(() => server.close())
  const roles = await detect({ file: { upstream: { url: server.url } } })
  assert.deepEqual(modelsOf(roles), {
    fast: 'whatever.gguf',
    deep: 'whatever.gguf',
    reviewer: 'whatever.gguf',
  })
  assert.equal(roles.found?.kind, 'openai')
  assert.equal(server.calls.length, 0)
})

const shelf: Tag[] = [
  { name: 'nomic-embed-text:latest', size: 0.3 * GB },
  { name: 'odd-vectors:latest', size: 0.3 * GB, details: { family: 'nomic-bert' } },
  { name: 'tiny-coder:1.5b', size: 1 * GB },
  { name: 'mid-coder:7b', size: 4.7 * GB },
  { name: 'big-coder:32b', size: 20 * GB },
  { name: 'huge-coder:480b-cloud', size: 384, remote_host: 'https://ollama.com' },
  { name: 'chatty:70b', size: 40 * GB },
]

test('where LiteLLM is silent Ollama’s models take the roles, and the notes say why and what to set', async (t) => {
  const server = await ollama(t, shelf)
  const roles = await detect({ places: [server.url] })
  assert.deepEqual(modelsOf(roles), {
    fast: 'mid-coder:7b',
    deep: 'big-coder:32b',
    reviewer: 'big-coder:32b',
  })
  assert.equal(roles.tiers.fast?.url, `${server.url}/v1`)
  assert.equal(roles.tiers.fast?.apiKey, null)
  assert.equal(roles.found?.kind, 'ollama')
  const notes = roles.notes.join('\n')
  assert.match(notes, /nothing answers at http:\/\/127\.0\.0\.1:1023\/v1: .*ECONNREFUSED.*; using http/)
  assert.match(notes, /mid-coder:7b takes fast: at most half the size of big-coder:32b/)
  assert.match(notes, /big-coder:32b takes deep: the largest coding model that fits/)
  assert.match(notes, /OLLAMA_NUM_PARALLEL=4 OLLAMA_CONTEXT_LENGTH=16384 ollama serve/)
  assert.ok(server.asked.every((route) => route.startsWith('GET ') || route === 'POST /api/show'))
})

test('on a small machine one model that fits takes every role', async (t) => {
  const server = await ollama(t, shelf)
  const roles = await detect({ places: [server.url], memoryBytes: 8 * GB })
  assert.deepEqual(new Set(Object.values(modelsOf(roles))), new Set(['mid-coder:7b']))
  assert.match(roles.notes.join('\n'), /one coding model that stays loaded/)
})

test('a model that is too large is still better than none', async (t) => {
  const server = await ollama(t, [
    { name: 'big-coder:32b', size: 20 * GB },
    { name: 'chatty:70b', size: 40 * GB },
  ])
  assert.equal(
    (await detect({ places: [server.url], memoryBytes: 8 * GB })).tiers.fast?.model,
    'big-coder:32b',
  )
})

test('an Ollama without a model that can write says how to get one', async (t) => {
  const server = await ollama(t, [shelf[0]!, shelf[1]!, shelf[5]!])
  const roles = await detect({ places: [server.url] })
  assert.equal(roles.tiers.fast?.model, 'fast-coder')
  assert.match(roles.notes.join('\n'), /no model that can write code; .*ollama pull/)
})

test('where nothing answers the server still gets its tiers, and the notes say which commands mend it', async () => {
  const roles = await detect({})
  assert.deepEqual(modelsOf(roles), { fast: 'fast-coder', deep: 'deep-coder', reviewer: 'reviewer' })
  assert.equal(roles.found, null)
  assert.match(roles.notes.join('\n'), /ECONNREFUSED/)
  assert.match(roles.notes.join('\n'), /docker compose up -d --wait/)
})

test('a LiteLLM that refuses the key is not walked around', async (t) => {
  const proxy = await liteLlm(t, ['fast-coder'], 'right')
  const local = await ollama(t, shelf)
  const roles = await detect({ litellmUrl: proxy.url, litellmApiKey: 'wrong', places: [local.url] })
  assert.equal(roles.found, null)
  assert.equal(roles.tiers.fast?.url, `${proxy.url}/v1`)
  assert.match(roles.notes.join('\n'), /refuses the key \(401\): set LITELLM_API_KEY/)
  assert.deepEqual(local.asked, [])
})

test('a LiteLLM without a database, which answers a wrong key with 400, is understood', async (t) => {
  const proxy = await imitate(t, { '/health/liveliness': "I'm alive!" })
  const roles = await detect({ litellmUrl: proxy.url, litellmApiKey: 'wrong' })
  assert.match(roles.notes.join('\n'), /refuses the key/)
})

test('an upstream that is just starting up gets more time than one that is not there', async (t) => {
  const proxy = await liteLlm(t, ['fast-coder', 'deep-coder', 'reviewer'])
  proxy.delays.set('/v1/models', 1_200)
  const probe = await probeUpstream(`${proxy.url}/v1`, null, never)
  assert.equal(probe.kind, 'litellm')
})

test('an upstream the configuration names is never replaced by another', async (t) => {
  const local = await ollama(t, shelf)
  const roles = await detect({ file: { upstream: { url: NOWHERE } }, places: [local.url] })
  assert.equal(roles.tiers.deep?.url, NOWHERE)
  assert.deepEqual(local.asked, [])
})

test('what the configuration says about a tier is done, and a model nobody lists is mentioned', async (t) => {
  const server = await liteLlm(t, ['fast-coder', 'deep-coder', 'reviewer'])
  const file = {
    upstream: { url: `${server.url}/v1`, apiKey: 'local-key' },
    tiers: {
      fast: { model: 'mine', slots: 9 },
      cloud: { model: 'theirs', url: 'https://models.example/v1', apiKey: 'cloud-key' },
    },
  }
  const { tiers, notes } = await detect({ file })
  assert.deepEqual(tiers.fast, { model: 'mine', url: `${server.url}/v1`, apiKey: 'local-key', slots: 9 })
  assert.deepEqual(tiers.cloud, {
    model: 'theirs',
    url: 'https://models.example/v1',
    apiKey: 'cloud-key',
    slots: 2,
  })
  assert.match(notes.join('\n'), /mine takes fast: as configured, but .* does not list it/)
})

test('a LiteLLM started by the compose file is spoken to with the key that file sets', async () => {
  const { upstream, tiers } = FileConfig.parse({})
  const roles = await detectTiers(
    { upstream, tiers, litellmUrl: null, litellmApiKey: null },
    NOTHING_ELSE,
    never,
  )
  assert.partialDeepStrictEqual(roles.tiers.fast, { url: 'http://localhost:4000/v1', apiKey: 'dev-key' })
})

test('models without a size in their name are not taken for light ones', async (t) => {
  const server = await liteLlm(t, ['alpha', 'beta'])
  assert.deepEqual(
    new Set(Object.values(modelsOf(await detect({ litellmUrl: server.url })))),
    new Set(['alpha']),
  )
})

test('the key of one server is not shown to another', async (t) => {
  const server = await liteLlm(t, ['fast-coder', 'deep-coder', 'reviewer'])
  const file = { tiers: { cloud: { model: 'theirs', url: 'https://models.example/v1' } } }
  const { tiers } = await detect({ file, litellmUrl: server.url, litellmApiKey: 'local-key' })
  assert.equal(tiers.cloud?.apiKey, null)
  assert.equal(tiers.fast?.apiKey, 'local-key')
})

test('something that is no model server is told from nothing at all', async (t) => {
  const server = await imitate(t, {})
  const probe = await probeUpstream(`${server.url}/v1`, null, never)
  assert.partialDeepStrictEqual(probe, { kind: 'none', answers: true })
  assert.match(probe.kind === 'none' ? probe.reason : '', /answers 404 and no list of models/)
  assert.partialDeepStrictEqual(await probeUpstream(NOWHERE, null, never), { kind: 'none', answers: false })
})

test('a probe that nobody waits for any more throws the reason', async () => {
  await assert.rejects(probeUpstream(NOWHERE, null, AbortSignal.abort(new Error('stopped'))), /stopped/)
})

test('where nothing is named, whatever runs on this machine is found, the first of the places first', async (t) => {
  const studio = await startLmStudio(t)
  const local = await ollama(t, shelf)
  const roles = await detect({ places: [NOWHERE, studio.url, local.url] })
  assert.equal(roles.found?.kind, 'lmstudio')
  assert.equal(roles.tiers.fast?.model, 'org/coder-7b')
  assert.match(roles.notes.join('\n'), new RegExp(`Ollama is at ${local.url}/v1, too; tiers\\.\\*\\.url`))
})

test('a runtime without a model that could write code is passed over for one that has one', async (t) => {
  const empty = await ollama(t, [shelf[0]!])
  const studio = await startLmStudio(t)
  const roles = await detect({ places: [empty.url, studio.url] })
  assert.equal(roles.tiers.fast?.url, studio.url)
})

test('neither our own port nor another Quorum is taken for a model server', async (t) => {
  const own = await ollama(t, shelf)
  const quorum = await imitate(t, {
    '/v1/models': { data: [{ id: 'quorum', owned_by: 'quorum' }] },
    '/api/version': { version: '0.33.0' },
  })
  const server = { port: Number(new URL(own.url).port) }
  const { upstream, tiers } = FileConfig.parse({})
  const wishes = { upstream, tiers, litellmUrl: NOWHERE, litellmApiKey: null, server }
  const roles = await detectTiers(wishes, { places: [own.url, quorum.url] }, never)
  assert.equal(roles.found, null)
  assert.deepEqual(own.asked, [])
})

test('something with a list of models that does not say which runtime it is, is left alone', async (t) => {
  const whisper = await imitate(t, { '/v1/models': list('whisper-1') })
  assert.equal((await detect({ places: [whisper.url] })).found, null)
})

test('llama.cpp servers with one role each are used together', async (t) => {
  const [fast, deep] = [
    await startLlamaCpp(t, { alias: 'fast-coder' }),
    await startLlamaCpp(t, { alias: 'deep-coder' }),
  ]
  const { tiers } = await detect({ places: [fast.url, deep.url] })
  assert.deepEqual(
    Object.values(tiers).map(({ model, url }) => [model, url]),
    [
      ['fast-coder', fast.url],
      ['deep-coder', deep.url],
      ['fast-coder', fast.url],
    ],
  )
})

test('no tier makes more calls at once than its server answers, also where the configuration says more', async (t) => {
  const server = await startLlamaCpp(t, { slots: 3 })
  const file = { upstream: { url: server.url }, tiers: { fast: { slots: 9 } } }
  const { tiers, notes, known } = await detect({ file })
  assert.equal(tiers.fast?.slots, 3)
  assert.equal(tiers.deep?.slots, 1)
  assert.equal(known.fast?.slots, 3)
  assert.match(notes.join('\n'), /fast makes 3 of 9 calls at once: model answers no more/)
})

test('a start measures an Ollama whose model is loaded, and no other', async (t) => {
  const loaded = await startOllama(t, [{ name: 'coder:7b', size: 4 * GB, loaded: 4_096 }])
  const roles = await detect({ places: [loaded.url], measure: true })
  assert.equal(roles.tiers.fast?.slots, 1)
  assert.match(roles.notes.join('\n'), /answers one request at a time.*OLLAMA_NUM_PARALLEL=4 .* ollama serve/)
  const asleep = await startOllama(t, [{ name: 'coder:7b', size: 4 * GB }])
  await detect({ places: [asleep.url], measure: true })
  assert.equal(asleep.chats.length, 0)
})

test('a model that its server hands on is in the cloud, whatever it is called, unless the user says otherwise', async (t) => {
  const huge = { name: 'house-coder:latest', size: 1, remote_host: 'https://ollama.com' }
  const { url } = await startOllama(t, [{ name: 'qwen2.5-coder:7b', size: 4 * GB }, huge])
  const placesIn = async (config: object) => {
    const wishes = {
      ...FileConfig.parse({ upstream: { url }, ...config }),
      litellmUrl: null,
      litellmApiKey: null,
    }
    const { tiers } = await detectWithin(wishes, NOTHING_ELSE, never)
    return Object.fromEntries(Object.entries(tiers).map(([name, { place }]) => [name, place ?? 'by address']))
  }
  const deep = { model: huge.name }
  assert.partialDeepStrictEqual(await placesIn({ tiers: { deep } }), { fast: 'by address', deep: 'cloud' })
  assert.partialDeepStrictEqual(await placesIn({ tiers: { deep: { ...deep, place: 'local' } } }), {
    deep: 'local',
  })
  assert.equal('deep' in (await placesIn({ policy: 'offline', tiers: { deep } })), false)
})
