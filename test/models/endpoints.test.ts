import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { ModelReply, ModelRequest, Models } from '../../src/cascade/ports.ts'
import { createModels } from '../../src/models/client.ts'
import { createRelay } from '../../src/models/relay.ts'
import { realClock } from '../api/server.ts'
import { startScriptedModels, type Script, type ScriptedReply } from '../support/scripted-models.ts'

const never = new AbortController().signal

const request: ModelRequest = {
  role: 'coder',
  tier: 'fast',
  messages: [{ role: 'user', content: 'Say hello.' }],
  temperature: 0.3,
  seed: 1,
  maxTokens: 100,
  json: false,
  choices: null,
}

async function replyOf(models: Pick<Models, 'call'>, asked: Partial<ModelRequest> = {}): Promise<ModelReply> {
  const call = models.call({ ...request, ...asked }, never)
  for (;;) {
    const next = await call.next()
    if (next.done) return next.value
  }
}

const say = (text: string): ScriptedReply => ({ kind: 'text', text })

/** A tier's own model and one that stands in, and a clock that goes only when told. */
async function pair(t: TestContext, own: Script, other: Script) {
  const [first, second] = await Promise.all([startScriptedModels(own), startScriptedModels(other)])
  let now = 0
  const models = createModels({
    tiers: {
      fast: {
        model: 'own',
        url: first.url,
        apiKey: null,
        slots: 2,
        standIns: [{ model: 'other', url: second.url, apiKey: null }],
      },
    },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock: { ...realClock, now: () => now },
  })
  t.after(async () => {
    await models.close()
    await Promise.all([first.close(), second.close()])
  })
  return { first, second, models, pass: (ms: number) => (now += ms) }
}

const FAILURES: [string, ScriptedReply][] = [
  ['it is overloaded', { kind: 'status', status: 503 }],
  ['it breaks', { kind: 'status', status: 500 }],
  ['its stream is cut', { kind: 'cut', after: 'hel' }],
  ['it says an error in its stream', { kind: 'error-in-stream', after: 'h', error: { message: 'no' } }],
]
for (const [how, failure] of FAILURES) {
  test(`another takes over when ${how}, says so, and goes on until the first may be tried again`, async (t) => {
    const { first, second, models, pass } = await pair(
      t,
      ({ index }) => (index === 0 ? failure : say('own')),
      () => say('other'),
    )
    const reply = await replyOf(models)
    assert.deepEqual([reply.text, reply.by], ['other', 'other'])
    assert.deepEqual(
      [reply.standIn?.model, reply.standIn?.for, reply.standIn?.at],
      ['other', 'own', new URL(second.url).host],
    )
    assert.ok(reply.standIn!.reason.includes('own'))
    assert.equal((await replyOf(models)).text, 'other')
    assert.equal(first.calls.length, 1)

    pass(1_001)
    const again = await replyOf(models)
    assert.deepEqual([again.text, again.standIn], ['own', undefined])
  })
}

test('a server that is gone is stood in for as well', async (t) => {
  const { first, models } = await pair(
    t,
    () => say('own'),
    () => say('other'),
  )
  await first.close()
  const reply = await replyOf(models)
  assert.equal(reply.text, 'other')
  assert.match(reply.standIn!.reason, /did not answer/)
})

test('when all fail the last one’s fault is told, and both are asked again the next time', async (t) => {
  const { first, second, models } = await pair(
    t,
    () => ({ kind: 'status', status: 500 }),
    () => ({ kind: 'status', status: 503 }),
  )
  await assert.rejects(replyOf(models), /answered 503/)
  await assert.rejects(replyOf(models), /answered 50/)
  assert.deepEqual([first.calls.length, second.calls.length], [2, 2])
})

test('a request that is refused for what it is goes to nobody else, and sets nobody aside', async (t) => {
  const { first, second, models } = await pair(
    t,
    ({ index }) => (index === 0 ? { kind: 'status', status: 400 } : say('own')),
    () => say('other'),
  )
  await assert.rejects(replyOf(models), /answered 400/)
  assert.equal((await replyOf(models)).text, 'own')
  assert.deepEqual([first.calls.length, second.calls.length], [2, 0])
})

test('a server in the cloud may not stand in for one that is here', () => {
  const local = { model: 'own', url: 'http://127.0.0.1:1/v1', apiKey: null, slots: 1 }
  const cloud = { model: 'big', url: 'https://models.example.com/v1', apiKey: null }
  const open = () =>
    createModels({
      tiers: { fast: { ...local, standIns: [cloud] } },
      idleTimeoutMs: 1,
      firstTokenTimeoutMs: 1,
      tries: 1,
      clock: realClock,
    })
  assert.throws(open, /big at https:\/\/models\.example\.com\/v1 is in the cloud/)
})

test('on one slot the second task waits for one call of the first, not for all of them', async (t) => {
  const server = await startScriptedModels(({ text }) => say(text))
  const models = createModels({
    tiers: { fast: { model: 'own', url: server.url, apiKey: null, slots: 1 } },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock: realClock,
  })
  t.after(async () => {
    await models.close()
    await server.close()
  })
  // whoever calls first has asked about the server already, so that the others come in the order they are written
  const held = await models.freeSlot('fast', never)
  await models.windowOf?.('fast', never)
  const huge = Array.from({ length: 6 }, (_, index) => ['huge', `huge ${index + 1}`] as const)
  const calls = [...huge, ['small', 'small 1'] as const].map(([task, content]) =>
    replyOf(models, { task, messages: [{ role: 'user', content }] }),
  )
  // all of them stand in line once nothing is left to be done at once
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  held?.[Symbol.dispose]()
  await Promise.all(calls)
  assert.deepEqual(server.calls.map(({ text }) => text).slice(0, 3), ['huge 1', 'small 1', 'huge 2'])
})

test('the direct path goes to who stands in as well, unless the client named another model', async (t) => {
  const [first, second] = await Promise.all([
    startScriptedModels(() => ({ kind: 'status', status: 503 })),
    startScriptedModels(() => say('other')),
  ])
  const relay = createRelay({
    tiers: {
      fast: {
        model: 'own',
        url: first.url,
        apiKey: null,
        slots: 1,
        standIns: [
          { model: 'gone', url: 'http://127.0.0.1:9/v1', apiKey: null },
          { model: 'other', url: second.url, apiKey: null },
        ],
      },
    },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock: realClock,
  })
  t.after(async () => {
    await relay.close()
    await Promise.all([first.close(), second.close()])
  })
  const ask = async (model: string) => {
    const { status, body } = await relay.open(
      'fast',
      JSON.stringify({ model, messages: request.messages }),
      never,
    )
    return { status, said: await new Response(body).text() }
  }
  const instead = await ask('own')
  assert.equal(instead.status, 200)
  assert.match(instead.said, /"content":"other"/)
  assert.equal(second.calls[0]?.model, 'other')
  assert.equal(first.calls[0]?.model, 'own')
  assert.equal((await ask('named')).status, 503)
  assert.equal(first.calls.at(-1)?.model, 'named')
  assert.equal(second.calls.length, 1)
})
