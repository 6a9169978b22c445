import { SwarmError } from '../core/errors.ts'
import { summarise } from '../core/gates.ts'
import { applyEdits, neededPaths } from '../core/patch/apply.ts'
import { checkPath } from '../core/paths.ts'
import { isExistingTest } from '../core/protected.ts'
import { redFlagOf } from '../core/red-flags.ts'
import { readReply } from '../core/reply.ts'
import type { Candidate, Patch, Place } from '../core/task.ts'
import { weakerTest } from '../core/weaker-tests.ts'
import { ask } from './ask.ts'
import type { Prompt, Stage } from './ports.ts'
import type { Setting } from './setting.ts'
import { readFiles } from './read-files.ts'

/** A coder's place in a contest, with all that makes it differ from the others. */
export type Seat = {
  readonly place: Place
  readonly temperature: number
  readonly prompt: Prompt
  /** Files this seat may change; empty means any that is not protected. */
  readonly filesOwned: readonly string[]
  /** The tree its patch is written against. */
  readonly base: string
}

/**
 * One seat: ask the coder, read its patch, make the tree, run the gates. A coder may fail, a contest may not: whatever
 * breaks here becomes a failed candidate. Only a cancelled contest throws.
 */
export async function* code(seat: Seat, setting: Setting, signal: AbortSignal): Stage<Candidate> {
  const { place } = seat
  try {
    const { task, ports, tier, attempt } = setting
    const { prompt, temperature } = seat
    const question = { taskId: task.id, role: 'coder', place, tier, attempt, prompt, temperature } as const
    const reply = yield* ask(question, ports, signal)
    if (reply.finishReason === 'length') {
      return yield* refuse(place, 'truncated', 'the reply was cut off by the output limit')
    }
    return yield* standBehind(reply.text, seat, setting, signal)
  } catch (error) {
    if (signal.aborted) throw error
    const code = error instanceof SwarmError ? error.fault : 'crash'
    return { state: 'failed', place, code, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** From a coder's reply to a candidate: patch, rules, tree, gates. */
async function* standBehind(
  text: string,
  seat: Seat,
  setting: Setting,
  signal: AbortSignal,
): Stage<Candidate> {
  const { project, task, ports, verifier } = setting
  const { place, base, filesOwned } = seat
  const reading = readReply(text)
  if (!reading.ok) return yield* refuse(place, reading.code, reading.reason)

  const existing = new Set(await project.files(base))
  const contents = await readFiles(project, neededPaths(reading.edits, existing), base)
  const applied = applyEdits(reading.edits, { paths: existing, read: (path) => contents.get(path) })
  if (!applied.ok) return yield* refuse(place, applied.code, applied.reason)
  const rules = {
    filesOwned,
    callerOwned: task.filesOwned,
    allowTests: task.allowTests,
    existing,
    judges: project.judges,
  }
  for (const { path } of applied.changes) {
    const allowed = checkPath(path, rules)
    if (!allowed.ok) return yield* refuse(place, allowed.code, allowed.reason)
  }

  const weaker = weakerTest(applied.changes, contents)
  if (weaker !== null) return yield* refuse(place, 'weaker_test', weaker)
  const [mistake] = await project.mistakes(base, applied.changes, signal)
  if (mistake) {
    const reason = `${mistake.path}:${mistake.line} does not parse: ${mistake.message}`
    return yield* refuse(place, 'syntax', reason)
  }

  const tree = await project.write(base, applied.changes, signal)
  if (tree === base) return yield* refuse(place, 'noop', 'the patch changes nothing')
  const patch = await project.diff(base, tree, signal)
  if (patch.lines > ports.limits.patchLines) {
    const reason = `${patch.lines} changed lines, more than ${ports.limits.patchLines}`
    return yield* refuse(place, 'too_big', reason, patch)
  }
  const flag = redFlagOf(patch, { request: task.request, isTest: isExistingTest })
  if (flag) return yield* refuse(place, flag.code, flag.reason, patch)
  yield {
    type: 'patch_applied',
    place,
    format: reading.format,
    files: patch.files,
    diffSize: patch.lines,
    tree,
  }

  const { gates, failed } = yield* verifier.verify(tree, place, signal)
  if (!failed) return { state: 'verified', place, patch, gates: [...gates] }
  return { state: 'rejected', place, code: failed.gate, reason: summarise(failed), patch, gates: [...gates] }
}

async function* refuse(place: Place, code: string, reason: string, patch?: Patch): Stage<Candidate> {
  yield { type: 'patch_rejected', place, code, reason }
  return patch
    ? { state: 'rejected', place, code, reason, patch, gates: [] }
    : { state: 'failed', place, code, reason }
}
