import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { metered } from '../../src/cascade/metered.ts'
import { startMeter } from '../../src/cascade/meter.ts'
import type { ModelReply, ModelRequest, Models } from '../../src/cascade/ports.ts'
import { PLAIN, type Capability } from '../../src/core/capability.ts'
import { tokensOf } from '../../src/core/budget-context.ts'
import { NO_BUDGET } from '../../src/core/task.ts'
import { createModels } from '../../src/models/client.ts'
import { realClock } from '../api/server.ts'
import { startScriptedModels, type Script, type ScriptedReply } from '../support/scripted-models.ts'

const never = new AbortController().signal

const asking = (content: string, maxTokens: number): ModelRequest => ({
  role: 'coder',
  tier: 'fast',
  messages: [{ role: 'user', content }],
  temperature: 0.3,
  seed: 1,
  maxTokens,
  json: false,
  choices: null,
})

/** Models of one server, of which this is known. */
async function bench(t: TestContext, known: Partial<Capability>, script: Script, slots = 4) {
  const server = await startScriptedModels(script)
  const capability = { ...PLAIN, ...known }
  const models = createModels({
    tiers: { fast: { model: 'coder:7b', url: server.url, apiKey: null, slots } },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock: realClock,
    capabilities: {
      of: async () => capability,
      measure: async () => capability,
      isWorthMeasuring: async () => true,
    },
  })
  t.after(async () => {
    await models.close()
    await server.close()
  })
  return { server, models }
}

async function replyOf(models: Pick<Models, 'call'>, request: ModelRequest): Promise<ModelReply> {
  const call = models.call(request, never)
  for (;;) {
    const next = await call.next()
    if (next.done) return next.value
  }
}

const say = (text: string): ScriptedReply => ({ kind: 'text', text })

/** A reply whose server counted so many tokens of prompt. */
const counting = (prompt: number): ScriptedReply => ({
  kind: 'raw',
  chunks: [
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'done' }, finish_reason: 'stop' }] })}\n\n`,
    `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: prompt, completion_tokens: 1, total_tokens: prompt + 1 } })}\n\n`,
    'data: [DONE]\n\n',
  ],
})

const CODE = 'export const answer = 42\n'

test('a reply is shortened to what the window leaves, and a prompt that is too long is not sent at all', async (t) => {
  const { server, models } = await bench(t, { window: 2_000, server: 'ollama' }, () => say('done'))
  const request = asking(CODE.repeat(100), 6_000)
  await replyOf(models, request)
  const sent = Number(server.calls[0]?.body['max_tokens'])
  assert.equal(sent, 2_000 - tokensOf(request.messages))

  await assert.rejects(
    replyOf(models, asking(CODE.repeat(500), 6_000)),
    /coder:7b at .* reads 2000 tokens at once, .*num_ctx 16384/,
  )
  assert.equal(server.calls.length, 1)
})

test('a server that read less than it was sent is told of once in a task, with the command that mends it', async (t) => {
  const { models } = await bench(t, { server: 'ollama' }, () => counting(4_096))
  using meter = startMeter(NO_BUDGET, realClock)
  const ofTask = metered(models, meter)
  const request = asking(CODE.repeat(2_500), 100)
  const { cut } = await replyOf(ofTask, request)
  assert.equal(cut?.counted, 4_096)
  assert.ok(cut.sent > 12_000)
  assert.match(cut.advice, /OLLAMA_CONTEXT_LENGTH=16384 ollama serve.*num_ctx 16384.*ollama create coder-16k/)
  assert.equal((await replyOf(ofTask, request)).cut, undefined)
  // the next task hears it again
  assert.ok((await replyOf(metered(models, meter), request)).cut)
})

test('what the server counts makes our own bound closer', async (t) => {
  const request = asking(CODE.repeat(300), 100)
  const counted = Math.round(tokensOf(request.messages) * 0.7)
  const { models } = await bench(t, { window: 8_192 }, () => counting(counted))
  assert.deepEqual(await models.windowOf?.('fast', never), { tokens: 8_192, scale: 1 })
  for (let call = 0; call < 3; call += 1) assert.equal((await replyOf(models, request)).cut, undefined)
  const scale = (await models.windowOf?.('fast', never))?.scale ?? 0
  assert.ok(scale > 0.7 && scale < 0.8, String(scale))
})

test('llama-server is asked for its own count, and nobody else is', async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    request.resume()
    response.setHeader('content-type', 'application/json').end('{"input_tokens": 777}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server's address is no string
  const { port } = server.address() as AddressInfo
  t.after(() => server.close())
  const countAt = async (known: Partial<Capability>, url: string) => {
    const models = createModels({
      tiers: { fast: { model: 'm', url, apiKey: null, slots: 1 } },
      idleTimeoutMs: 1_000,
      firstTokenTimeoutMs: 1_000,
      tries: 1,
      clock: realClock,
      capabilities: {
        of: async () => ({ ...PLAIN, ...known }),
        measure: async () => PLAIN,
        isWorthMeasuring: async () => true,
      },
    })
    t.after(() => models.close())
    return models.countTokens?.('fast', [{ role: 'user', content: CODE }], never)
  }
  const here = `http://127.0.0.1:${port}/v1`
  assert.equal(await countAt({ server: 'llamacpp' }, here), 777)
  assert.equal(await countAt({ server: 'ollama' }, here), null)
  // what is sent to be counted has been sent
  assert.equal(await countAt({ server: 'llamacpp' }, 'https://models.example.com/v1'), null)
  assert.deepEqual(asked, ['POST /v1/chat/completions/input_tokens'])
})

test('a prefix is read ahead only at a server of our own that keeps it and has a slot to spare', async (t) => {
  const cases: [string, Partial<Capability>, number, boolean][] = [
    ['llama.cpp with four slots', { server: 'llamacpp', slots: 4 }, 4, true],
    ['vLLM, which has no slots', { server: 'vllm' }, 4, true],
    ['Ollama, one request at a time', { server: 'ollama', slots: 1 }, 4, false],
    ['nobody knows how many at a time', { server: 'ollama' }, 4, false],
    ['a gateway, behind which is anything', { server: 'litellm', slots: 8 }, 4, false],
    ['a server nobody knows', {}, 4, false],
  ]
  for (const [name, known, slots, isWarmed] of cases) {
    const { server, models } = await bench(t, known, () => say('x'), slots)
    const usage = await models.warm?.('fast', [{ role: 'user', content: CODE }], never)
    assert.equal(Boolean(usage), isWarmed, name)
    assert.deepEqual(
      server.calls.map(({ body }) => body['max_tokens']),
      isWarmed ? [1] : [],
      name,
    )
  }
})

test('a prefix is not read ahead while every slot is taken, and what breaks there is nobody else’s trouble', async (t) => {
  const { server, models } = await bench(
    t,
    { server: 'llamacpp', slots: 4 },
    () => ({ kind: 'status', status: 500 }),
    1,
  )
  const message = [{ role: 'user' as const, content: CODE }]
  const held = await models.freeSlot('fast', never)
  assert.equal(await models.warm?.('fast', message, never), null)
  assert.equal(server.calls.length, 0)
  held?.[Symbol.dispose]()
  assert.equal(await models.warm?.('fast', message, never), null)
  assert.equal(server.calls.length, 1)
})
