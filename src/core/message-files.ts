import type { SourceFile } from './task.ts'

/** Files a message carries, and what it asks beside them. */
export type MessageFiles = { files: SourceFile[]; request: string }

/**
 * Finds whole files in a message: fenced blocks that name a path, and the sources a chat page puts into a `<context>`.
 * A highlighted range is not a whole file: it stays in the request.
 */
export function readMessageFiles(text: string): MessageFiles {
  const fromSources = readSources(text)
  const fromFences = readFences(fromSources.request)
  const files = new Map([...fromSources.files, ...fromFences.files].map((file) => [file.path, file]))
  return { files: [...files.values()], request: tidy(fromFences.request) }
}

const SOURCE = /<source\b([^>]*)>\n?([\s\S]*?)\n?<\/source>/g
const RAG_OPENING = '### Task:\nRespond to the user query using the provided context'

/** Open WebUI's form: the page's own instructions, then the context, then the question. */
function readSources(text: string): MessageFiles {
  const files: SourceFile[] = []
  const kept: string[] = []
  const rest = text.replaceAll(SOURCE, (whole, attributes: string, content: string) => {
    const name = /\bname="([^"]*)"/.exec(attributes)?.[1] ?? ''
    const path = looksLikePath(name) ? safePath(name) : null
    if (path === null) kept.push(whole)
    else files.push({ path, content: endLine(content) })
    return path === null ? whole : ''
  })
  if (!text.trimStart().startsWith(RAG_OPENING)) return { files, request: rest }
  return { files, request: [questionIn(text), ...kept].join('\n\n') }
}

/** What a person asked in a message that a chat page wrapped into its own instructions. */
function questionIn(text: string): string {
  const asked = /<user_query>([\s\S]*?)<\/user_query>/.exec(text)?.[1]
  return asked ?? text.slice(text.lastIndexOf('</context>') + '</context>'.length)
}

/** Continue's form: ```path or ```language path. */
function readFences(text: string): MessageFiles {
  const lines = text.split('\n')
  const files: SourceFile[] = []
  const rest: string[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!
    const opening = readOpening(line)
    const end = opening ? closingOf(lines, index + 1, opening.ticks) : -1
    if (!opening || end < 0) {
      rest.push(line)
      continue
    }
    if (opening.path === null) rest.push(...lines.slice(index, end + 1))
    else files.push({ path: opening.path, content: endLine(lines.slice(index + 1, end).join('\n')) })
    index = end
  }
  return { files, request: rest.join('\n') }
}

/** A fence's first line; `path` is null when it names no whole file. */
function readOpening(line: string): { ticks: number; path: string | null } | null {
  const match = /^(`{3,})\s*([^`]*)$/.exec(line.trimEnd())
  if (!match) return null
  const ticks = match[1]!.length
  const words = match[2]!.trim().split(/\s+/)
  const [first = '', second] = words
  if (words.length === 1) return { ticks, path: looksLikePath(first) ? safePath(first) : null }
  // a third word is a range such as (1-20), or something unknown
  const named = words.length === 2 && second !== undefined && looksLikePath(second)
  return { ticks, path: named && !looksLikePath(first) ? safePath(second) : null }
}

/** The line that closes a fence; a fence opened inside (as in a Markdown file) is closed first. -1 when none does. */
function closingOf(lines: readonly string[], from: number, ticks: number): number {
  let depth = 0
  for (let index = from; index < lines.length; index += 1) {
    const [, run, info] = /^\s*(`{3,})\s*(\S*)/.exec(lines[index]!) ?? []
    if (run === undefined || run.length < ticks) continue
    if (info) depth += 1
    else if (depth > 0) depth -= 1
    else return index
  }
  return -1
}

const FILES_WITHOUT_EXTENSION = new Set(['Dockerfile', 'Makefile', 'LICENSE', 'Procfile', 'Gemfile'])

const looksLikePath = (word: string): boolean =>
  !/[()<>="{}:]/.test(word) &&
  (/[\\/]\S/.test(word) || /\.[A-Za-z]\w*$/.test(word) || FILES_WITHOUT_EXTENSION.has(word))

/** A path inside a project, with forward slashes; null for one that leads out of it. */
function safePath(path: string): string | null {
  const clean = path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '')
  const outside = clean.startsWith('/') || /^[A-Za-z]:/.test(clean) || clean.split('/').includes('..')
  return clean === '' || outside ? null : clean
}

/** Text files end with a line end; a fence does not show whether this one did. */
const endLine = (content: string): string =>
  content === '' || content.endsWith('\n') ? content : `${content}\n`

const tidy = (text: string): string => text.replaceAll(/\n{3,}/g, '\n\n').trim()
