import { holdsApplyPatch, readApplyPatch } from './patch/apply-patch.ts'
import { refuse, type FileEdit, type Reading } from './patch/edit.ts'
import { fencesIn, type Fence } from './patch/fences.ts'
import { readJsonEdits, unwrapPatch } from './patch/json-edits.ts'
import { holdsBlocks, readSearchReplace } from './patch/search-replace.ts'
import { beginsDiff, readUnified } from './patch/unified.ts'
import { readWholeFiles } from './patch/whole-file.ts'

const MOST_CHARACTERS = 1_000_000
const MOST_FILES = 20
const MOST_LINES = 20_000

/**
 * Finds the patch in a model's prose, whichever form it has. The form is told by its markers, not by the fence around
 * it. Nothing is applied here and no path is believed.
 */
export function readReply(reply: string): Reading {
  if (reply.length > MOST_CHARACTERS) return refuse('too_big', `the reply has ${reply.length} characters`)
  const text = reply
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replace(/^\s*<think>[\s\S]*?<\/think>/, '')
  const reading = readText(text)
  if (reading.ok || !/&lt;|&gt;|&quot;/.test(text)) return bounded(reading)
  const unescaped = readText(unescapeHtml(text))
  return bounded(unescaped.ok ? unescaped : reading)
}

/** Files a reading would touch, as the model named them. */
export const pathsOf = (edits: readonly FileEdit[]): string[] => [...new Set(edits.map(({ path }) => path))]

/** Text as it was before somebody escaped it for a web page. */
export const unescapeHtml = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

function readText(text: string): Reading {
  const lines = text.split('\n')
  if (lines.length > MOST_LINES) return refuse('too_big', `the reply has ${lines.length} lines`)
  if (holdsApplyPatch(lines)) return readApplyPatch(lines)
  if (holdsBlocks(lines)) return readSearchReplace(lines)
  const fences = fencesIn(lines)
  if (lines.some(beginsDiff)) return readDiffs(lines, fences)
  if (/^\s*(?:```\w*\s*)?[{]/.test(text)) {
    const wrapped = unwrapPatch(text)
    return wrapped === null ? readJsonEdits(text) : readText(wrapped)
  }
  if (fences.length > 0) return readWholeFiles(fences)
  return refuse('no_patch', 'the reply is prose; it holds no patch')
}

/** Diffs in fences, each on its own; a whole new file may accompany them. Without fences the text itself is the diff. */
function readDiffs(lines: readonly string[], fences: readonly Fence[]): Reading {
  const diffs = fences.filter((fence) => fence.lines.some(beginsDiff))
  if (diffs.length === 0) return readUnified(lines, { fenced: false, path: null })
  const open = diffs.find(({ closed }) => !closed)
  if (open) return refuse('truncated', 'the fence around the diff is not closed')
  const edits: FileEdit[] = []
  for (const diff of diffs) {
    const read = readUnified(diff.lines, { fenced: true, path: null })
    if (!read.ok) return read
    edits.push(...read.edits)
  }
  const others = fences.filter((fence) => !diffs.includes(fence) && /[./]/.test(fence.info))
  const whole = others.length === 0 ? null : readWholeFiles(others)
  if (whole && !whole.ok) return whole
  return { ok: true, format: 'unified diff', edits: [...merged(edits), ...(whole?.edits ?? [])] }
}

/** Hunks of one file that stood in several fences. */
function merged(edits: readonly FileEdit[]): FileEdit[] {
  const files = new Map<string, FileEdit>()
  for (const edit of edits) {
    const before = files.get(edit.path)
    const both = before?.kind === 'hunks' && edit.kind === 'hunks'
    files.set(edit.path, both ? { ...edit, hunks: [...before.hunks, ...edit.hunks] } : edit)
  }
  return [...files.values()]
}

function bounded(reading: Reading): Reading {
  if (!reading.ok || reading.edits.length <= MOST_FILES) return reading
  return refuse('too_big', `the patch touches ${reading.edits.length} files, more than ${MOST_FILES}`)
}
