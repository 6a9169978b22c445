import type { Candidate, Check, GateResult, Objection, Patch } from '../../core/task.ts'
import { passesAll } from './check-objections.ts'
import { code } from '../contest/code.ts'
import type { Stage } from '../ports.ts'
import { revisionSeat } from '../contest/seats.ts'
import type { Setting } from '../setting.ts'

type Change = { readonly patch: Patch; readonly gates: readonly GateResult[] }

/**
 * One coder mends a change on top of what it is. null when that did not work out: it must pass every gate, and every test
 * that showed an objection.
 */
export async function* revise(
  loop: number,
  { patch }: Change,
  objections: readonly Objection[],
  checks: readonly Check[],
  setting: Setting,
  signal: AbortSignal,
): Stage<Change | null> {
  const { project } = setting
  const seat = yield* revisionSeat(loop, patch, objections, setting, signal)
  const candidate = yield* code(seat, setting, signal)
  const gates = yield* gatesOf(candidate, setting, signal)
  if (!gates || !('patch' in candidate)) return null
  const { tree } = candidate.patch
  if (!(await passesAll(checks, tree, gates, setting, signal))) return null
  return { patch: await project.diff(project.base, tree, signal), gates }
}

/** What the gates said of a revision; null when it did not pass. One that only agrees with another was not run itself. */
async function* gatesOf(
  candidate: Candidate,
  { verifier }: Setting,
  signal: AbortSignal,
): Stage<readonly GateResult[] | null> {
  if (candidate.state === 'verified') return candidate.gates
  if (candidate.state !== 'agreed') return null
  const { gates, failed } = yield* verifier.verify(candidate.patch.tree, candidate.place, signal)
  return failed ? null : gates
}
