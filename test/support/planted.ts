import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { cascade } from '../../src/cascade/cascade.ts'
import { createVerifier } from '../../src/cascade/checking/verify.ts'
import { changeFrom, type Change } from '../../src/cascade/contest/change.ts'
import { startMeter } from '../../src/cascade/meter.ts'
import type { Setting } from '../../src/cascade/setting.ts'
import { strategyOf } from '../../src/core/effort.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import { NO_BUDGET, type Outcome, type Task, type Usage, type WorkspaceChoice } from '../../src/core/task.ts'
import type { Cage } from '../../src/workspace/cage/sandbox.ts'
import { createWorkspaces } from '../../src/workspace/workspaces.ts'
import type { Tampering } from '../fixtures/tamperings/case.ts'
import { reply, type Form } from '../fixtures/tamperings/forms.ts'
import { PROJECT, REQUEST } from '../fixtures/tamperings/project.ts'
import { shareProject } from './shared-project.ts'
import { planned, setStage, NO_OVERVIEW } from './story.ts'

/** A change somebody planted, in the form it comes in, and the number it is known by. */
export type Planted = Tampering & { readonly form: Form; readonly index: number }

export type Told = { readonly outcome: Outcome; readonly story: readonly SwarmEvent[] }
export type PlantedStage = AsyncDisposable & {
  /** What the rules say of it that cost no gate run. */
  read(planted: Planted): Promise<Change>
  /** Takes it through a task of its own, in which all coders say the same. */
  drive(planted: Planted): Promise<Told>
}

const FORMS: readonly Form[] = ['search', 'whole', 'unified', 'envelope']
const APP: WorkspaceChoice = { kind: 'named', name: 'app' }
const never = new AbortController().signal

/** Every form has its turn where none is named. */
export const plant = <Case extends Tampering>(cases: readonly Case[]): (Case & Planted)[] =>
  cases.map((each, index) => ({ ...each, index, form: each.form ?? FORMS[index % FORMS.length]! }))

/** The project they are planted in, opened once, and its checks in a cage. */
export async function stagePlanted(
  t: TestContext,
  cage: Cage,
  { timeoutMs, slots }: { timeoutMs: number; slots: number },
): Promise<PlantedStage> {
  const replies = new Map<number, string>()
  const { repository, ports } = await setStage(t, {
    files: PROJECT,
    tiers: ['fast'],
    limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 }, attempts: 1, attemptsPerTier: 1 },
    models: {},
    cast: {
      planner: () => planned({ id: '1' }),
      coder: ({ text }) => {
        const index = Number(/\[case (\d+)\]/.exec(text)?.[1])
        const said = replies.get(index)
        // what is refused is asked for once more; the same again would only be refused again
        replies.delete(index)
        return said ?? 'I have no other idea.'
      },
    },
  })
  const cacheDir = await mkdtemp(join(tmpdir(), 'quorum-planted-'))
  t.after(() => rm(cacheDir, { recursive: true, force: true }))
  const service = createWorkspaces({
    confinement: { cage, unsafeGates: false },
    sources: [{ name: 'app', path: repository.path }],
    gates: { test: { timeoutMs } },
    gateSlots: slots,
    cacheDir,
  })
  const workspaces = await shareProject(service, APP, never)

  return {
    async read(planted) {
      const task = taskOf(planted)
      await using project = await workspaces.open(APP, never)
      await using verifier = createVerifier(project, task.request, ports.clock, never)
      using meter = startMeter(NO_BUDGET, ports.clock)
      const setting: Setting = {
        task,
        brief: { request: task.request, overview: NO_OVERVIEW, paths: [] },
        project,
        verifier,
        ports,
        attempt: 1,
        tier: 'fast',
        memory: '',
        strategy: strategyOf('low', 'by-effort'),
        meter,
        held: [],
        mayGoUp: false,
        failedChanges: new Map(),
        toolless: new Set(),
        replyTokens: [],
        kind: 'fix',
      }
      const said = { text: replyOf(planted), scores: null, finishReason: 'stop', usage: NO_USAGE } as const
      return changeFrom(
        said,
        { base: project.base, filesOwned: task.filesOwned, seenInPart: new Set() },
        setting,
        never,
      )
    },
    async drive(planted) {
      replies.set(planted.index, replyOf(planted))
      const story: SwarmEvent[] = []
      const events = cascade(taskOf(planted), workspaces, ports, never)
      for (;;) {
        const next = await events.next()
        if (next.done) return { story, outcome: next.value }
        story.push(next.value)
      }
    },
    [Symbol.asyncDispose]: () => workspaces[Symbol.asyncDispose](),
  }
}

const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, estimated: false }

const replyOf = ({ files, form }: Planted): string => (typeof files === 'string' ? files : reply(files, form))

const taskOf = ({ request = REQUEST, filesOwned = [], allowTests = false, index }: Planted): Task => ({
  id: `task_${index}`,
  request: `${request} [case ${index}]`,
  conversation: '',
  filesOwned,
  allowTests,
  effort: 'low',
  budget: NO_BUDGET,
  workspace: APP,
})
