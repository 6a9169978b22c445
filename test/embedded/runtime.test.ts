import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { planForm, schemaOf, verdictForm } from '../../src/core/json-form.ts'
import { readPlan } from '../../src/core/plan.ts'
import { readVerdict } from '../../src/core/verdict.ts'
import { createModels } from '../../src/models/client.ts'
import { llamaPackage, never, startEmbedded, tinyInstallation, type Embedded } from '../support/embedded.ts'

/** Loading is seconds at most; the rest is for a machine that does much else. */
const QUICK = { timeout: 300_000 }

const CHAT = '/v1/chat/completions'
const asking = (content: string, more: object = {}) => ({
  model: 'tiny',
  messages: [{ role: 'user', content }],
  max_tokens: 40,
  temperature: 1,
  ...more,
})

/** Without this the worst model ends whenever it likes. */
const ENDLESS = 'root ::= [a-z]{1900}'

const Answer = z.object({
  choices: z.tuple([
    z.object({
      message: z.object({ content: z.string() }),
      finish_reason: z.string(),
      logprobs: z
        .object({
          content: z.array(
            z.object({ top_logprobs: z.array(z.object({ token: z.string(), logprob: z.number() })) }),
          ),
        })
        .optional(),
    }),
  ]),
  usage: z.object({
    prompt_tokens: z.number(),
    completion_tokens: z.number(),
    prompt_tokens_details: z.object({ cached_tokens: z.number() }),
  }),
})
const Fault = z.object({ error: z.object({ message: z.string(), type: z.string() }) })

async function answered(runtime: Embedded, body: object) {
  const response = await runtime.ask(CHAT, body)
  assert.equal(response.status, 200, response.ok ? '' : await response.text())
  const { choices, usage } = Answer.parse(await response.json())
  return { ...choices[0], text: choices[0].message.content, usage }
}

async function refusal(runtime: Embedded, path: string, body: object) {
  const response = await runtime.ask(path, body)
  return { status: response.status, ...Fault.parse(await response.json()).error }
}

/** Every bound that a plan or a verdict of ours has. */
const PLAN = {
  type: 'object',
  properties: {
    subtasks: {
      type: 'array',
      minItems: 1,
      maxItems: 3,
      items: {
        type: 'object',
        properties: {
          id: { type: 'string', minLength: 1, maxLength: 8 },
          kind: { enum: ['new', 'change'] },
          note: { anyOf: [{ type: 'string', maxLength: 12 }, { type: 'null' }] },
          files: { type: 'array', maxItems: 2, items: { type: 'string', maxLength: 10 } },
        },
        required: ['id', 'kind', 'note', 'files'],
        additionalProperties: false,
      },
    },
  },
  required: ['subtasks'],
  additionalProperties: false,
}
const Plan = z.strictObject({
  subtasks: z
    .array(
      z.strictObject({
        id: z.string(),
        kind: z.enum(['new', 'change']),
        note: z.string().nullable(),
        files: z.array(z.string()).max(2),
      }),
    )
    .min(1)
    .max(3),
})

test('a model of ours behind an ordinary endpoint', QUICK, async (t) => {
  const llama = await llamaPackage()
  if ('why' in llama) return t.skip(`no node-llama-cpp: ${llama.why}`)
  const installation = await tinyInstallation(t, llama.folder)
  const runtime = await startEmbedded(t, installation)

  await t.test('it says what it is, as llama-server would', async () => {
    const props = z.object({
      total_slots: z.number(),
      default_generation_settings: z.object({ n_ctx: z.number() }),
    })
    const { total_slots: slots, default_generation_settings: settings } = props.parse(
      await (await runtime.ask('/props')).json(),
    )
    assert.deepEqual([slots, settings.n_ctx, runtime.window], [5, 2_048, 2_048])
    const list = z.object({ data: z.array(z.object({ id: z.string(), owned_by: z.string() })) })
    const { data } = list.parse(await (await runtime.ask('/v1/models')).json())
    assert.deepEqual(
      data.map(({ id, owned_by: owner }) => [id, owner]),
      [['tiny', 'llamacpp']],
    )
  })

  await t.test('nobody without its key gets anything but its health', async () => {
    const root = runtime.url.replace(/\/v1$/, '')
    assert.equal((await fetch(`${root}/health`)).status, 200)
    for (const path of ['/props', '/v1/models', CHAT])
      assert.equal((await fetch(`${root}${path}`)).status, 401)
  })

  await t.test('random weights write JSON of the schema, every time', async () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'plan', strict: true, schema: PLAN } }
    const seeds = Array.from({ length: 12 }, (_, seed) => seed)
    const answers = await Promise.all(
      seeds.map((seed) => answered(runtime, asking('plan it', { response_format, seed, max_tokens: 1_000 }))),
    )
    for (const { text, finish_reason: finish } of answers) {
      assert.equal(finish, 'stop')
      Plan.parse(JSON.parse(text))
    }
    assert.ok(new Set(answers.map(({ text }) => text)).size > 6)
  })

  await t.test('its plans and its verdicts can be read', async () => {
    const asked = async (form: z.ZodType) => {
      const response_format = { type: 'json_schema', json_schema: { schema: schemaOf(form) } }
      const more = { temperature: 0.3, max_tokens: 1_500, response_format }
      const answers = [1, 2, 3, 4].map((seed) => answered(runtime, asking('go', { ...more, seed })))
      // one that has spent its tokens is as broken off as that of any other server
      const whole = (await Promise.all(answers)).filter(({ finish_reason: finish }) => finish === 'stop')
      assert.ok(whole.length > 0)
      return whole.map(({ text }) => text)
    }
    const rules = { request: 'go', callerOwned: [], existing: new Set<string>(), mayWrite: () => true }
    for (const text of await asked(planForm))
      assert.doesNotMatch(readPlan(text, rules).fallback ?? '', /JSON/)
    for (const text of await asked(verdictForm))
      assert.match(readVerdict(text)?.decision ?? text, /^(?:approve|reject|unsure)$/)
  })

  await t.test('a ballot is one of the letters, with what each of them was worth', async () => {
    const grammar = 'root ::= "A" | "B" | "C"'
    const ballot = asking('which?', { grammar, max_tokens: 1, logprobs: true, top_logprobs: 20 })
    const { text, logprobs } = await answered(runtime, ballot)
    assert.match(text, /^[ABC]$/)
    const likely = logprobs?.content[0]?.top_logprobs ?? []
    assert.deepEqual([...new Set(likely.map(({ token }) => token))].toSorted(), ['A', 'B', 'C'])
    const sum = likely.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)
    assert.ok(Math.abs(sum - 1) < 0.01, `${sum}`)
  })

  await t.test('the same seed says the same, another one something else', async () => {
    const says = async (seed: number): Promise<string> =>
      (await answered(runtime, asking('go', { seed }))).text
    const [first, same, other] = [await says(1), await says(1), await says(2)]
    assert.equal(first, same)
    assert.notEqual(first, other)
  })

  await t.test(
    'tokens are counted by its own tokenizer, and a prompt it knows is not read again',
    async () => {
      const body = asking('a rather long question '.repeat(20), { max_tokens: 7 })
      const before = await answered(runtime, body)
      const again = await answered(runtime, body)
      const counted = await (await runtime.ask(`${CHAT}/input_tokens`, body)).json()
      assert.deepEqual(counted, { object: 'response.input_tokens', input_tokens: before.usage.prompt_tokens })
      assert.ok(before.usage.completion_tokens <= 7)
      // the last token is what the answer is made from
      assert.equal(again.usage.prompt_tokens_details.cached_tokens, before.usage.prompt_tokens - 1)
    },
  )

  await t.test('a word to stop at is not shown', async () => {
    const { text } = await answered(runtime, asking('go', { seed: 3 }))
    const stop = text.slice(5, 7)
    const stopped = await answered(runtime, asking('go', { seed: 3, stop: [stop] }))
    assert.equal(stopped.text, text.slice(0, text.indexOf(stop)))
    assert.equal(stopped.finish_reason, 'stop')
  })

  await t.test('a prompt beyond its window is refused, never cut', async () => {
    const { status, type, message } = await refusal(runtime, CHAT, asking('word '.repeat(2_000)))
    assert.deepEqual([status, type], [400, 'exceed_context_size_error'])
    assert.match(message, /prompt is \d+ tokens long.*2048/)
  })

  await t.test('an answer ends where the window ends', async () => {
    const body = asking('x'.repeat(1_900), { max_tokens: 2_000, grammar: ENDLESS })
    const { usage, finish_reason: finish } = await answered(runtime, body)
    assert.equal(finish, 'length')
    assert.equal(usage.prompt_tokens + usage.completion_tokens, 2_048)
  })

  await t.test('what it cannot do is said before a stream has begun', async () => {
    const picture = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,' } }]
    const bodies = [
      { messages: [{ role: 'user', content: picture }] },
      asking('go', { grammar: 'nonsense', stream: true }),
      asking('go', { response_format: { type: 'json_schema', json_schema: { schema: { allOf: [] } } } }),
      asking('go', { temperature: 'warm' }),
    ]
    for (const body of bodies) assert.equal((await refusal(runtime, CHAT, body)).status, 400)
    assert.equal((await refusal(runtime, '/v1/embeddings', {})).status, 404)
  })

  await t.test('the house reads it like any other endpoint', async (t) => {
    const tier = { model: 'tiny', url: runtime.url, apiKey: runtime.apiKey, slots: runtime.slots }
    const clock = {
      now: Date.now,
      sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
    }
    const models = createModels({
      tiers: { fast: tier },
      idleTimeoutMs: 60_000,
      firstTokenTimeoutMs: 60_000,
      tries: 1,
      clock,
    })
    t.after(() => models.close())
    const call = models.call(
      {
        role: 'voter',
        tier: 'fast',
        messages: [{ role: 'user', content: 'which?' }],
        temperature: 0,
        seed: 1,
        maxTokens: 1,
        json: false,
        choices: ['A', 'B'],
      },
      never,
    )
    let step = await call.next()
    while (!step.done) step = await call.next()
    assert.match(step.value.text, /^[AB]$/)
    assert.deepEqual(Object.keys(step.value.scores ?? {}), ['A', 'B'])
    assert.ok(step.value.usage.promptTokens > 5 && !step.value.usage.estimated)
  })

  await t.test('five answer at once, and who comes sixth gets the place of one who hangs up', async () => {
    const leave = Array.from({ length: 5 }, () => new AbortController())
    const streams = await Promise.all(leave.map(({ signal }, seed) => endless(runtime, seed, signal)))
    await Promise.all(streams.map(({ first }) => first))
    const sixth = answered(runtime, asking('me too', { max_tokens: 3 }))
    leave[0]!.abort()
    await sixth
    // begun together and as long as the one that was left
    assert.deepEqual(
      streams.slice(1).map(({ hasEnded }) => hasEnded()),
      [false, false, false, false],
    )
    for (const one of leave) one.abort()
  })
})

/** An answer that goes on for as long as there is room, read bit by bit. */
async function endless(runtime: Embedded, seed: number, signal: AbortSignal) {
  const body = asking('go on', { seed, max_tokens: 1_900, grammar: ENDLESS, stream: true })
  const response = await runtime.ask(CHAT, body, signal)
  const seen = { text: '', ended: false }
  const first = Promise.withResolvers<string>()
  const pieces = response.body!.pipeThrough(new TextDecoderStream())
  const pump = async (): Promise<void> => {
    for await (const piece of pieces) {
      seen.text += piece
      if (seen.text.includes('"content":"')) first.resolve(seen.text)
    }
    seen.ended = true
  }
  pump().catch((error: unknown) => {
    if (!signal.aborted) first.reject(error)
  })
  return { hasEnded: () => seen.ended, first: first.promise }
}

test('a process that dies is started again at the same address', QUICK, async (t) => {
  const llama = await llamaPackage()
  if ('why' in llama) return t.skip(`no node-llama-cpp: ${llama.why}`)
  const runtime = await startEmbedded(t, await tinyInstallation(t, llama.folder), { sequences: 1 })
  assert.equal((await runtime.ask('/health')).status, 200)
  process.kill(childPid(), 'SIGKILL')
  while ((await runtime.ask('/v1/models').catch(() => null))?.status !== 200) await sleep(100)
  assert.equal(runtime.troubles.length, 1)
  assert.ok((await answered(runtime, asking('hello'))).usage.completion_tokens > 0)
})

/** The process that holds the model. */
function childPid(): number {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  const found = lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s.*embedded.server-process/.exec(line))
    .find((match) => Number(match?.[2]) === process.pid)
  return Number(found?.[1] ?? assert.fail('there is no such process'))
}
