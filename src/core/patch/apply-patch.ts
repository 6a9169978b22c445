import { cleanPath, refuse, type FileEdit, type Hunk, type HunkLine, type Reading } from './edit.ts'

export const holdsApplyPatch = (lines: readonly string[]): boolean =>
  lines.some((line) => /^\*\*\* Begin Patch\s*$/.test(line))

/** Reads the apply_patch form: `*** Begin Patch`, one section a file, `@@` lines that only say where to look. */
export function readApplyPatch(lines: readonly string[]): Reading {
  const start = lines.findIndex((line) => /^\*\*\* Begin Patch\s*$/.test(line))
  const end = lines.findIndex((line) => /^\*\*\* End Patch\s*$/.test(line))
  if (end === -1) return refuse('truncated', '*** End Patch is missing')
  const edits: FileEdit[] = []
  let section: { path: string; kind: 'add' | 'update'; hunks: { lines: HunkLine[]; line: null }[] } | null =
    null

  const close = (): void => {
    if (!section) return
    const { path, hunks } = section
    const filled: Hunk[] = hunks.filter(({ lines }) => lines.length > 0)
    edits.push({ kind: 'hunks', path, hunks: filled })
    section = null
  }
  for (const line of lines.slice(start + 1, end)) {
    const [, verb, name] = /^\*\*\* (Add File|Update File|Delete File|Move to): (.+)$/.exec(line) ?? []
    if (verb === 'Move to')
      return refuse('rename', 'renames are not accepted: delete the file and write the new one')
    if (verb !== undefined) {
      close()
      const path = cleanPath(name ?? '')
      if (verb === 'Delete File') edits.push({ kind: 'delete', path })
      else
        section = { path, kind: verb === 'Add File' ? 'add' : 'update', hunks: [{ lines: [], line: null }] }
    } else if (section && !line.startsWith('*** ')) {
      if (line.startsWith('@@')) section.hunks.push({ lines: [], line: null })
      else section.hunks.at(-1)!.lines.push(lineOf(line, section.kind))
    }
  }
  close()
  if (edits.length === 0) return refuse('no_patch', 'the patch names no file')
  return { ok: true, format: 'apply_patch', edits }
}

function lineOf(line: string, kind: 'add' | 'update'): HunkLine {
  if (line.startsWith('+')) return { kind: 'add', text: line.slice(1) }
  if (kind === 'add') return { kind: 'add', text: line }
  if (line.startsWith('-')) return { kind: 'remove', text: line.slice(1) }
  return { kind: 'keep', text: line.startsWith(' ') ? line.slice(1) : line }
}
