import { UNHELD } from './unheld.ts'
import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textPart } from '../../src/cascade/fit-prompt.ts'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { cascade } from '../../src/cascade/cascade.ts'
import type { Limits, Ports } from '../../src/cascade/ports.ts'
import type { GatesConfig } from '../../src/config.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import type { EarlierChange, Outcome, Task } from '../../src/core/task.ts'
import { createModels, type ModelOptions } from '../../src/models/client.ts'
import { loadPrompts } from '../../src/models/prompts.ts'
import { createWorkspaces, type WorkspaceService } from '../../src/workspace/workspaces.ts'
import { makeRepository, type Repository } from './repository.ts'
import { startScriptedModels, type ScriptedModels, type ScriptedReply } from './scripted-models.ts'
import { NO_EXPERIENCE, type Experience } from '../../src/core/experience.ts'
import { NO_BUDGET, type Budget, type Effort } from '../../src/core/task.ts'

/** Who is being asked, and for the how-manieth time. */
export type Asked = {
  /** The whole prompt. */
  text: string
  model: string
  temperature: number
  /** Attempt of the task, counted by the planner's calls. */
  attempt: number
  /** For coders, from 1, told by the temperature. */
  seat: number
  /** Calls of this role so far, this one included. */
  nth: number
}
export type Part = (asked: Asked) => ScriptedReply | string | Promise<ScriptedReply | string>
/** What each role says; a coder who revises after a review is a role of its own. */
export type Cast = {
  planner?: Part
  coder: Part
  reviser?: Part
  tester?: Part
  voter?: Part
  reviewer?: Part
}
type Role = keyof Cast

export type Scene = {
  cast: Cast
  files?: Readonly<Record<string, string>>
  gates?: GatesConfig
  limits?: Partial<Limits>
  tiers?: ('fast' | 'deep' | 'reviewer' | 'cloud')[]
  models?: Partial<ModelOptions>
  gateSlots?: number
  experience?: Experience
}

export type Stage = {
  repository: Repository
  server: ScriptedModels
  workspaces: WorkspaceService
  ports: Ports
  /** Prompts this role was given, in the order they came. */
  prompts: (role: Role) => string[]
  tell: (options?: Telling) => Promise<Told>
  /** Waits until nothing of any task is left, or fails saying what is. */
  nothingIsLeft: () => Promise<void>
}
export type Telling = {
  request?: string
  filesOwned?: string[]
  allowTests?: boolean
  effort?: Effort
  budget?: Partial<Budget>
  /** A delivered change to go on from. */
  upon?: EarlierChange
  id?: string
  /** Is told every event; the task is cancelled when it says so. */
  cancelAt?: (event: SwarmEvent) => boolean
  signal?: AbortSignal
}
export type Told = { story: SwarmEvent[]; outcome: Outcome | null; error: unknown }

/** A small project with four quick gates, all of them green. */
export const PROJECT: Readonly<Record<string, string>> = {
  'src/greet.js': "/** Greets somebody. */\nexport function greet(name) {\n  return 'hello ' + name\n}\n",
  'src/part.js': "/** Takes leave. */\nexport function part(name) {\n  return 'bye ' + name\n}\n",
  // prints a finding for each line that holds the word; one process, because it runs some hundred times
  'checks/forbid.sh': `for file in src/*.js; do
  at=0
  while IFS= read -r line; do
    at=$((at + 1))
    case $line in *"$1"*) found=1; echo "$file:$at:1: error: $2" ;; esac
  done < "$file"
done
exit \${found:-0}
`,
  'checks/test.mjs': `import assert from 'node:assert/strict'
for (const [file, name] of [['greet', 'greet'], ['part', 'part']]) {
  try {
    const module = await import(\`../src/\${file}.js\`)
    assert.match(module[name]('Ann'), /Ann/)
    console.log(\`ok - \${name} names somebody\`)
  } catch (error) {
    console.log(\`not ok 1 - \${name} names somebody\\n  error: \${error.message}\`)
    process.exitCode = 1
  }
}
`,
}
export const GATES: GatesConfig = {
  lint: { command: ['sh', 'checks/forbid.sh', 'var ', 'no var here'] },
  typecheck: { command: ['sh', 'checks/forbid.sh', 'TYPO', 'no such name'] },
  build: { command: ['sh', 'checks/forbid.sh', 'UNBUILDABLE', 'cannot be built'] },
  test: { command: ['node', 'checks/test.mjs'] },
}

export const say = (text: string): ScriptedReply => ({ kind: 'text', text })

/** A SEARCH/REPLACE block, as coders are asked for. */
export const edit = (search: string, replace: string, path = 'src/greet.js'): string =>
  `${path}\n<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`
/** Replaces the one line of `greet` that does something. */
export const greets = (line: string): string => edit("  return 'hello ' + name", `  ${line}`)
export const parts = (line: string): string => edit("  return 'bye ' + name", `  ${line}`, 'src/part.js')
export const RIGHT = greets("return 'Hello, ' + name + '!'")
export const ALSO_RIGHT = greets('return `Hello, ${name}!`')
/** Each is stopped by another gate. */
export const LINT_ERROR = greets('var it = name; return it')
export const TYPE_ERROR = greets('return TYPO && name')
export const BUILD_ERROR = greets("return name + 'UNBUILDABLE'")
export const TEST_ERROR = greets("return 'hello'")

export type Drafted = { id: string; filesOwned?: string[]; dependsOn?: string[] }
/** A planner's reply. */
export const planned = (...subtasks: Drafted[]): string =>
  JSON.stringify({
    subtasks: subtasks.map((subtask) => ({ description: `part ${subtask.id}`, ...subtask })),
  })
export const verdict = (decision: string, ...claims: string[]): string =>
  JSON.stringify({
    decision,
    objections: claims.map((claim) => ({ kind: 'bug', file: 'src/greet.js', claim })),
  })

const DEFAULTS: Omit<Required<Cast>, 'coder'> = {
  planner: () => planned({ id: '1', filesOwned: ['src/greet.js'] }),
  reviser: () => 'I would rather not.',
  tester: () => 'I would not know what to test.',
  voter: ({ text }) => letterAt(text, 0),
  reviewer: () => verdict('approve'),
}

/** Everything a task needs, and all of it real but what the models say. Gone, and checked to be gone, after the test. */
export async function setStage(t: TestContext, scene: Scene): Promise<Stage> {
  const limits = { ...LIMITS, ...scene.limits }
  const heard: { role: Role; text: string }[] = []
  const server = await startScriptedModels(async (call) => {
    const role = roleOf(call.text)
    heard.push({ role, text: call.text })
    const count = (role: Role): number => heard.filter((other) => other.role === role).length
    const temperature = Number(call.body['temperature'])
    const { model, text } = call
    const asked = {
      text,
      model,
      temperature,
      attempt: count('planner'),
      nth: count(role),
      seat: seatOf(model, temperature, limits),
    }
    const reply = await { ...DEFAULTS, ...scene.cast }[role](asked)
    return typeof reply === 'string' ? say(reply) : reply
  })
  const repository = await makeRepository(scene.files ?? PROJECT)
  const cacheDir = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  const workspaces = createWorkspaces({
    confinement: UNHELD,
    sources: [{ name: 'app', path: repository.path }],
    gates: scene.gates ?? GATES,
    gateSlots: scene.gateSlots ?? 3,
    cacheDir,
  })
  const clock = {
    now: () => performance.now(),
    sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  }
  const models = createModels({
    tiers: tiersAt(server.url, scene.tiers ?? ['fast', 'deep', 'reviewer']),
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock,
    ...scene.models,
  })
  const ports: Ports = {
    experience: scene.experience ?? NO_EXPERIENCE,
    models,
    prompts: loadPrompts(join(import.meta.dirname, '../../prompts')),
    clock,
    limits,
  }
  const nothingIsLeft = (): Promise<void> =>
    eventually(async () => {
      assert.equal(server.open(), 0, 'calls are still open at the server')
      // what npm has fetched for a new project stays for the next
      const left = (await readdir(cacheDir)).filter((name) => name !== 'downloads')
      assert.deepEqual(left, [], 'folders are left')
      assert.deepEqual(await childProcesses(), [], 'processes are left')
    })
  t.after(async () => {
    try {
      await nothingIsLeft()
    } finally {
      await models.close()
      await server.close()
      await repository[Symbol.asyncDispose]()
      await rm(cacheDir, { recursive: true, force: true })
    }
  })
  return {
    repository,
    server,
    workspaces,
    ports,
    prompts: (role) => heard.filter((other) => other.role === role).map(({ text }) => text),
    tell: (options) => tell(workspaces, ports, options ?? {}),
    nothingIsLeft,
  }
}

/** The same, with nothing but ballots to tell survivors apart: what else may do so has tests of its own. */
export const setBallotStage = (t: TestContext, scene: Scene): Promise<Stage> =>
  setStage(t, { ...scene, limits: { voting: 'first-to-3', ...scene.limits } })

/** Of a project of which nothing is told. */
export const NO_OVERVIEW = [textPart('overview', 'list of files', '', 'start', 0)]

/** The usual numbers, with patience for a busy machine. */
export const LIMITS: Limits = {
  seats: { fast: 5, deep: 3, reviewer: 2, cloud: 1 },
  ballots: 5,
  quorum: 3,
  reviewLoops: 3,
  attemptsPerTier: 2,
  attempts: 5,
  patchLines: 300,
  temperatures: [0.3, 0.7],
  patience: 0.4,
  // long enough that on a busy machine no seat is lost by accident
  patienceMs: 20_000,
  contextCharacters: 20_000,
  voting: 'by-effort',
  budget: NO_BUDGET,
}

async function tell(workspaces: WorkspaceService, ports: Ports, options: Telling): Promise<Told> {
  const cancel = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, cancel.signal]) : cancel.signal
  const task: Task = {
    id: options.id ?? 'task_1',
    request: options.request ?? 'Greet politely.',
    conversation: '',
    filesOwned: options.filesOwned ?? [],
    allowTests: options.allowTests ?? false,
    effort: options.effort ?? 'medium',
    budget: { ...NO_BUDGET, ...options.budget },
    workspace: { kind: 'named', name: 'app' },
    ...(options.upon && { upon: options.upon }),
  }
  const story: SwarmEvent[] = []
  const events = cascade(task, workspaces, ports, signal)
  try {
    for (;;) {
      const next = await events.next()
      if (next.done) return { story, outcome: next.value, error: null }
      story.push(next.value)
      if (options.cancelAt?.(next.value)) cancel.abort(new Error('cancelled by the test'))
    }
  } catch (error) {
    return { story, outcome: null, error }
  }
}

function tiersAt(url: string, tiers: NonNullable<Scene['tiers']>): ModelOptions['tiers'] {
  const all = {
    fast: { model: 'fast-coder', url, apiKey: null, slots: 5 },
    deep: { model: 'deep-coder', url, apiKey: null, slots: 3 },
    reviewer: { model: 'reviewer', url, apiKey: null, slots: 2 },
    cloud: { model: 'cloud', url, apiKey: null, slots: 1 },
  }
  return Object.fromEntries(tiers.map((tier) => [tier, all[tier]]))
}

function roleOf(prompt: string): Role {
  const role = /# Role: (\w+)/.exec(prompt)?.[1]
  if (role === 'coder') return prompt.includes('A reviewer objects:') ? 'reviser' : 'coder'
  assert.ok(
    role === 'planner' || role === 'tester' || role === 'voter' || role === 'reviewer',
    `no role in: ${prompt.slice(0, 80)}`,
  )
  return role
}

/** Temperatures are spread evenly over the seats of a tier. */
function seatOf(model: string, temperature: number, limits: Limits): number {
  const { fast, deep, reviewer, cloud } = limits.seats
  const seats = { 'fast-coder': fast, 'deep-coder': deep, reviewer }[model] ?? cloud
  const [coolest, warmest] = limits.temperatures
  return Math.round(((temperature - coolest) / (warmest - coolest)) * (seats - 1)) + 1
}

/** Tries again for a while: what is being torn down may take its time on a busy machine. */
async function eventually(check: () => Promise<void>): Promise<void> {
  const until = performance.now() + 20_000
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > until) throw error
      await sleep(20)
    }
  }
}

/** The processes this one started, as /proc shows them. The reader of code stays for a while, and ends with us. */
async function childProcesses(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const commands = await Promise.all(
    ids.map(async (id) => {
      const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')
      const isOurs = parent === process.pid && !command.includes('code-reader/read-code')
      return isOurs ? [stat.slice(0, stat.lastIndexOf(')') + 1)] : []
    }),
  )
  return commands.flat()
}

/** The letter under which the option with this text stands on a ballot; none where it is not on it. */
export const letterFor = (text: string, code: string): string =>
  optionsOn(text).find((option) => option.includes(code))?.[0] ?? 'none'

/** The letter at a place of the ballot, from 0. */
export const letterAt = (text: string, position: number): string => optionsOn(text)[position]![0]!

const optionsOn = (text: string): string[] => text.split(/^## Option (?=[A-Z]$)/m).slice(1)

/** Events of one type. */
export const only = <Type extends SwarmEvent['type']>(
  story: readonly SwarmEvent[],
  type: Type,
): Extract<SwarmEvent, { type: Type }>[] =>
  story.filter((event): event is Extract<SwarmEvent, { type: Type }> => event.type === type)

/** What happened to the task as a whole, one line each. */
export const spine = (story: readonly SwarmEvent[]): string[] =>
  story.flatMap((event): string[] => {
    switch (event.type) {
      case 'attempt_start':
        return [`attempt ${event.attempt} at ${event.tier}`]
      case 'plan_ready':
        return [
          `plan of ${event.plan.subtasks.length}${event.plan.fallback === null ? '' : ', the safe one'}`,
        ]
      case 'contest_start':
        return [`contest ${event.subtask} of ${event.seats}`]
      case 'contest_end':
        return [`contest ${event.subtask}: ${event.decision ?? 'nobody'}`]
      case 'vote_start':
        return [event.runOff ? 'run-off' : `vote on ${event.options.length}`]
      case 'review_complete':
        return [`review ${event.loop}: ${event.decision}`]
      case 'escalation':
        return [`up to ${event.to}: ${event.reason}`]
      default:
        return []
    }
  })

/** What happened at one seat, one word or two each. */
export const atSeat = (story: readonly SwarmEvent[], seat: number, subtask = '1'): string[] =>
  story.flatMap((event): string[] => {
    if (!('place' in event) || event.place.seat !== seat || event.place.subtask !== subtask) return []
    if ('role' in event && event.role !== 'coder') return []
    switch (event.type) {
      case 'model_call_start':
        return ['asked']
      case 'model_call_complete':
        return [event.status]
      case 'patch_applied':
        return ['applied']
      case 'patch_rejected':
        return [`refused ${event.code}`]
      case 'verification_start':
        return ['checking']
      case 'gate_complete':
        return [`${event.result.gate} ${event.result.status}`]
      case 'verification_pass':
        return [event.shared ? 'verified with another' : 'verified']
      case 'verification_fail':
        return [event.shared ? 'failed with another' : 'failed']
      default:
        return []
    }
  })
