import { cleanPath, looksLikePath, refuse, type FileEdit, type Reading } from './edit.ts'
import type { Fence } from './fences.ts'

/** Blocks in these are commands and output, not files. */
const NOT_A_FILE = /^(?:bash|sh|shell|zsh|console|terminal|text|txt|plaintext|log|output)$/i

/** Reads whole files from fenced blocks. The path stands in the info string, on the line before, or in a first comment. */
export function readWholeFiles(fences: readonly Fence[]): Reading {
  const edits: FileEdit[] = []
  for (const fence of fences) {
    const found = pathOf(fence)
    if (found === null) {
      if (NOT_A_FILE.test(fence.info) || fence.lines.length < 2) continue
      return refuse(
        'no_path',
        'a code block does not say which file it is: put the path behind the opening fence',
      )
    }
    if (!fence.closed) return refuse('truncated', `the block for ${found.path} is not closed`)
    if (edits.some(({ path }) => path === found.path))
      return refuse('bad_block', `two blocks hold ${found.path}`)
    edits.push({ kind: 'whole', path: found.path, content: `${found.lines.join('\n')}\n` })
  }
  if (edits.length === 0) return refuse('no_patch', 'the reply holds no patch and no file')
  return { ok: true, format: 'whole file', edits }
}

function pathOf({ info, lines, before }: Fence): { path: string; lines: readonly string[] } | null {
  const titled = /(?:title|file(?:name)?|path)\s*=\s*["']?([^"']+)["']?/i.exec(info)?.[1]
  const words = info.split(/[\s:]+/)
  for (const candidate of [titled, words.at(-1), words[0]]) {
    const path = cleanPath(candidate ?? '')
    if (path !== '' && looksLikePath(path)) return { path, lines }
  }
  const comment = cleanPath(
    /^\s*(?:\/\/|#|--|\/\*|<!--)\s*(\S+)\s*(?:\*\/|-->)?\s*$/.exec(lines[0] ?? '')?.[1] ?? '',
  )
  // the comment is the model's label; in the file itself it would be a change nobody asked for
  if (comment.includes('.') && looksLikePath(comment)) return { path: comment, lines: lines.slice(1) }
  const heading = cleanPath(/([\w@./+-]+\.\w+|[\w@.+-]+\/[\w@./+-]+)[`*"':)\s]*$/.exec(before)?.[1] ?? '')
  return heading !== '' && looksLikePath(heading) ? { path: heading, lines } : null
}
