import { z } from 'zod'
import { findJson } from '../json.ts'
import { cleanPath, refuse, type FileEdit, type Hunk, type Reading } from './edit.ts'
import { newContent, splitAtEllipses } from './search-replace.ts'

const text = z.string().optional()
/** The spellings tools have taught models for one edit. */
const Edit = z
  .object({
    path: text,
    file: text,
    filePath: text,
    file_path: text,
    filename: text,
    search: text,
    old: text,
    old_string: text,
    oldString: text,
    old_text: text,
    oldText: text,
    before: text,
    replace: text,
    new: text,
    new_string: text,
    newString: text,
    new_text: text,
    newText: text,
    after: text,
    content: text,
    code: text,
    contents: text,
  })
  .transform((edit) => ({
    path: edit.path ?? edit.file ?? edit.filePath ?? edit.file_path ?? edit.filename,
    before:
      edit.search ??
      edit.old ??
      edit.old_string ??
      edit.oldString ??
      edit.old_text ??
      edit.oldText ??
      edit.before,
    after:
      edit.replace ??
      edit.new ??
      edit.new_string ??
      edit.newString ??
      edit.new_text ??
      edit.newText ??
      edit.after,
    content: edit.content ?? edit.contents ?? edit.code,
  }))
const Reply = z.union([
  z.object({ edits: z.array(Edit).min(1), path: text, file: text, filePath: text }),
  z.object({ files: z.array(Edit).min(1) }),
  z.object({ changes: z.array(Edit).min(1) }),
  Edit,
])
const Wrapped = z.union([
  z.object({ patch: z.string() }),
  z.object({ diff: z.string() }),
  z.object({ input: z.string() }),
])

/** The patch inside a JSON object that only wraps one; null when there is none. */
export function unwrapPatch(reply: string): string | null {
  const wrapped = Wrapped.safeParse(findJson(reply))
  if (!wrapped.success) return null
  return Object.values(wrapped.data)[0] ?? null
}

/** Reads edits written as JSON, as editing tools want them. */
export function readJsonEdits(reply: string): Reading {
  const read = Reply.safeParse(findJson(reply))
  if (!read.success) return refuse('bad_json', 'the JSON holds no edit')
  const { data } = read
  const list =
    'edits' in data ? data.edits : 'files' in data ? data.files : 'changes' in data ? data.changes : [data]
  const common = 'edits' in data ? (data.path ?? data.file ?? data.filePath) : undefined
  const hunks = new Map<string, Hunk[]>()
  const edits: FileEdit[] = []
  for (const edit of list) {
    const path = cleanPath(edit.path ?? common ?? '')
    if (path === '') return refuse('no_path', 'an edit does not say which file it is for')
    if (edit.before !== undefined && edit.after !== undefined) {
      const made = edit.before === '' ? [newContent(edit.after)] : hunksOf(edit.before, edit.after)
      hunks.set(path, [...(hunks.get(path) ?? []), ...made])
    } else if (edit.content !== undefined) edits.push({ kind: 'whole', path, content: edit.content })
    else return refuse('bad_json', `the edit of ${path} holds neither old and new text nor content`)
  }
  edits.push(...[...hunks].map(([path, made]): FileEdit => ({ kind: 'hunks', path, hunks: made })))
  return { ok: true, format: 'json edits', edits }
}

/** Editing tools replace running text; only a whole edit can be looked for that way, not one with parts left out. */
function hunksOf(before: string, after: string): Hunk[] {
  const hunks = splitAtEllipses(before.split('\n'), after.split('\n'))
  return hunks.length === 1 ? [{ ...hunks[0]!, text: { before, after } }] : hunks
}
