import { summarise } from '../../core/gates.ts'
import { applyEdits, neededPaths } from '../../core/patch/apply.ts'
import { readReply } from '../../core/reply.ts'
import type { Clock, Project } from '../ports.ts'
import { readFiles } from '../read-files.ts'
import { createVerifier } from './verify.ts'

/** The unified diff in, `{ success, errors?, logs? }` out: the contract of a tool runner. */
export async function verifyDiff(
  project: Project,
  diff: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ success: boolean; errors?: string[]; logs?: string }> {
  const applied = await applyDiff(project, diff, signal)
  if (!applied.ok) return { success: false, errors: [applied.why] }
  const { tree } = applied
  await using verifier = createVerifier(project, '', clock, signal)
  const stage = verifier.verify(tree, { subtask: 'check', seat: 1 }, signal)
  for (;;) {
    const next = await stage.next()
    if (!next.done) continue
    const { gates, failed } = next.value
    const logs = gates.map(({ gate, log }) => `== ${gate}\n${log}`).join('\n')
    return failed ? { success: false, errors: [summarise(failed)], logs } : { success: true, logs }
  }
}

/** The tree that a diff makes of a project's base. */
export async function applyDiff(
  project: Project,
  diff: string,
  signal: AbortSignal,
): Promise<{ ok: true; tree: string } | { ok: false; why: string }> {
  const reading = readReply(diff)
  if (!reading.ok) return { ok: false, why: `${reading.code}: ${reading.reason}` }
  const paths = new Set(await project.files(project.base))
  const contents = await readFiles(project, neededPaths(reading.edits, paths))
  const applied = applyEdits(reading.edits, { paths, read: (path) => contents.get(path) })
  if (!applied.ok) return { ok: false, why: `${applied.code}: ${applied.reason}` }
  return { ok: true, tree: await project.write(project.base, applied.changes, signal) }
}
