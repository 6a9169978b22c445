import { within } from '../core/budget.ts'
import { strategyOf } from '../core/effort.ts'
import { tooLarge } from '../core/escalation.ts'
import type { SwarmEvent } from '../core/event.ts'
import type { OnTop, Outcome, Plan, Task, TierName } from '../core/task.ts'
import { build, type Built } from './build.ts'
import { courseOf, goesUp, nextAfter, type Course } from './course.ts'
import { deliver } from './deliver.ts'
import { endWithBest } from './end.ts'
import { heldOf } from './held.ts'
import { remember, type Attempt } from './memory.ts'
import { metered } from './metered.ts'
import { startMeter, type Meter } from './meter.ts'
import type { Ports, Project, Stage, Workspaces } from './ports.ts'
import { preprocess } from './preprocess.ts'
import { underPolicy } from './under-policy.ts'
import { putIntoWords } from './put-into-words.ts'
import { rememberedCode } from './remembered-code.ts'
import { review } from './reviewing/review.ts'
import type { Setting } from './setting.ts'
import { specKitOrder } from './spec-kit.ts'
import { createVerifier } from './checking/verify.ts'
import { planAndWarm } from './warm.ts'

/**
 * A task from request to outcome, in one straight line: put into words, preprocess, then plan, contest and review, again and higher
 * until a change holds or the policy says stop. Whatever is opened here is gone when it returns or throws.
 */
export async function* cascade(
  asked: Task,
  workspaces: Workspaces,
  allPorts: Ports,
  signal: AbortSignal,
): Stage<Outcome> {
  const openedAt = allPorts.clock.now()
  const { workspace, upon } = asked
  await using opened = await (upon
    ? workspaces.openOnTop(workspace, upon, signal)
    : workspaces.open(workspace, signal))
  yield workspaceReady(opened, allPorts.clock.now() - openedAt)
  if (opened.onTop) yield earlierChange(opened.onTop)
  const specKit = await specKitOrder(asked, opened, allPorts, signal)
  if (specKit?.kind === 'not-started') return specKit.outcome
  const project = specKit?.project ?? opened
  const wished = specKit?.task ?? asked

  const budget = within(asked.budget, allPorts.limits.budget)
  using meter = startMeter(budget, allPorts.clock)
  const models = yield* underPolicy(wished, allPorts)
  const { codebase } = allPorts
  const remembered = codebase && { codebase: rememberedCode(codebase) }
  const limits = specKit?.limits ?? allPorts.limits
  const ports = { ...allPorts, ...remembered, limits, models: metered(models, meter) }
  const task = yield* putIntoWords(wished, ports, meter, signal)
  await using verifier = createVerifier(project, task.request, ports.clock, signal)
  const brief = await preprocess(task, project)
  const course = courseOf(task, budget, ports)
  for (const reason of course.lessons) yield { type: 'experience_used', reason }
  const strategy = strategyOf(task.effort, ports.limits.voting, ports.limits)
  const attempts: Attempt[] = []
  const failedChanges: Setting['failedChanges'] = new Map()
  const toolless: Setting['toolless'] = new Set()

  for (;;) {
    const step = nextAfter(course, attempts)
    if (step.kind === 'give-up' || meter.spent()) break
    const { tier, escalation } = step
    if (escalation) yield { type: 'escalation', from: escalation.from, to: tier, reason: escalation.reason }
    const attempt = attempts.length + 1
    yield { type: 'attempt_start', attempt, tier }
    const setting: Setting = {
      task,
      brief,
      project,
      verifier,
      ports,
      attempt,
      tier,
      memory: remember(attempts, tier),
      strategy,
      meter,
      held: heldOf(attempts),
      mayGoUp: goesUp({ kind: 'held', why: 'alone' }, tier, course, attempts),
      failedChanges,
      toolless,
      replyTokens: [],
      kind: course.kind,
      ...(specKit && { specKit }),
    }

    const isFirst = attempts.every((earlier) => earlier.setting.tier !== tier)
    const plan = specKit ? yield* planned(specKit.plan) : yield* planAndWarm(setting, { isFirst }, signal)
    const built = yield* build(plan, setting, signal)
    if (built.kind !== 'built' || isTooLarge(built, tier, course, attempts)) {
      attempts.push({ setting, built, review: null })
      continue
    }
    const reviewed = yield* review(built, setting, signal)
    if (reviewed.objection === null) {
      yield* tellSpent(meter)
      const outcome = await deliver(reviewed, built.proof, built.undecided, project, signal)
      return specKit ? specKit.ended(outcome, signal) : outcome
    }
    attempts.push({ setting, built, review: reviewed })
  }
  yield* tellSpent(meter)
  const { attempts: most } = budget
  if (most !== null && attempts.length >= most)
    yield { type: 'budget_spent', budget: 'attempts', limit: most }
  const outcome = yield* endWithBest(attempts, course, signal)
  return specKit ? specKit.ended(outcome, signal) : outcome
}

/** A plan that nobody had to make. */
function* planned(plan: Plan): Generator<SwarmEvent, Plan, void> {
  yield { type: 'plan_ready', plan }
  return plan
}

/** A change that passed its gates but is too large for its tier is made again one tier up, if there is one to ask. */
function isTooLarge(
  { patch }: Extract<Built, { kind: 'built' }>,
  tier: TierName,
  course: Course,
  attempts: readonly Attempt[],
): boolean {
  const size = { files: patch.files.length, lines: patch.lines }
  if (tooLarge(tier, size) === null) return false
  return goesUp({ kind: 'verified', ...size, objected: false }, tier, course, attempts)
}

function* tellSpent(meter: Meter): Generator<SwarmEvent, void, void> {
  const spent = meter.spent()
  if (spent) yield { type: 'budget_spent', ...spent }
}

function workspaceReady(project: Project, ms: number): SwarmEvent {
  const { name, commit, theirs, gates, cage, leftOut } = project
  return {
    type: 'workspace_ready',
    name,
    commit,
    base: theirs,
    gates: gates.map(({ name, command }) => ({ name, command: [...command] })),
    cage,
    leftOut: [...leftOut],
    latencyMs: Math.round(ms),
  }
}

const earlierChange = ({ task, how, tree, clashes }: OnTop): SwarmEvent => ({
  type: 'earlier_change',
  task,
  how,
  tree,
  clashes,
})
