import { cleanPath, refuse, type FileEdit, type Hunk, type HunkLine, type Reading } from './edit.ts'

/** Does a line begin a unified diff? */
export const beginsDiff = (line: string): boolean => /^(?:diff --git |--- \S|@@ )/.test(line)

/**
 * Reads a unified diff. Line numbers and counts are not believed; a line inside a fence that lost its prefix counts as
 * context. Without a fence the first line that is no diff line ends it: it is prose.
 */
export function readUnified(
  lines: readonly string[],
  options: { fenced: boolean; path: string | null },
): Reading {
  const files = new Map<string, { hunks: Hunk[]; kind: 'hunks' | 'delete'; isNew: boolean }>()
  let from: string | null = null
  let path = options.path
  let hunk: { lines: HunkLine[]; line: number | null } | null = null
  let isNew = false

  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at]!
    const special = refusalIn(line)
    if (special) return special
    if (line.startsWith('diff --git ')) {
      hunk = null
      isNew = false
      path = pathOf(/ b\/(.+)$/.exec(line)?.[1] ?? line.split(' ').at(-1) ?? '')
    } else if (line.startsWith('--- ') && (lines[at + 1]?.startsWith('+++ ') ?? false)) {
      hunk = null
      from = pathOf(line.slice(4))
    } else if (line.startsWith('+++ ') && from !== null && hunk === null) {
      const to = pathOf(line.slice(4))
      if (to === null && from === null) return refuse('no_path', 'a diff names /dev/null on both sides')
      isNew = isNew || isNull(lines[at - 1]!.slice(4))
      path = to ?? from
      if (isNull(line.slice(4)) && path !== null) files.set(path, { hunks: [], kind: 'delete', isNew: false })
    } else if (line.startsWith('+++ ') && hunk === null) path = pathOf(line.slice(4))
    else if (line.startsWith('--- ') && hunk === null) from = pathOf(line.slice(4))
    else if (line.startsWith('new file mode')) isNew = true
    else if (line.startsWith('deleted file mode') && path !== null)
      files.set(path, { hunks: [], kind: 'delete', isNew: false })
    else if (line.startsWith('@@')) {
      if (path === null) return refuse('no_path', 'a hunk does not say which file it is for')
      const number = /^@@ -(\d+)/.exec(line)?.[1]
      hunk = { lines: [], line: number === undefined ? null : Number(number) }
      const file = files.get(path) ?? { hunks: [], kind: 'hunks' as const, isNew }
      files.set(path, file)
      file.hunks.push(hunk)
    } else if (hunk) {
      const read = hunkLine(line, options.fenced)
      if (read === 'end') hunk = null
      else if (read) hunk.lines.push(read)
    }
  }
  const edits = [...files].map(([path, file]): FileEdit => {
    if (file.kind === 'delete') return { kind: 'delete', path }
    return { kind: 'hunks', path, hunks: file.hunks.map(trimmed).filter(({ lines }) => lines.length > 0) }
  })
  if (edits.length === 0) return refuse('no_patch', 'the diff holds no hunk')
  return { ok: true, format: 'unified diff', edits }
}

function hunkLine(line: string, fenced: boolean): HunkLine | 'end' | null {
  if (line.startsWith('\\')) return null
  if (line.startsWith('+')) return { kind: 'add', text: line.slice(1) }
  if (line.startsWith('-')) return { kind: 'remove', text: line.slice(1) }
  if (line.startsWith(' ')) return { kind: 'keep', text: line.slice(1) }
  if (line === '') return { kind: 'keep', text: '' }
  return fenced ? { kind: 'keep', text: line } : 'end'
}

/** Blank context at the ends is as likely the model's layout as the file's. */
function trimmed(hunk: Hunk): Hunk {
  const isBlank = (line: HunkLine | undefined): boolean => line?.kind === 'keep' && line.text.trim() === ''
  let end = hunk.lines.length
  while (end > 0 && isBlank(hunk.lines[end - 1])) end -= 1
  return { ...hunk, lines: hunk.lines.slice(0, end) }
}

function refusalIn(line: string): Reading | null {
  if (/^(?:GIT binary patch|Binary files .* differ)/.test(line))
    return refuse('binary', 'binary changes are not accepted')
  if (/^(?:old mode|new mode)\b/.test(line) || /^new file mode (?!100644)/.test(line)) {
    return refuse('mode', 'file modes, symbolic links and submodules are not changed by a patch')
  }
  if (/^rename (?:from|to) /.test(line))
    return refuse('rename', 'renames are not accepted: delete the file and write the new one')
  return null
}

const isNull = (name: string): boolean => name.trim().startsWith('/dev/null')

function pathOf(name: string): string | null {
  if (isNull(name)) return null
  return cleanPath(name.replace(/\t.*$/, '').replace(/\s+\d{4}-\d\d-\d\d.*$/, '')).replace(/^[abiw]\//, '')
}
