import { z } from 'zod'
import { findJsonValue } from '../json.ts'
import { refusal } from './edits.ts'
import type { FileEdit, Reading, Refusal } from './edits.ts'

/** Spellings of one edit's fields, as the editing tools that models were trained with have them. */
const NAMES = {
  path: [
    'path',
    'file',
    'filePath',
    'file_path',
    'filepath',
    'filename',
    'fileName',
    'target_file',
    'relative_path',
  ],
  search: [
    'search',
    'old',
    'old_string',
    'oldString',
    'old_str',
    'old_text',
    'oldText',
    'find',
    'original',
    'before',
  ],
  replace: [
    'replace',
    'new',
    'new_string',
    'newString',
    'new_str',
    'new_text',
    'newText',
    'replacement',
    'updated',
    'after',
  ],
  content: ['content', 'contents', 'file_text', 'code', 'code_edit', 'text'],
  list: [
    'edits',
    'changes',
    'files',
    'operations',
    'replacements',
    'blocks',
    'arguments',
    'input',
    'parameters',
  ],
  patch: ['patch', 'diff', 'input', 'arguments'],
} as const

const Fields = z.record(z.string(), z.unknown())
type Fields = z.infer<typeof Fields>

/** A patch of another form that JSON only wraps. */
export type Wrapped = { ok: true; patch: string }

/** Reads edits written as JSON; null when the JSON is about something else. */
export function readJsonEdits(text: string): Reading | Wrapped | null {
  const value = findJsonValue(text)
  if (value === undefined)
    return /^\s*[{[]/.test(text) ? refusal('bad_json', 'the JSON is broken or cut off') : null
  const patch = wrappedPatch(value)
  if (patch !== null) return { ok: true, patch }
  const edits: FileEdit[] = []
  const problem = collect(value, null, edits, 0)
  if (problem) return problem
  return edits.length > 0 ? { ok: true, format: 'json edits', edits } : null
}

function wrappedPatch(value: unknown): string | null {
  const fields = Fields.safeParse(value)
  if (!fields.success) return null
  const text = pick(fields.data, NAMES.patch)
  return text !== null && /^(?:diff --git |--- |@@|\*\*\* |<{4,})/m.test(text) ? text : null
}

const DEEPEST = 4

/** Edits in a list, in an object that holds a list, or in an object that is one. */
function collect(value: unknown, path: string | null, edits: FileEdit[], depth: number): Refusal | null {
  if (depth > DEEPEST) return null
  if (Array.isArray(value)) {
    for (const item of value) {
      const problem = collect(item, path, edits, depth + 1)
      if (problem) return problem
    }
    return null
  }
  const read = Fields.safeParse(value)
  if (!read.success) return null
  const own = pick(read.data, NAMES.path) ?? path
  const list = NAMES.list
    .map((name) => read.data[name])
    .find((inner) => typeof inner === 'object' && inner !== null)
  if (list !== undefined) return collect(list, own, edits, depth + 1)
  return editOf(read.data, own, edits)
}

function editOf(fields: Fields, path: string | null, edits: FileEdit[]): Refusal | null {
  const search = pick(fields, NAMES.search)
  const replace = pick(fields, NAMES.replace)
  const content = pick(fields, NAMES.content)
  const deletes = /^(?:delete|remove)(?:_file)?$/i.test(
    pick(fields, ['action', 'type', 'operation', 'op']) ?? '',
  )
  if (search === null && replace === null && content === null && !deletes) return null
  if (path === null) return refusal('no_path', 'a JSON edit does not say which file it is for')
  if (search !== null && replace !== null) edits.push({ kind: 'text', path, search, replace })
  else if (content !== null && search === null) {
    edits.push({ kind: 'whole', path, content, label: null, besidePatch: false })
  } else if (deletes) edits.push({ kind: 'delete', path, lines: null })
  else return refusal('bad_json', `a JSON edit of ${path} must have both the old and the new text`)
  return null
}

const pick = (fields: Fields, names: readonly string[]): string | null =>
  names.map((name) => fields[name]).find((value) => typeof value === 'string') ?? null
