import { diffStat } from '../diff.ts'
import type { ChangedFile } from '../task.ts'

/** How a form writes files down. */
export type FileWriter = {
  /** The file's change, or null where this form cannot carry it to the letter. `before` is null for a new file. */
  readonly write: (path: string, before: string | null, after: string) => string | null
  /** A diff that the client does not apply, for the reader's own hands. */
  readonly show: (diff: string) => string
}

/** A change told file by file. What the form has no words for is said in a sentence, never left out. */
export function tellFiles(
  diff: string,
  files: readonly ChangedFile[],
  { write, show }: FileWriter,
): string[] {
  if (files.length === 0) return ['Apply this diff by hand:', show(diff)]
  const sections = sectionsOf(diff)
  return files.flatMap(({ path, before, after }) => {
    const section = sections.get(path) ?? null
    if (section !== null && /^deleted file mode /m.test(headOf(section))) return [`Delete \`${path}\`.`]
    const written = after === null ? null : write(path, before, after)
    if (written !== null) return [written]
    if (section === null) return [`Take the change of \`${path}\` from the task's diff.`]
    return [`Change \`${path}\` by hand; it cannot be told in a form that applies by itself:`, show(section)]
  })
}

/** git's diff of several files, taken apart. Inside a file every line bears a mark, so the heading cannot be mistaken. */
function sectionsOf(diff: string): Map<string, string> {
  const sections = diff.split(/^(?=diff --git )/m).filter((section) => section.startsWith('diff --git '))
  return new Map(sections.map((section) => [diffStat(section).files[0] ?? '', section]))
}

const headOf = (section: string): string => {
  const body = section.indexOf('\n@@ ')
  return body < 0 ? section : section.slice(0, body)
}
