import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Ports } from '../../src/cascade/ports.ts'
import { cascade } from '../../src/cascade/cascade.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import { evidence } from '../../src/core/evidence.ts'
import { initial, reduce } from '../../src/core/state.ts'
import { NO_BUDGET, type Task, type TierName } from '../../src/core/task.ts'
import { RIGHT, setStage, TEST_ERROR, type Part } from '../support/story.ts'

const ALL = ['fast', 'deep', 'reviewer', 'cloud'] as const
const WIDE = `Greet politely. ${'Mind every rule of the house. '.repeat(40)}`

type Scene = {
  policy: NonNullable<Ports['privacy']>['policy']
  cloud: readonly TierName[]
  asked?: Partial<Task>
  secret?: string
  coder?: Part
}

/** A whole task under a policy: its story, and who was asked as what. */
async function tell(t: TestContext, { policy, cloud, asked = {}, secret, coder = () => RIGHT }: Scene) {
  const stage = await setStage(t, { cast: { coder }, tiers: [...ALL] })
  const privacy: Ports['privacy'] = {
    policy,
    placeOf: (tier) => (cloud.includes(tier) ? 'cloud' : 'local'),
    isPrivate: (path) => path === secret,
  }
  const task: Task = {
    id: 't',
    request: 'Greet politely',
    conversation: '',
    filesOwned: [],
    allowTests: false,
    effort: 'medium',
    budget: NO_BUDGET,
    workspace: { kind: 'named', name: 'app' },
    ...asked,
  }
  const story: SwarmEvent[] = []
  for await (const event of cascade(
    task,
    stage.workspaces,
    { ...stage.ports, privacy },
    new AbortController().signal,
  ))
    story.push(event)
  const calls = story.filter((event) => event.type === 'model_call_start')
  const tiersOf = (role: string): TierName[] => [
    ...new Set(calls.filter((call) => call.role === role).map(({ tier }) => tier)),
  ]
  const withheld = story.filter((event) => event.type === 'private_withheld')
  return { story, tiersOf, withheld, stage, evidence: evidence(story.reduce(reduce, initial('t')), null) }
}

test('where models at home get it done, the cloud hears nothing, and the story says when it would', async (t) => {
  const { story, tiersOf } = await tell(t, {
    policy: 'prefer-local',
    cloud: ['deep', 'cloud'],
    asked: { request: WIDE },
  })
  assert.deepEqual(
    [tiersOf('planner'), tiersOf('coder'), tiersOf('reviewer')],
    [['fast'], ['fast'], ['reviewer']],
  )
  assert.deepEqual(
    story.find((event) => event.type === 'policy_set'),
    {
      type: 'policy_set',
      policy: 'prefer-local',
      local: ['fast', 'reviewer'],
      cloud: ['deep', 'cloud'],
      planner: null,
      reviewer: 'reviewer',
    },
  )
})

test('the cloud comes after everybody at home, and its change is reviewed at home', async (t) => {
  const { tiersOf } = await tell(t, {
    policy: 'prefer-local',
    cloud: ['cloud'],
    coder: ({ model }) => (model.startsWith('cloud') ? RIGHT : TEST_ERROR),
  })
  assert.equal(tiersOf('coder').at(-1), 'cloud')
  assert.deepEqual(tiersOf('reviewer'), ['reviewer'])
})

test('a wide task is planned and reviewed in the cloud where the policy says so, and a private change at home', async (t) => {
  const scene = { policy: 'cloud-for-complex', cloud: ['cloud'], asked: { request: WIDE } } as const
  const open = await tell(t, scene)
  const tiers = ['planner', 'coder', 'reviewer'].map((role) => open.tiersOf(role))
  assert.deepEqual(tiers, [['cloud'], ['deep'], ['cloud']])
  const secret = await tell(t, { ...scene, secret: 'src/greet.js' })
  assert.deepEqual(secret.tiersOf('reviewer'), ['deep'])
  assert.deepEqual(secret.withheld, [])
})

test('a private change is not reviewed where everybody is in the cloud, and the answer says so', async (t) => {
  const { withheld, story, stage, evidence } = await tell(t, {
    policy: 'prefer-local',
    cloud: ALL,
    secret: 'src/greet.js',
  })
  assert.deepEqual(
    withheld.filter(({ role }) => role === 'reviewer').map(({ files, refused }) => ({ files, refused })),
    [
      { files: ['src/greet.js'], refused: false },
      { files: ['src/greet.js'], refused: true },
    ],
  )
  assert.ok(stage.server.calls.every(({ text }) => !text.includes("'hello ' + name")))
  assert.equal(story.find((event) => event.type === 'review_complete')?.decision, 'unreadable')
  assert.match(
    evidence,
    /private and not shown to the cloud: src\/greet\.js, so it was not asked as reviewer/,
  )
})

test('a request that wants to stay offline has no tier in the cloud', async (t) => {
  const { tiersOf, stage } = await tell(t, {
    policy: 'prefer-local',
    cloud: ['cloud'],
    asked: { policy: 'offline', budget: { ...NO_BUDGET, attempts: 2 } },
    coder: () => TEST_ERROR,
  })
  assert.ok(!tiersOf('coder').includes('cloud'))
  assert.ok(stage.server.calls.every(({ model }) => !model.startsWith('cloud')))
  const none = tell(t, { policy: 'offline', cloud: ALL })
  await assert.rejects(none, { fault: 'forbidden' })
})
