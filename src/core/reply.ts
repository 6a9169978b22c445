import { refusal } from './patch/edits.ts'
import type { FileEdit, Reading, Refusal } from './patch/edits.ts'
import { readJsonEdits } from './patch/json-edits.ts'
import { hasEntity } from './patch/likeness.ts'
import { isOutput, scan } from './patch/scan.ts'
import type { Scanned, Unnamed } from './patch/scan.ts'
import { isBlockMark } from './patch/search-replace.ts'
import { otherViews, plainReply } from './patch/unwrap.ts'

/** Finds the patch in a model's prose, in whatever form it is written. Nothing is applied, and no path is believed. */
export function readReply(text: string): Reading {
  if (text.length > MOST_CHARACTERS) return refusal('too_big', `the reply has ${text.length} characters`)
  if (text.includes('\0')) return refusal('binary', 'the reply holds NUL characters')
  const plain = plainReply(text)
  const reading = read(plain)
  if (reading.ok || !NOTHING_FOUND.has(reading.code)) return bounded(reading)
  const other = otherViews(plain).map((view) => read(view))
  return bounded(other.find(({ ok }) => ok) ?? reading)
}

/** The files a reading is about, as the model named them. */
export const pathsOf = (edits: readonly FileEdit[]): string[] => [
  ...new Set(edits.flatMap((edit) => (edit.kind === 'move' ? [edit.path, edit.to] : [edit.path]))),
]

const MOST_CHARACTERS = 1_000_000
const MOST_FILES = 20
const MOST_LINES = 4_000
const NOTHING_FOUND = new Set(['no_patch', 'no_path'])

function read(text: string): Reading {
  const scanned = scan(text)
  if (!scanned.ok) return scanned
  if (scanned.edits.length === 0) return readJson(text, scanned)
  const patches = scanned.formats.filter((format) => format !== 'whole file')
  if (patches.length > 0) {
    return { ok: true, format: patches[0]!, edits: scanned.edits.map((edit) => beside(edit, text)) }
  }
  const nameless = scanned.unnamed.find(isFileWithoutName)
  if (nameless) return noPath(nameless)
  return { ok: true, format: 'whole file', edits: scanned.edits }
}

/** An edit that stands in a patch, told what only the whole reply shows. */
function beside(edit: FileEdit, text: string): FileEdit {
  if (edit.kind === 'whole') return { ...edit, besidePatch: true }
  return edit.kind === 'hunks' ? { ...edit, escaped: mayBeEscaped(text) } : edit
}

/** Entities, and not one bare bracket that an escaped text could not have. */
const mayBeEscaped = (text: string): boolean =>
  hasEntity(text) && !text.split('\n').some((line) => /[<>]/.test(line) && !isBlockMark(line))

function readJson(text: string, { unnamed }: Scanned): Reading {
  const blocks = unnamed
    .filter(({ language }) => /^(?:jsonc?5?|)$/i.test(language))
    .map(({ content }) => content)
  const sources = unnamed.length === 0 || /^\s*[{[]/.test(text) ? [text] : blocks
  for (const source of sources) {
    const found = readJsonEdits(source)
    if (found === null) continue
    if ('patch' in found) return readWrapped(found.patch)
    return found
  }
  const nameless = unnamed.find(isFileWithoutName)
  return nameless ? noPath(nameless) : refusal('no_patch', 'the reply holds no patch and no file')
}

function readWrapped(patch: string): Reading {
  const scanned = scan(patch.replaceAll('\r\n', '\n'))
  if (!scanned.ok) return scanned
  if (scanned.edits.length === 0) return refusal('no_patch', 'the JSON holds no patch')
  return { ok: true, format: scanned.formats[0]!, edits: scanned.edits }
}

/** Code that is neither a command nor an example of use: a file that lost its name. */
const isFileWithoutName = ({ language, content, above }: Unnamed): boolean =>
  !isOutput(language, null) &&
  content.split('\n').filter((line) => line.trim() !== '').length > 1 &&
  !/\b(?:usage|example|e\.g\.|run|before|previously|output|result|try it|test it|call(?:ed|ing)?|use it)\b/i.test(
    above,
  )

const noPath = ({ content }: Unnamed): Refusal =>
  refusal(
    'no_path',
    `a code block does not say which file it is; it begins with ${JSON.stringify(content.trim().slice(0, 60))}`,
  )

function bounded(reading: Reading): Reading {
  if (!reading.ok) return reading
  const files = pathsOf(reading.edits).length
  if (files > MOST_FILES)
    return refusal('too_big', `the patch touches ${files} files, more than ${MOST_FILES}`)
  const lines = reading.edits.reduce((sum, edit) => sum + sizeOf(edit), 0)
  if (lines > MOST_LINES) return refusal('too_big', `the patch has ${lines} lines, more than ${MOST_LINES}`)
  return reading
}

function sizeOf(edit: FileEdit): number {
  switch (edit.kind) {
    case 'hunks':
    case 'move':
      return edit.hunks.reduce((sum, { lines }) => sum + lines.length, 0)
    case 'create':
    case 'whole':
      return countLines(edit.content)
    case 'text':
      return countLines(edit.search) + countLines(edit.replace)
    case 'delete':
      return edit.lines?.length ?? 0
    default:
      return edit satisfies never
  }
}

const countLines = (text: string): number => text.split('\n').length
