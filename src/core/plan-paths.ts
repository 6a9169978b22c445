import type { MeantPath } from './meant-path.ts'
import { onOneLine } from './one-line.ts'
import type { PlanRules } from './plan.ts'

/** `paths` null: none was named, so it owns what the caller allows. */
export type NamedPaths = { readonly paths: readonly string[] | null; readonly remarks: readonly string[] }

/** Files that a sub-task may own of those that the planner named; what was made of the others is said. */
export function readPaths(written: readonly string[], meant: MeantPath, rules: PlanRules): NamedPaths {
  if (written.length === 0) return { paths: null, remarks: [] }
  const read = [...new Set(written.map(clean))].map((path) => readPath(path, meant, rules))
  return {
    paths: [...new Set(read.flatMap(({ path }) => path ?? []))],
    remarks: read.flatMap(({ remark }) => remark ?? []),
  }
}

const clean = (path: string): string => path.trim().replace(/^\.\//, '')

/** A file that the user himself wants there is not taken for another. */
const CREATES = /\b(?:creat(?:e|es|ing)|new files?)\b/i

/** The path as it is meant, where it may be written; null with the reason where it is left out. */
function readPath(
  written: string,
  meant: MeantPath,
  { request, callerOwned, mayWrite }: PlanRules,
): { path: string | null; remark: string | null } {
  const isOrdered = CREATES.test(request) && request.includes(written)
  const other = isOrdered && mayWrite(written) ? null : meant(written)
  const path = other ?? written
  const name = onOneLine(written, 120)
  if (!mayWrite(path)) return { path: null, remark: `${name} is left out: it may not be written` }
  if (callerOwned.length > 0 && !callerOwned.includes(path))
    return { path: null, remark: `${name} is left out: the caller allows other files only` }
  return { path, remark: other === null ? null : `${name} is taken for ${path}` }
}
