import { applyEdits, neededPaths } from '../../core/patch/apply.ts'
import { checkPath } from '../../core/paths.ts'
import { isExistingTest } from '../../core/protected.ts'
import { redFlagOf, type RedFlag } from '../../core/red-flags.ts'
import { replyFlagOf } from '../../core/reply-flags.ts'
import { readReply } from '../../core/reply.ts'
import type { Patch } from '../../core/task.ts'
import { weakerTest } from '../../core/weaker-tests.ts'
import type { ModelReply } from '../ports.ts'
import { readFiles } from '../read-files.ts'
import type { Setting } from '../setting.ts'
import { specialCasing } from './special-casing.ts'

/** What a reply came to before any gate ran. */
export type Change =
  | { readonly kind: 'made'; readonly patch: Patch; readonly format: string }
  /** A rule said no; the patch is there where it got that far. */
  | ({ readonly kind: 'refused'; readonly patch: Patch | null } & RedFlag)

export type Ground = {
  /** Files that may be changed; empty means any that is not protected. */
  readonly filesOwned: readonly string[]
  /** Files of which the coder has seen some lines only. */
  readonly seenInPart: ReadonlySet<string>
  /** The tree the patch is written against. */
  readonly base: string
}

/** From a coder's reply to a new tree, past every rule that costs no gate run. */
export async function changeFrom(
  reply: ModelReply,
  { base, filesOwned, seenInPart }: Ground,
  setting: Setting,
  signal: AbortSignal,
): Promise<Change> {
  const { project, task, ports } = setting
  const reading = readReply(reply.text)
  const existing = new Set(await project.files(base))
  const needed = reading.ok ? neededPaths(reading.edits, existing) : []
  const contents = await readFiles(project, needed, base)
  const { replyTokens: accepted } = setting
  const replyFlag = replyFlagOf({ ...reply, reading, sources: [...contents.values()], accepted })
  if (replyFlag) return refused(replyFlag)
  if (!reading.ok) return refused(reading)
  const applied = applyEdits(reading.edits, { paths: existing, read: (path) => contents.get(path) })
  if (!applied.ok) return refused(applied)
  const blind = applied.changes.find(({ path, content }) => content !== null && seenInPart.has(path))
  if (blind && reading.edits.some(({ kind }) => kind === 'whole')) {
    const reason = `it writes ${blind.path} anew, of which it was shown some lines only`
    return refused({ code: 'blind_rewrite', reason })
  }
  const { judges } = project
  const rules = { filesOwned, callerOwned: task.filesOwned, allowTests: task.allowTests, existing, judges }
  for (const { path } of applied.changes) {
    const allowed = checkPath(path, rules)
    if (!allowed.ok) return refused(allowed)
  }
  const fault = await setting.specKit?.faultIn(applied.changes, base)
  if (fault) return refused(fault)
  const changed = applied.changes.map(({ path }) => path)
  if (!touchesItsPart(changed, filesOwned, existing)) {
    return refused({ code: 'untouched', reason: `it leaves its own part as it is: ${filesOwned.join(', ')}` })
  }
  const weaker = weakerTest(applied.changes, contents)
  if (weaker !== null) return refused({ code: 'weaker_test', reason: weaker })
  const [mistake] = await project.mistakes(base, applied.changes, signal)
  if (mistake) {
    const reason = `${mistake.path}:${mistake.line} does not parse: ${mistake.message}`
    return refused({ code: 'syntax', reason })
  }

  const tree = await project.write(base, applied.changes, signal)
  if (tree === base) return refused({ code: 'noop', reason: 'the patch changes nothing' })
  const patch = await project.diff(base, tree, signal)
  if (patch.lines > ports.limits.patchLines) {
    const reason = `${patch.lines} changed lines, more than ${ports.limits.patchLines}`
    return refused({ code: 'too_big', reason }, patch)
  }
  const flag =
    redFlagOf(patch, { request: task.request, isTest: isExistingTest }) ??
    (await specialCasing(patch, base, existing, setting))
  return flag ? refused(flag, patch) : { kind: 'made', patch, format: reading.format }
}

/** New files beside an owned one are fine, but not instead of it: nothing would use them, and no gate would notice. */
const touchesItsPart = (
  changed: readonly string[],
  filesOwned: readonly string[],
  existing: ReadonlySet<string>,
): boolean => {
  const owned = filesOwned.filter((path) => existing.has(path))
  // what is to be made new may get another name
  if (owned.length < filesOwned.length || owned.length === 0) return true
  return changed.some((path) => owned.includes(path))
}

const refused = ({ code, reason }: RedFlag, patch: Patch | null = null): Change => ({
  kind: 'refused',
  code,
  reason,
  patch,
})
