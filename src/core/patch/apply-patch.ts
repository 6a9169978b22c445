import { refusal } from './edits.ts'
import type { FileEdit, Hunk, Refusal } from './edits.ts'
import { closesFence } from './fences.ts'
import type { Fence } from './fences.ts'
import { makeHunk, readHeader } from './hunk-lines.ts'
import type { HunkHeader } from './hunk-lines.ts'
import { indexFrom } from './line-search.ts'
import { asContent } from './text-file.ts'

const DIRECTIVE = /^\*\*\* (Add|Update|Delete) File: *(.+?) *$/
const END = /^\*\*\* End Patch\b/

/** Does a patch in the form of the apply_patch tool begin here? */
export const opensApplyPatch = (line: string): boolean =>
  /^\*\*\* Begin Patch\b/.test(line) || DIRECTIVE.test(line)

/** Reads it up to its end: sections for files, each with lines or hunks. */
export function readApplyPatch(
  lines: readonly string[],
  start: number,
  fence: Fence | null,
): { ok: true; edits: FileEdit[]; next: number } | Refusal {
  const edits: FileEdit[] = []
  let at = start
  while (at < lines.length) {
    const line = lines[at]!
    if (END.test(line)) return { ok: true, edits, next: at + 1 }
    // a closed fence shows that the model meant to end, even where it forgot to say so
    if (fence && closesFence(line, fence)) return { ok: true, edits, next: at }
    const [, verb, path] = DIRECTIVE.exec(line) ?? []
    if (verb === undefined || path === undefined) {
      if (line.trim() !== '' && !line.startsWith('*** ')) {
        return refusal(
          'bad_block',
          `*** Update File or *** Add File must stand above ${JSON.stringify(line.slice(0, 80))}`,
        )
      }
      at += 1
      continue
    }
    const end = endOfSection(lines, at + 1, fence)
    const edit = readSection(verb, path, lines.slice(at + 1, end))
    if (!edit.ok) return edit
    edits.push(edit.edit)
    at = end
  }
  return refusal('truncated', '*** End Patch is missing')
}

function endOfSection(lines: readonly string[], from: number, fence: Fence | null): number {
  const end = indexFrom(
    lines,
    from,
    (line) => DIRECTIVE.test(line) || END.test(line) || (fence !== null && closesFence(line, fence)),
  )
  return end < 0 ? lines.length : end
}

function readSection(
  verb: string,
  path: string,
  body: readonly string[],
): { ok: true; edit: FileEdit } | Refusal {
  if (verb === 'Delete') return { ok: true, edit: { kind: 'delete', path, lines: null } }
  if (verb === 'Add') return addedFile(path, body)
  const [first = ''] = body
  const to = /^\*\*\* Move to: *(.+?) *$/.exec(first)?.[1]
  const hunks = readHunks(to === undefined ? body : body.slice(1))
  if (to !== undefined) return { ok: true, edit: { kind: 'move', path, to, hunks } }
  if (hunks.length === 0) return refusal('bad_block', `*** Update File: ${path} holds no change`)
  return { ok: true, edit: { kind: 'hunks', path, hunks, order: 'forward', escaped: false } }
}

/** A new file's lines, each with a plus in front, or none of them. */
function addedFile(path: string, body: readonly string[]): { ok: true; edit: FileEdit } | Refusal {
  const lines = body.slice(0, body.findLastIndex((line) => line.trim() !== '') + 1)
  const marked = lines.filter((line) => line.startsWith('+')).length
  const filled = lines.filter((line) => line.trim() !== '').length
  if (marked > 0 && marked < filled) {
    return refusal('bad_block', `*** Add File: ${path}: every line must begin with +`)
  }
  const content = asContent(marked > 0 ? lines.map((line) => line.replace(/^\+/, '')) : lines)
  return { ok: true, edit: { kind: 'create', path, content } }
}

function readHunks(body: readonly string[]): Hunk[] {
  const hunks: Hunk[] = []
  let headers: HunkHeader[] = []
  let lines: string[] = []
  const close = (atEnd: boolean): void => {
    const hunk = makeHunk(headers, lines)
    if (hunk.lines.length > 0) hunks.push({ ...hunk, atEnd })
    if (lines.length > 0) headers = []
    lines = []
  }
  for (const line of body) {
    const header = readHeader(line)
    if (header) {
      if (lines.some((other) => other.trim() !== '')) close(false)
      // several headings in a row lead from the outer block to the inner one
      headers.push(header)
    } else if (line.startsWith('*** End of File')) close(true)
    else lines.push(line)
  }
  close(false)
  return hunks
}
