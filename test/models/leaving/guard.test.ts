import assert from 'node:assert/strict'
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createGuard, type Held } from '../../../src/models/leaving/guard.ts'
import { privatePaths } from '../../../src/private-paths.ts'
import { watchPrivateTexts } from '../../../src/models/leaving/private-texts.ts'

const CLOUD = { url: 'https://models.example/v1', model: 'big' }
const HOME = { url: 'http://127.0.0.1:1/v1', model: 'small' }
const LINE = 'export const margin = cost * 1.37'
const KEY = `AKIA${'Q7'.repeat(8)}`

async function open(t: TestContext, policy: 'offline' | 'prefer-local' = 'prefer-local') {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-private-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'secret'))
  await writeFile(join(folder, 'secret/rates.js'), `import { readFileSync } from 'node:fs'\n${LINE}\n`)
  await writeFile(join(folder, 'open.js'), `import { readFileSync } from 'node:fs'\n`)
  const isPrivate = privatePaths(['secret/'])
  let now = 0
  const texts = watchPrivateTexts({ isPrivate, folders: [folder], now: () => now })
  const held: Held[] = []
  const marked = { url: HOME.url, model: 'forwarded', place: 'cloud' } as const
  const guard = createGuard({
    policy,
    isPrivate,
    texts,
    onHeld: (one) => held.push(one),
    cloudModels: [marked],
  })
  const send = (body: unknown, to = CLOUD) =>
    guard.pass(
      { contentType: 'application/json', body: typeof body === 'string' ? body : JSON.stringify(body) },
      to,
    )
  return { folder, guard, texts, held, send, later: () => (now += 10_000) }
}

const says = (content: unknown) => ({ model: 'big', messages: [{ role: 'user', content }] })

test('nothing is looked at that stays at home', async (t) => {
  const { send, held } = await open(t, 'offline')
  const body = `{ "model": "small", "x": "${LINE} ${KEY}" }`
  assert.equal(await send(body, HOME), body)
  assert.deepEqual(held, [])
})

test('a private line stops a request to the cloud, however it is dressed, and is logged by its file', async (t) => {
  const { send, held } = await open(t)
  const bodies = [
    says(`look: ${LINE}`),
    says([{ type: 'text', text: `+${LINE}` }]),
    { model: 'big', prompt: LINE, suffix: '' },
    { model: 'big', input: ['a', LINE] },
    { ...says('x'), tools: [{ type: 'function', function: { name: 'f', description: LINE } }] },
    {
      messages: [
        { role: 'assistant', tool_calls: [{ function: { arguments: JSON.stringify({ a: LINE }) } }] },
      ],
    },
    { [LINE]: 1 },
    says('``` secret/new.js\nx\n```'),
    says('diff --git a/secret/rates.js b/secret/rates.js'),
    `no JSON: ${LINE}`,
  ]
  for (const body of bodies) {
    await assert.rejects(send(body), { name: 'SwarmError', fault: 'forbidden' }, JSON.stringify(body))
  }
  assert.ok(held.every(({ what, host }) => what === 'private' && host === 'models.example'))
  assert.equal(held.length, bodies.length)
  assert.doesNotMatch(JSON.stringify(held), /margin/)
})

test('a line that also stands in an open file gives nothing away', async (t) => {
  const { send } = await open(t)
  const body = says("import { readFileSync } from 'node:fs'")
  assert.equal(await send(body), JSON.stringify(body))
})

test('files count as they are now, and attached ones and new folders too', async (t) => {
  const { folder, send, texts, later } = await open(t)
  const fresh = 'const discount = 0.421337'
  await send(says(fresh))
  await writeFile(join(folder, 'secret/new.js'), fresh)
  later()
  await assert.rejects(send(says(fresh)))
  texts.attach([
    { path: 'secret/a.js', content: 'attached and private' },
    { path: 'a.js', content: 'attached and for everybody' },
  ])
  await assert.rejects(send(says('attached and private')))
  await send(says('attached and for everybody'))
})

test('secrets are redacted where they stand, all else stays, and the log tells kind and place', async (t) => {
  const { send, held } = await open(t)
  const body = { ...says([{ type: 'text', text: `use ${KEY} now` }]), seed: 7 }
  const passed: unknown = JSON.parse(String(await send(body)))
  assert.deepEqual(passed, { ...says([{ type: 'text', text: 'use [redacted] now' }]), seed: 7 })
  assert.deepEqual(held, [
    {
      what: 'secret',
      names: ['AWS access key'],
      at: ['messages.0.content.0.text'],
      model: 'big',
      host: 'models.example',
    },
  ])
  const clean = '{"model":"big",  "messages":[{"content":"hello"}]}'
  assert.equal(await send(clean), clean)
})

test('offline, by the configuration or by the request, nothing goes to the cloud', async (t) => {
  const strict = await open(t, 'offline')
  await assert.rejects(strict.send(says('hello')), /the policy is offline/)
  const { send } = await open(t)
  await assert.rejects(send({ ...says('hello'), metadata: { policy: 'offline' } }), /the policy is offline/)
  await send({ ...says('hello'), metadata: { policy: 'prefer-local' } })
})

test('a model at home by its address is in the cloud where its name or the configuration says so', async (t) => {
  const { send } = await open(t)
  for (const model of ['forwarded', 'gpt-oss:120b-cloud'])
    await assert.rejects(send({ ...says(LINE), model }, HOME), { fault: 'forbidden' })
  await assert.rejects(send(`{"model":"x:clou\\u0064","prompt":"${LINE}"}`, HOME), { fault: 'forbidden' })
  await send({ ...says(LINE), model: 'cloudy' }, HOME)
})

test('a form is read field by field; a recording may go, a private line or a secret beside it may not', async (t) => {
  const { guard } = await open(t)
  const form = async (field: string, name = 'talk.wav') => {
    const made = new FormData()
    made.set('prompt', field)
    made.set('file', new File([new Uint8Array(5_000)], name))
    const encoded = new Response(made)
    const body = new Uint8Array(await encoded.arrayBuffer())
    return guard.pass({ contentType: encoded.headers.get('content-type') ?? '', body }, CLOUD)
  }
  assert.ok((await form('a talk')).length > 5_000)
  for (const [field, name] of [[LINE], [KEY], ['x', 'secret/talk.wav']] as const)
    await assert.rejects(form(field, name), { fault: 'forbidden' })
})

test('pictures are not read as text, and a body that nests too deeply is refused', async (t) => {
  const { send } = await open(t)
  const url = `data:image/png;base64,${'QUtJQVE3UTdRN1E3UTdRN1E3'.repeat(500)}`
  const body = says([{ type: 'image_url', image_url: { url } }])
  assert.equal(await send(body), JSON.stringify(body))
  await assert.rejects(send(`${'['.repeat(5_000)}${']'.repeat(5_000)}`), { fault: 'forbidden' })
})
