import assert from 'node:assert/strict'
import { test } from 'node:test'
import { only, planned, RIGHT, setStage, type Part, type Scene } from '../support/story.ts'
import type { ScriptedReply } from '../support/scripted-models.ts'

const plannedBy = (planner: Part): Scene => ({
  cast: { planner, coder: () => RIGHT },
  limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } },
  gates: {},
  models: { idleTimeoutMs: 2_000, firstTokenTimeoutMs: 2_000 },
})

for (const [name, reply] of Object.entries<string | ScriptedReply>({
  'writes prose': 'First I would look at the greeting.',
  'is cut off by the output limit': {
    kind: 'text',
    text: '{"subtasks": [{"id": "1", "desc',
    finishReason: 'length',
  },
  'plans a circle': planned({ id: '1', filesOwned: ['src/greet.js'], dependsOn: ['1'] }),
  'plans only protected files': planned({ id: '1', filesOwned: ['package.json'] }),
  refuses: { kind: 'status', status: 500 },
  hangs: { kind: 'hang' },
  'falls silent': { kind: 'hang', after: '{"sub' },
  'cuts its stream': { kind: 'cut', after: '{"sub' },
  'sends an error inside a 200 stream': {
    kind: 'error-in-stream',
    after: '',
    error: { message: 'out of memory' },
  },
})) {
  test(`a planner who ${name}: the whole request becomes one task, and the plan says why`, async (t) => {
    const { tell } = await setStage(
      t,
      plannedBy(() => reply),
    )
    const { story, outcome } = await tell({ request: 'Greet politely.' })
    assert.equal(outcome?.kind, 'unverified')
    const [ready] = only(story, 'plan_ready')
    assert.notEqual(ready?.plan.fallback, null)
    assert.deepEqual(ready?.plan.subtasks, [
      { id: '1', description: 'Greet politely.', filesOwned: [], dependsOn: [] },
    ])
  })
}

test('the planner is told the request, the files, what the caller allows, and what went wrong before', async (t) => {
  const { tell, prompts } = await setStage(t, {
    ...plannedBy(() => 'prose'),
    cast: { planner: () => 'prose', coder: ({ attempt }) => (attempt === 1 ? 'prose' : RIGHT) },
  })
  await tell({ request: 'Greet with a comma.', filesOwned: ['src/greet.js'] })
  const [first, second] = prompts('planner')
  assert.match(first!, /# Request\n\nGreet with a comma\./)
  assert.match(first!, /src\/part\.js/)
  assert.match(first!, /# Files the caller allows to be changed\n\nsrc\/greet\.js/)
  assert.match(first!, /# What earlier attempts got wrong\n\n\(none\)/)
  assert.match(
    second!,
    /Attempt 1 \(fast\): no coder gave a usable patch\nRefused before any check: 1 × no_patch/,
  )
})

test('the files a planner names become the files its coders own', async (t) => {
  const { tell, prompts } = await setStage(
    t,
    plannedBy(() => planned({ id: 'x', filesOwned: ['./src/greet.js', '.git/config'] })),
  )
  const { story } = await tell()
  assert.deepEqual(only(story, 'plan_ready')[0]?.plan.subtasks[0]?.filesOwned, ['src/greet.js'])
  assert.match(prompts('coder')[0]!, /# Files you own\n\nsrc\/greet\.js\n/)
})

/** The same, and one attempt has to do. */
const onceBy = (planner: Part): Scene => ({
  ...plannedBy(planner),
  limits: { ...plannedBy(planner).limits, attempts: 1 },
})

test('a planner who asks first is shown what it asks for, once, and plans then', async (t) => {
  const questions = JSON.stringify({ subtasks: [], read: ['src/part.js', 'src/none.js'], find: ['greet'] })
  const { tell, prompts } = await setStage(
    t,
    onceBy(({ nth }) => (nth === 1 ? questions : planned({ id: '1', filesOwned: ['src/greet.js'] }))),
  )
  const { story, outcome } = await tell({ request: 'Greet politely.' })
  assert.equal(outcome?.kind, 'unverified')
  const [first, second, third] = prompts('planner')
  assert.equal(third, undefined)
  assert.doesNotMatch(first!, /return 'bye '/)
  assert.match(second!, /# The files you asked for\n\n``` src\/part\.js\n(?:.*\n)*  return 'bye ' \+ name/)
  assert.match(second!, /``` src\/greet\.js\n2\| export function greet/)
  assert.match(second!, /There is no file src\/none\.js to be shown\./)
  const [ready] = only(story, 'plan_ready')
  assert.deepEqual([ready?.plan.fallback, ready?.plan.subtasks[0]?.filesOwned], [null, ['src/greet.js']])
  assert.deepEqual(
    only(story, 'context_ready')
      .filter(({ role }) => role === 'planner')
      .map(({ files }) => files.length),
    [0, 2],
  )
})

test('a planner who goes on asking has no plan', async (t) => {
  const { tell, prompts } = await setStage(
    t,
    onceBy(() => '{"subtasks": [], "read": ["src/part.js"]}'),
  )
  const { story } = await tell({ request: 'Greet politely.' })
  assert.equal(prompts('planner').length, 2)
  assert.match(only(story, 'plan_ready')[0]?.plan.fallback ?? '', /does not fit/)
})
