import type { Check, GateResult, Objection, Patch } from '../../core/task.ts'
import type { TestRun } from '../../core/test-outcome.ts'
import { whyRefused } from '../proving/admit-test.ts'
import type { Stage } from '../ports.ts'
import { runTest } from '../proving/run-test.ts'
import type { Setting } from '../setting.ts'
import { together } from '../proving/together.ts'

/** A change that is objected to, and the trees of other changes that passed the gates. */
type Subject = {
  readonly patch: Patch
  readonly gates: readonly GateResult[]
  readonly others: readonly string[]
}

/** Objections of one review that are run, and other changes they are run on: a reviewer must not cost without limit. */
const MOST_CHECKS = 3
const MOST_OTHERS = 3
/** So many other changes that fail it too speak against the check, and not against them all. */
const TOO_MANY_FAIL = 2

/** Runs what objections bring as their proof, and returns those that it shows to be right. */
export async function* checkObjections(
  objections: readonly Objection[],
  subject: Subject,
  loop: number,
  setting: Setting,
  signal: AbortSignal,
): Stage<Objection[]> {
  const runnable = objections.flatMap(({ check, kind }, index) => (check ? [{ check, kind, index }] : []))
  const results = await together(
    runnable.slice(0, MOST_CHECKS),
    async ({ check, kind, index }, signal) => {
      const fault = await faultIn(check, kind, subject, setting, signal)
      return { objection: objections[index]!, fault }
    },
    signal,
  )
  for (const { objection, fault } of results) {
    const reason = fault ?? 'its test fails on the change, twice the same'
    yield { type: 'objection_checked', loop, claim: objection.claim, counts: fault === null, reason }
  }
  return results.filter(({ fault }) => fault === null).map(({ objection }) => objection)
}

/** Why a check shows nothing; null where the change fails it and what must work does not. */
async function faultIn(
  check: Check,
  kind: Objection['kind'],
  { patch, gates, others }: Subject,
  setting: Setting,
  signal: AbortSignal,
): Promise<string | null> {
  const refused = await whyRefused(check, patch.tree, setting, signal)
  if (refused !== null) return refused
  const ground = { tree: patch.tree, gates }
  const first = await runTest(check, ground, setting, signal)
  if (first.outcome !== 'failed') return WHY_NOT[first.outcome]
  const second = await runTest(check, ground, setting, signal)
  if (second.outcome !== 'failed') return 'two runs of its test differ'

  const needsBase = kind === 'regression' || !isTold(first)
  const elsewhere = [...(needsBase ? [setting.project.base] : []), ...others.slice(0, MOST_OTHERS)]
  const runs = await together(
    elsewhere,
    (tree, signal) => runTest(check, { tree, gates: null }, setting, signal),
    signal,
  )
  const failing = runs.slice(needsBase ? 1 : 0).filter(fails).length
  if (failing >= TOO_MANY_FAIL) return `${failing} other changes that passed the checks fail its test too`
  if (kind === 'regression' && runs[0]!.outcome !== 'passed')
    return 'its test does not pass without the change either'
  if (!isTold(first) && !runs.some(({ outcome }) => outcome === 'passed'))
    return 'nothing shows that its test can pass'
  return null
}

const WHY_NOT = {
  passed: 'its test passes on the change',
  broken: 'its test does not load',
  unclear: 'no test run of the project tells of its test',
} as const

const fails = ({ outcome }: TestRun): boolean => outcome === 'failed' || outcome === 'broken'

/** Where results are not told test by test, a test that fails and one that does not load look the same. */
const isTold = ({ cases }: TestRun): boolean => cases.length > 0

/** Does a tree pass all of these? */
export async function passesAll(
  checks: readonly Check[],
  tree: string,
  gates: readonly GateResult[],
  setting: Setting,
  signal: AbortSignal,
): Promise<boolean> {
  const runs = await together(
    checks,
    (check, signal) => runTest(check, { tree, gates }, setting, signal),
    signal,
  )
  return runs.every(({ outcome }) => outcome === 'passed')
}
