import { failsAlike } from '../../core/agreement.ts'
import { SwarmError } from '../../core/errors.ts'
import { summarise } from '../../core/gates.ts'
import type { RedFlag } from '../../core/red-flags.ts'
import { tokensIn } from '../../core/reply-flags.ts'
import type { Candidate, GateResult, Patch, Place } from '../../core/task.ts'
import { ask } from '../ask.ts'
import { changeFrom } from './change.ts'
import type { Prompt, Stage } from '../ports.ts'
import type { Setting } from '../setting.ts'

/** A coder's place in a contest, with all that makes it differ from the others. */
export type Seat = {
  readonly place: Place
  readonly temperature: number
  readonly prompt: Prompt
  /** The same with another leaning, for when what came first was discarded. */
  readonly again: Prompt
  /** Files this seat may change; empty means any that is not protected. */
  readonly filesOwned: readonly string[]
  /** Files of which its prompt shows some lines only. */
  readonly seenInPart: ReadonlySet<string>
  /** The tree its patch is written against. */
  readonly base: string
}

/** A discarded reply is asked for once more; two in a row stand. */
const SAMPLES = 2

/** The code of a change that had failed in an earlier attempt. */
export const REPEATED = 'repeated'

/**
 * One seat: ask the coder, read its patch, make the tree, run the gates. What a rule refuses is discarded and asked for
 * again from scratch, never repaired. A coder may fail, a contest may not: whatever breaks here becomes a failed
 * candidate. Only a cancelled contest throws.
 */
export async function* code(seat: Seat, setting: Setting, signal: AbortSignal): Stage<Candidate> {
  const { place } = seat
  try {
    for (let sample = 1; ; sample += 1) {
      const result = yield* take(sample, seat, setting, signal)
      if ('state' in result) return result
      const { code, reason, patch, gates } = result
      const resampled = sample < SAMPLES && setting.meter.spent() === null
      yield { type: 'patch_rejected', place, code, reason, resampled }
      if (resampled) continue
      return patch
        ? { state: 'rejected', place, code, reason, patch, gates: [...gates] }
        : { state: 'failed', place, code, reason }
    }
  } catch (error) {
    if (signal.aborted) throw error
    const code = error instanceof SwarmError ? error.fault : 'crash'
    return { state: 'failed', place, code, reason: error instanceof Error ? error.message : String(error) }
  }
}

type Refused = RedFlag & {
  readonly patch: Patch | null
  /** What the gates said when the same change was refused before. */
  readonly gates: readonly GateResult[]
}

/** One reply, from the question to what the gates say. */
async function* take(
  sample: number,
  seat: Seat,
  setting: Setting,
  signal: AbortSignal,
): Stage<Candidate | Refused> {
  const { task, ports, tier, attempt, project, verifier } = setting
  const { place, base, temperature } = seat
  const prompt = sample === 1 ? seat.prompt : seat.again
  const reply = yield* ask(
    { taskId: task.id, role: 'coder', place, tier, attempt, prompt, temperature, sample },
    ports,
    signal,
  )
  const change = await changeFrom(reply, seat, setting, signal)
  if (change.kind === 'refused') return { ...change, gates: [] }
  const { patch, format } = change
  const { files, lines, tree } = patch
  setting.replyTokens.push(tokensIn(reply))

  const form = await project.formOf(base, tree, signal)
  const keys = [tree, `${base} ${form}`]
  const before = keys.map((key) => setting.failedChanges.get(key)).find((known) => known !== undefined)
  if (before && before.attempt < attempt) {
    const reason = `the same change failed in attempt ${before.attempt}`
    return { code: REPEATED, reason, patch, gates: before.gates }
  }
  yield { type: 'patch_applied', place, format, files, diffSize: lines, tree }
  const { gates, failed, with: other } = yield* verifier.verify(tree, place, signal, form)
  if (!failed && other) return { state: 'agreed', place, patch, form, with: other }
  if (!failed) return { state: 'verified', place, patch, gates: [...gates], form }
  // what a gate said of the wording of a change holds for this tree only
  for (const key of failsAlike(failed) ? keys : [tree]) {
    if (!setting.failedChanges.has(key)) setting.failedChanges.set(key, { attempt, gates })
  }
  return { state: 'rejected', place, code: failed.gate, reason: summarise(failed), patch, gates: [...gates] }
}
