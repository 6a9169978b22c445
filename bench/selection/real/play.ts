import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cascade } from '../../../src/cascade/cascade.ts'
import type { Ports } from '../../../src/cascade/ports.ts'
import type { SwarmEvent } from '../../../src/core/event.ts'
import type { Effort, Outcome, Role } from '../../../src/core/task.ts'
import { createModels } from '../../../src/models/client.ts'
import { clock } from '../../../src/wire.ts'
import type { Cage } from '../../../src/workspace/cage/sandbox.ts'
import { createWorkspaces } from '../../../src/workspace/workspaces.ts'
import { makeRepository } from '../../../test/support/repository.ts'
import { startScriptedModels } from '../../../test/support/scripted-models.ts'
import { modelNameOf, openMemory, PROMPTS, type Memory } from '../listen.ts'
import type { Result } from '../result.ts'
import { TSC } from '../self-check.ts'
import { projectOf, type SmallTask } from '../small-task.ts'
import { LIMITS, taskAt } from '../task-at.ts'
import type { Tape } from '../tape.ts'
import type { World } from '../world.ts'
import { passesHidden } from './hidden.ts'
import { voicesOf, type Voices } from './scripted-voices.ts'

const never = new AbortController().signal
const GATES = {
  typecheck: { command: [process.execPath, TSC, '--noEmit'] },
  test: { command: [process.execPath, '--test'] },
}
const SLOTS = { fast: 4, deep: 1, reviewer: 2 }

/**
 * The real cascade at one effort, with nothing simulated but what the models say: their calls go over HTTP, the projects
 * are git repositories, their gates run in the sandbox of this machine, and what is delivered is judged by tests that
 * the server was never shown.
 */
export async function* playReal(
  effort: Effort,
  world: World,
  tapes: readonly Tape[],
  tasks: readonly SmallTask[],
  cage: Cage,
): AsyncGenerator<Result, void, void> {
  using memory = openMemory()
  let voices: Voices | null = null
  await using server = await startScriptedModels((call) => voices!.answer(call))
  const tierAt = (tier: 'fast' | 'deep' | 'reviewer') => ({
    model: modelNameOf(tier),
    url: server.url,
    apiKey: null,
    slots: SLOTS[tier],
  })
  const tiers = { fast: tierAt('fast'), deep: tierAt('deep'), reviewer: tierAt('reviewer') }
  const models = createModels({ tiers, idleTimeoutMs: 60_000, firstTokenTimeoutMs: 60_000, tries: 1, clock })
  try {
    for (const tape of tapes) {
      const task = tasks[tape.run % tasks.length]!
      voices = voicesOf(task, tape, world)
      const ports: Ports = { experience: memory.experience, models, prompts: PROMPTS, clock, limits: LIMITS }
      yield await playOne(effort, task, tape, voices, ports, memory, cage)
    }
  } finally {
    await models.close()
  }
}

async function playOne(
  effort: Effort,
  task: SmallTask,
  tape: Tape,
  voices: Voices,
  ports: Ports,
  memory: Memory,
  cage: Cage,
): Promise<Result> {
  await using repository = await makeRepository(projectOf(task))
  await using cache = await temporaryFolder()
  const workspaces = createWorkspaces({
    confinement: { cage, unsafeGates: cage.kind === 'none' },
    sources: [{ name: 'bench', path: repository.path }],
    gates: GATES,
    gateSlots: 2,
    cacheDir: cache.path,
  })
  const spending = noSpending()
  const startedAt = performance.now()
  const asked = taskAt(tape.run, task.request, effort)
  const { outcome, heard } = await memory.listen(asked, cascade(asked, workspaces, ports, never), (event) => {
    voices.hear(event)
    spend(event, spending)
  })
  const wallMs = performance.now() - startedAt
  const { ballots } = heard
  return { ...(await judged(task, outcome)), ballots, tamperings: voices.tamperings(), spending, wallMs }
}

async function judged(task: SmallTask, outcome: Outcome) {
  if (outcome.kind === 'abstained') return { label: outcome.kind, correct: false, tampered: false }
  const { diff, files } = outcome.patch
  const tampered = files.some((path) => path.startsWith('test/'))
  return { label: outcome.kind, correct: !tampered && (await passesHidden(task, diff)), tampered }
}

const noCalls = (): Record<Role, number> => ({
  chat: 0,
  planner: 0,
  coder: 0,
  tester: 0,
  voter: 0,
  reviewer: 0,
})
const noSpending = () => ({ sent: noCalls(), answered: noCalls(), tokens: 0 })

function spend(event: SwarmEvent, spending: ReturnType<typeof noSpending>): void {
  if (event.type === 'model_call_start') spending.sent[event.role] += 1
  if (event.type !== 'model_call_complete') return
  if (event.status === 'ok') spending.answered[event.role] += 1
  spending.tokens += event.usage.promptTokens + event.usage.completionTokens
}

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'quorum-bench-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
