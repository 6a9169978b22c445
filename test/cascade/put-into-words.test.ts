import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { cascade } from '../../src/cascade/cascade.ts'
import type { Ports } from '../../src/cascade/ports.ts'
import { SwarmError } from '../../src/core/errors.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import { narrate } from '../../src/core/narrate.ts'
import { receiptOf } from '../../src/core/receipt.ts'
import { initial, reduce } from '../../src/core/state.ts'
import { NO_BUDGET, type Task } from '../../src/core/task.ts'
import { createCatalogue } from '../../src/models/catalogue.ts'
import type { ModelOptions } from '../../src/models/client.ts'
import { createSenses } from '../../src/models/senses/senses.ts'
import { aPicture, aRecording, PNG, WAV } from '../support/media.ts'
import { startSeeingUpstream, streamOf } from '../support/seeing-upstream.ts'
import { only, RIGHT, setStage } from '../support/story.ts'

const TASK: Task = {
  id: 'task_1',
  request: 'Greet as in [Picture 1 (mail.png)].',
  conversation: 'user: [Recording 1]',
  filesOwned: [],
  allowTests: false,
  effort: 'low',
  budget: NO_BUDGET,
  workspace: { kind: 'named', name: 'app' },
  media: [aRecording('Recording 1'), aPicture('Picture 1 (mail.png)')],
}

/** Models that see and hear, on a server of their own. */
async function sensesSaying(t: TestContext, picture: string, speech: string, ports: Ports) {
  const upstream = await startSeeingUpstream(['llava', 'whisper-1'], {
    'POST /v1/chat/completions': () => streamOf(picture),
    'POST /v1/audio/transcriptions': { text: speech },
  })
  const options: ModelOptions = {
    tiers: { fast: { model: 'llava', url: upstream.url, apiKey: null, slots: 1 } },
    idleTimeoutMs: 5_000,
    firstTokenTimeoutMs: 5_000,
    tries: 1,
    clock: ports.clock,
  }
  const senses = createSenses({
    options,
    wishes: { vision: { model: 'llava' } },
    catalogue: createCatalogue(options),
    models: ports.models,
  })
  t.after(async () => {
    await senses.close()
    await upstream.close()
  })
  return { senses, upstream }
}

async function storyOf(events: AsyncGenerator<SwarmEvent, unknown, void>): Promise<SwarmEvent[]> {
  const story: SwarmEvent[] = []
  for await (const event of events) story.push(event)
  return story
}

test('planner, coders and reviewer read in words what came as a picture and as speech', async (t) => {
  const stage = await setStage(t, { cast: { coder: () => RIGHT } })
  const { senses, upstream } = await sensesSaying(t, 'A mail: "Hello, Ann!"', 'be polite', stage.ports)
  const ports = { ...stage.ports, senses }
  const story = await storyOf(cascade(TASK, stage.workspaces, ports, new AbortController().signal))

  for (const role of ['planner', 'coder'] as const) {
    const prompts = stage.prompts(role)
    assert.ok(prompts.length > 0)
    for (const prompt of prompts) {
      assert.match(prompt, /Greet as in \[Picture 1 \(mail\.png\): A mail: "Hello, Ann!"\]\./)
      assert.match(prompt, /user: \[Recording 1: be polite\]/)
    }
  }
  const [asked] = upstream.to('POST /v1/chat/completions')
  assert.match(asked!.body, /Greet as in \[Picture 1 \(mail\.png\)\]/)

  const heard = only(story, 'media_read')
  assert.deepEqual(
    heard.map(({ kind, name, model, size, characters }) => [kind, name, model, size, characters]),
    [
      ['recording', 'Recording 1', 'whisper-1', WAV.length, 9],
      ['picture', 'Picture 1 (mail.png)', 'llava', PNG.length, 21],
    ],
  )
  assert.deepEqual(only(story, 'media_start').map(narrate), [
    'whisper-1 listens to Recording 1',
    'llava looks at Picture 1 (mail.png)',
  ])
  const state = story.reduce(reduce, initial('task_1'))
  assert.ok(state.usage.total.promptTokens >= 700)
  const receipt = receiptOf(state)
  assert.deepEqual(
    receipt.media.map(({ name, sha256 }) => [name, sha256]),
    heard.map(({ name, sha256 }) => [name, sha256]),
  )
  // of what is in them nothing is told, neither as it came nor in words
  const told = JSON.stringify([story.filter(({ type }) => type.startsWith('media')), receipt])
  assert.ok(!told.includes(Buffer.from(PNG).toString('base64').slice(0, 40)))
  assert.ok(!told.includes('Hello, Ann'))
})

test('a task whose picture nobody can describe ends and says so, and no coder guesses', async (t) => {
  const stage = await setStage(t, { cast: { coder: () => RIGHT } })
  const { senses } = await sensesSaying(t, '', 'be polite', stage.ports)
  const ports = { ...stage.ports, senses }
  await assert.rejects(
    storyOf(cascade(TASK, stage.workspaces, ports, new AbortController().signal)),
    (error) =>
      error instanceof SwarmError && /llava says nothing about Picture 1 \(mail\.png\)/.test(error.message),
  )
  assert.deepEqual(stage.prompts('coder'), [])
})

test('what looking costs counts against the budget', async (t) => {
  const stage = await setStage(t, { cast: { coder: () => RIGHT } })
  const { senses } = await sensesSaying(t, 'A mail.', 'be polite', stage.ports)
  const task = { ...TASK, budget: { ...NO_BUDGET, tokens: 500 } }
  const ports = { ...stage.ports, senses }
  const story = await storyOf(cascade(task, stage.workspaces, ports, new AbortController().signal))
  assert.deepEqual(only(story, 'budget_spent'), [{ type: 'budget_spent', budget: 'tokens', limit: 500 }])
  assert.deepEqual(stage.prompts('coder'), [])
})
