import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer } from '../../src/core/answer.ts'
import { PLAIN, type Capability } from '../../src/core/capability.ts'
import { tokensOf } from '../../src/core/budget-context.ts'
import { initial, reduce } from '../../src/core/state.ts'
import { createModels } from '../../src/models/client.ts'
import { greets, GATES, only, PROJECT, RIGHT, setBallotStage, setStage } from '../support/story.ts'

/** One gate: what is shown here is what models are asked. */
const QUICK = { gates: { typecheck: GATES.typecheck } }

/** Of every server this is known. */
const knowing = (known: Partial<Capability>) => {
  const capability = { ...PLAIN, ...known }
  return {
    capabilities: {
      of: async () => capability,
      measure: async () => capability,
      isWorthMeasuring: async () => true,
    },
  }
}

const WINDOW = 3_000

test('in a small window every prompt and its reply fit, the change is made, and the story says what was left out', async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, file) => [
      `src/extra${file}.js`,
      `export const extra = ${file}\n`.repeat(60),
    ]),
  )
  const { tell, server } = await setBallotStage(t, {
    ...QUICK,
    files: { ...PROJECT, ...files },
    // two ways to be right, so that there is a vote
    cast: { coder: ({ seat }) => greets(`return 'good ${seat % 2 === 0 ? 'day' : 'evening'} ' + name`) },
    models: knowing({ window: WINDOW, server: 'ollama' }),
  })
  const request = `Greet politely in src/greet.js. ${'Be kind to whoever reads it. '.repeat(300)}`
  const { story, outcome, error } = await tell({ request })
  assert.equal(error, null)
  assert.equal(outcome?.kind, 'verified')
  for (const { messages, body, index } of server.calls) {
    const used = tokensOf(messages) + Number(body['max_tokens'])
    assert.ok(used <= WINDOW, `call ${index} takes ${used}`)
  }
  const roles = new Set(only(story, 'prompt_trimmed').map(({ role }) => role))
  assert.deepEqual([...roles].sort(), ['coder', 'planner', 'reviewer', 'voter'])
  // the file that is to be changed is what stays
  const coders = server.calls.filter(({ text }) => text.includes('# Role: coder'))
  assert.ok(coders.every(({ text }) => text.includes("return 'hello ' + name")))
})

test('the prompts of one contest are the same for at least nine tenths, and differ only at the end', async (t) => {
  const { tell, prompts } = await setStage(t, { ...QUICK, cast: { coder: () => RIGHT } })
  await tell({ effort: 'high' })
  const five = prompts('coder').slice(0, 5)
  assert.equal(new Set(five).size, 5)
  const shared = sharedStart(five)
  for (const prompt of five) assert.ok(shared / prompt.length >= 0.9, `${shared} of ${prompt.length}`)
})

function sharedStart([first = '', ...others]: readonly string[]): number {
  let length = 0
  while (length < first.length && others.every((other) => other[length] === first[length])) length += 1
  return length
}

test('while the planner thinks, what the coders will be told is read ahead, once', async (t) => {
  const warmed = Promise.withResolvers<void>()
  const { tell, server } = await setStage(t, {
    ...QUICK,
    cast: {
      async planner() {
        await warmed.promise
        return 'no plan'
      },
      coder: () => RIGHT,
    },
    models: knowing({ server: 'llamacpp', slots: 5 }),
  })
  const seen = setInterval(() => {
    if (server.calls.some(({ body, outcome }) => body['max_tokens'] === 1 && outcome === 'complete'))
      warmed.resolve()
  }, 10)
  t.after(() => clearInterval(seen))
  const { story } = await tell()
  const ahead = server.calls.filter(({ body }) => body['max_tokens'] === 1)
  assert.equal(ahead.length, 1)
  const coder = server.calls.find(
    ({ text, body }) => text.includes('# Role: coder') && body['max_tokens'] !== 1,
  )
  const shared = sharedStart([ahead[0]!.text, coder!.text])
  assert.ok(shared / coder!.text.length >= 0.9, `${shared} of ${coder!.text.length}`)
  assert.equal(only(story, 'prefix_warmed').length, 1)
})

test('when the server of a tier is gone, the task goes on at a tier that stands on another one', async (t) => {
  const stage = await setStage(t, { ...QUICK, cast: { coder: () => RIGHT }, limits: { attemptsPerTier: 1 } })
  const at = (url: string, model: string) => ({ model, url, apiKey: null, slots: 5 })
  const models = createModels({
    // nobody listens on the port that is called discard
    tiers: {
      fast: at('http://127.0.0.1:9/v1', 'fast-coder'),
      deep: at(stage.server.url, 'deep-coder'),
      reviewer: at('http://127.0.0.1:9/v1', 'reviewer'),
    },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock: stage.ports.clock,
  })
  t.after(() => models.close())
  stage.ports.models = models
  const { story, outcome } = await stage.tell()
  assert.deepEqual(
    only(story, 'escalation').map(({ from, to }) => [from, to]),
    [['fast', 'deep']],
  )
  assert.ok(outcome?.kind === 'verified')
  // nor is the reviewer's silence passed over
  const state = [...story, { type: 'task_complete' as const, outcome }].reduce(reduce, initial('task_1'))
  assert.match(answer(state, null), /Nobody reviewed it: no reviewer gave a verdict/)
})
