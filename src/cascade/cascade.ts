import { nextStep, startTier, tooLarge, type Policy, type Round } from '../core/escalation.ts'
import { whyUnproven } from '../core/label.ts'
import { isExistingTest, isGateConfig } from '../core/protected.ts'
import type { Outcome, Task } from '../core/task.ts'
import { build, type Built } from './build.ts'
import { closestOf, remember, roundOf, type Attempt } from './memory.ts'
import { makePlan } from './plan.ts'
import type { Ports, Project, Stage, Workspaces } from './ports.ts'
import { preprocess } from './preprocess.ts'
import { review, type Review, type Reviewed } from './review.ts'
import type { Setting } from './setting.ts'
import { createVerifier } from './verify.ts'

/**
 * A task from request to outcome, in one straight line: preprocess, then plan, contest and review, again and higher
 * until a change holds or the policy says stop. Whatever is opened here is gone when it returns or throws.
 */
export async function* cascade(
  task: Task,
  workspaces: Workspaces,
  ports: Ports,
  signal: AbortSignal,
): Stage<Outcome> {
  const openedAt = ports.clock.now()
  await using project = await workspaces.open(task.workspace, signal)
  const { name, commit, base, gates, cage, leftOut } = project
  const latencyMs = Math.round(ports.clock.now() - openedAt)
  yield {
    type: 'workspace_ready',
    name,
    commit,
    base,
    gates: gates.map(({ name, command }) => ({ name, command })),
    cage,
    leftOut: [...leftOut],
    latencyMs,
  }

  await using verifier = createVerifier(project, task.request, ports.clock, signal)
  const brief = await preprocess(task, project)
  const policy: Policy = { tiers: ports.models.tiers, ...ports.limits }
  const start = startTier(policy.tiers, task.request, task.filesOwned.length)
  const attempts: Attempt[] = []

  for (;;) {
    const step = nextStep(policy, start, attempts.map(roundOf))
    if (step.kind === 'give-up') break
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
    }

    const plan = yield* makePlan(setting, signal)
    const built = yield* build(plan, setting, signal)
    if (built.kind === 'failed' || goesUp(built, setting, policy, start, attempts)) {
      attempts.push({ setting, built, review: null })
      continue
    }
    const reviewed = yield* review(built, setting, signal)
    if (reviewed.objection === null) return label(reviewed, project)
    attempts.push({ setting, built, review: reviewed })
  }
  return yield* giveUp(attempts, policy, start, signal)
}

/** A change that passed its gates but is too large for its tier is made again one tier up, if there is one to ask. */
function goesUp(
  built: Extract<Built, { kind: 'built' }>,
  setting: Setting,
  policy: Policy,
  start: Setting['tier'],
  attempts: readonly Attempt[],
): boolean {
  const { files, lines } = built.patch
  const size = { files: files.length, lines }
  if (tooLarge(setting.tier, size) === null) return false
  const round: Round = { tier: setting.tier, result: { kind: 'verified', ...size, objected: false } }
  const next = nextStep(policy, start, [...attempts.map(roundOf), round])
  return next.kind === 'attempt' && next.escalation !== null
}

/** What is known of a change: proven is what passed every check of a project that it did not itself rewrite. */
async function label({ patch, gates }: Reviewed, project: Project): Promise<Outcome> {
  const existing = new Set(await project.files(project.base))
  const changed = patch.files.filter((path) => existing.has(path))
  const decides = (path: string): boolean => isGateConfig(path) || project.judges.has(path)
  const reason = whyUnproven(gates, project.leftOut, changed.filter(decides))
  if (reason !== null) return { kind: 'unverified', patch, gates: [...gates], reason }
  return { kind: 'verified', patch, gates: [...gates], testsChanged: changed.filter(isExistingTest) }
}

/** The end of the line: a held change if the reviewer lets it pass, else an honest abstention with the closest attempt. */
async function* giveUp(
  attempts: readonly Attempt[],
  policy: Policy,
  start: Setting['tier'],
  signal: AbortSignal,
): Stage<Outcome> {
  const step = nextStep(policy, start, attempts.map(roundOf))
  const reason = step.kind === 'give-up' ? step.reason : 'stopped'
  let objected: Review | null = null
  for (const { built, review: earlier, setting } of attempts.toReversed()) {
    if (built.kind === 'failed') continue
    const reviewed: Review = earlier ?? (yield* review(built, setting, signal))
    if (reviewed.objection === null) return label(reviewed, setting.project)
    objected ??= reviewed
  }
  if (objected) {
    const why = `it passed the gates, but the reviewer objects: ${objected.objection}`
    return { kind: 'abstained', reason, best: { patch: objected.patch, gates: [...objected.gates], why } }
  }
  const closest = closestOf(attempts)
  if (!closest) return { kind: 'abstained', reason, best: null }
  const { project } = attempts[0]!.setting
  const patch = await project.diff(project.base, closest.patch.tree, signal)
  return { kind: 'abstained', reason, best: { patch, gates: closest.gates, why: closest.reason } }
}
