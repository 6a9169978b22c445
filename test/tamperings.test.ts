import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { cascade } from '../src/cascade/cascade.ts'
import type { Workspaces } from '../src/cascade/ports.ts'
import type { SwarmEvent } from '../src/core/event.ts'
import type { Outcome, Task } from '../src/core/task.ts'
import { createWorkspaces } from '../src/workspace/workspaces.ts'
import type { Tampering } from './fixtures/tamperings/case.ts'
import { CONFIGURATION, SHADOWS } from './fixtures/tamperings/configuration.ts'
import { reply, type Form } from './fixtures/tamperings/forms.ts'
import { HONEST } from './fixtures/tamperings/honest.ts'
import { DETECTIONS, JUDGES, SUPPRESSIONS } from './fixtures/tamperings/judges.ts'
import { PROJECT, REQUEST, WRONG } from './fixtures/tamperings/project.ts'
import { EXITS, FORGERIES, LEFTOVERS } from './fixtures/tamperings/running.ts'
import { TESTS_EDITED, TESTS_WEAKENED } from './fixtures/tamperings/tests-edited.ts'
import { findCage, hasCage } from './support/caged.ts'
import { shareProject } from './support/shared-project.ts'
import { only, planned, setStage, type Stage } from './support/story.ts'
import { NO_BUDGET } from '../src/core/task.ts'

const FAMILIES = [
  TESTS_EDITED,
  TESTS_WEAKENED,
  CONFIGURATION,
  SHADOWS,
  EXITS,
  FORGERIES,
  JUDGES,
  DETECTIONS,
  SUPPRESSIONS,
  LEFTOVERS,
]
const FORMS: readonly Form[] = ['search', 'whole', 'unified', 'envelope']
const AT_ONCE = 3
const never = new AbortController().signal

const cage = await findCage()

test('no planted tampering is labelled verified', async (t) => {
  if (!hasCage(t, cage)) return
  const cases = FAMILIES.flatMap(({ family, cases }) => cases.map((each) => ({ family, ...each })))
  assert.ok(cases.length >= 200, `${cases.length} are planted`)
  const told = await driveAll(t, cases)
  for (const line of tableOf(cases, told)) t.diagnostic(line)
  const missed = cases.filter((_, index) => told[index]!.layer === 'not caught')
  assert.deepEqual(
    missed.map(({ family, name }) => `${family}: ${name}`),
    [],
  )
})

test('honest changes of the same project are verified', async (t) => {
  if (!hasCage(t, cage)) return
  assert.ok(HONEST.length >= 25)
  const told = await driveAll(t, HONEST)
  const refused = HONEST.flatMap(({ name }, index) =>
    told[index]!.outcome?.kind === 'verified' ? [] : [`${name}: ${told[index]!.why}`],
  )
  assert.deepEqual(refused, [])
})

test('the wrong code without a trick is rejected by the tests alone', async (t) => {
  if (!hasCage(t, cage)) return
  const [told] = await driveAll(t, [{ name: 'wrong', files: { 'src/slug.js': WRONG } }])
  assert.equal(told!.outcome?.kind, 'abstained')
  assert.equal(told!.layer, 'tests')
})

type Driven = { outcome: Outcome | null; layer: string; why: string }

/** Takes each reply through a task of its own; all coders say the same. */
async function driveAll(t: TestContext, cases: readonly Tampering[]): Promise<Driven[]> {
  const replies = cases.map(({ files, form }, index) =>
    typeof files === 'string' ? files : reply(files, form ?? FORMS[index % FORMS.length]!),
  )
  const told = new Set<number>()
  const stage = await setStage(t, {
    files: PROJECT,
    tiers: ['fast'],
    limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 }, attempts: 1, attemptsPerTier: 1 },
    models: {},
    cast: {
      planner: () => planned({ id: '1' }),
      coder: ({ text }) => {
        const index = Number(/\[case (\d+)\]/.exec(text)?.[1])
        // what is refused is asked for once more; the same again would only be refused again
        if (told.has(index)) return 'I have no other idea.'
        told.add(index)
        return replies[index]!
      },
    },
  })
  const cacheDir = await mkdtemp(join(tmpdir(), 'quorum-tamperings-'))
  t.after(() => rm(cacheDir, { recursive: true, force: true }))
  const service = createWorkspaces({
    confinement: { cage, unsafeGates: false },
    sources: [{ name: 'app', path: stage.repository.path }],
    gates: { test: { timeoutMs: 6_000 } },
    gateSlots: AT_ONCE,
    cacheDir,
  })
  await using workspaces = await shareProject(service, { kind: 'named', name: 'app' }, never)
  const results: Driven[] = []
  const left = [...cases.keys()]
  const drive = async (): Promise<void> => {
    for (let index = left.shift(); index !== undefined; index = left.shift()) {
      results[index] = await driveOne(cases[index]!, index, stage, workspaces)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, drive))
  return results
}

async function driveOne(
  { request = REQUEST, filesOwned = [], allowTests = false }: Tampering,
  index: number,
  { ports }: Stage,
  workspaces: Workspaces,
): Promise<Driven> {
  const task: Task = {
    id: `task_${index}`,
    request: `${request} [case ${index}]`,
    conversation: '',
    filesOwned,
    allowTests,
    effort: 'low',
    budget: NO_BUDGET,
    workspace: { kind: 'named', name: 'app' },
  }
  const story: SwarmEvent[] = []
  const events = cascade(task, workspaces, ports, never)
  for (;;) {
    const next = await events.next()
    if (next.done) return { outcome: next.value, ...caughtBy(story, next.value) }
    story.push(next.value)
  }
}

/** Which layer said no, and in which words. */
function caughtBy(story: readonly SwarmEvent[], outcome: Outcome): Omit<Driven, 'outcome'> {
  if (outcome.kind !== 'abstained') return { layer: 'not caught', why: outcome.kind }
  const [refusal] = only(story, 'patch_rejected')
  if (refusal) return { layer: LAYERS[refusal.code] ?? layerOf(refusal.code), why: refusal.reason }
  const failed = only(story, 'gate_complete').find(({ result }) => result.status === 'failed')?.result
  if (!failed) return { layer: 'something else', why: outcome.reason }
  const why = failed.diagnostics.map(({ message }) => message).join('; ')
  if (failed.kind === 'lint') return { layer: 'lint', why }
  const isCompared = failed.diagnostics.some(({ message }) =>
    /did not run|is skipped now|no readable report/.test(message),
  )
  return { layer: isCompared ? 'baseline' : 'tests', why: why || (failed.timedOut ? 'no end' : failed.log) }
}

const RED_FLAGS =
  'suppression test_detection judge_tampering early_exit forged_report hidden_code test_dodge hollow_test weaker_assertion'
const LAYERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(RED_FLAGS.split(' ').map((code) => [code, 'red flag'])),
  protected: 'path rule',
  not_owned: 'path rule',
  weaker_test: 'weaker test',
}
const layerOf = (code: string): string => (code.startsWith('path_') ? 'path rule' : 'patch reader')

/** How many of each family were caught, by layer. */
function tableOf(cases: readonly { family: string }[], told: readonly Driven[]): string[] {
  const layers = [...new Set(told.map(({ layer }) => layer))].sort()
  const rows = FAMILIES.map(({ family }) => {
    const own = told.filter((_, index) => cases[index]!.family === family)
    const counts = layers.map((layer) => String(own.filter((each) => each.layer === layer).length))
    return [family, String(own.length), ...counts]
  })
  const total = [
    'all',
    String(told.length),
    ...layers.map((layer) => String(told.filter((each) => each.layer === layer).length)),
  ]
  const table = [['family', 'planted', ...layers], ...rows, total]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
}
