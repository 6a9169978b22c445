import { readAiderFiles } from './forms/aider-files.ts'
import type { SourceFile } from './task.ts'

/** Files a message carries, and what it asks beside them. */
export type MessageFiles = { files: SourceFile[]; request: string }

/**
 * Finds whole files in a message: fenced blocks that name a path, the sources a chat page puts into a `<context>`, and
 * the files that aider shows.
 * A highlighted range is not a whole file: it stays in the request.
 */
export function readMessageFiles(text: string): MessageFiles {
  const shown = readAiderFiles(text)
  if (shown) return { files: shown.flatMap(inProject), request: '' }
  const fromSources = readSources(text)
  const fromFences = readFences(fromSources.request)
  const files = new Map([...fromSources.files, ...fromFences.files].map((file) => [file.path, file]))
  return { files: [...files.values()], request: tidy(fromFences.request) }
}

const inProject = ({ path, content }: SourceFile): SourceFile[] => {
  const safe = safePath(path)
  return safe === null ? [] : [{ path: safe, content }]
}

const RAG_OPENING = '### Task:\nRespond to the user query using the provided context'

/** Open WebUI's form: the page's own instructions, then the context, then the question. */
function readSources(text: string): MessageFiles {
  const files: SourceFile[] = []
  const kept: string[] = []
  let rest = ''
  let done = 0
  for (const { from, to, attributes, content } of sourcesIn(text)) {
    const name = /\bname="([^"]*)"/.exec(attributes)?.[1] ?? ''
    const path = looksLikePath(name) ? safePath(name) : null
    if (path === null) kept.push(text.slice(from, to))
    else files.push({ path, content: endLine(content) })
    rest += text.slice(done, path === null ? to : from)
    done = to
  }
  rest += text.slice(done)
  if (!text.trimStart().startsWith(RAG_OPENING)) return { files, request: rest }
  return { files, request: [questionIn(text), ...kept].join('\n\n') }
}

type Source = {
  readonly from: number
  readonly to: number
  readonly attributes: string
  readonly content: string
}

const SOURCE = '<source'
const SOURCE_END = '</source>'

/** Everything between source tags; looked for by hand, because an expression would try each opening to the text's end. */
function* sourcesIn(text: string): Generator<Source, void, void> {
  for (let from = text.indexOf(SOURCE); from >= 0;) {
    const tag = text.indexOf('>', from)
    const end = text.indexOf(SOURCE_END, tag)
    if (tag < 0 || end < 0) return
    const attributes = text.slice(from + SOURCE.length, tag)
    const isTag = !/^\w/.test(attributes)
    const to = isTag ? end + SOURCE_END.length : from + SOURCE.length
    if (isTag) yield { from, to, attributes, content: text.slice(tag + 1, end).replace(/^\n|\n$/g, '') }
    from = text.indexOf(SOURCE, to)
  }
}

/** What a person asked in a message that a chat page wrapped into its own instructions. */
function questionIn(text: string): string {
  const [begin, end] = ['<user_query>', '</user_query>']
  const from = text.indexOf(begin)
  const to = from < 0 ? -1 : text.indexOf(end, from)
  if (to >= 0) return text.slice(from + begin.length, to)
  return text.slice(text.lastIndexOf('</context>') + '</context>'.length)
}

/** Continue's form: ```path or ```language path. */
function readFences(text: string): MessageFiles {
  const lines = text.split('\n')
  const files: SourceFile[] = []
  const rest: string[] = []
  const closingOf = closingsIn(lines)
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!
    const opening = readOpening(line)
    const end = opening ? closingOf(index, opening.ticks) : -1
    if (!opening || end < 0) {
      rest.push(line)
      continue
    }
    if (opening.path === null) rest.push(lines.slice(index, end + 1).join('\n'))
    else files.push({ path: opening.path, content: endLine(lines.slice(index + 1, end).join('\n')) })
    index = end
  }
  return { files, request: rest.join('\n') }
}

/** A fence's first line; `path` is null when it names no whole file. */
function readOpening(line: string): { ticks: number; path: string | null } | null {
  const match = /^(`{3,})([^`]*)$/.exec(line.trimEnd())
  if (!match) return null
  const ticks = match[1]!.length
  const words = match[2]!.trim().split(/\s+/)
  const [first = '', second] = words
  if (words.length === 1) return { ticks, path: looksLikePath(first) ? safePath(first) : null }
  // a third word is a range such as (1-20), or something unknown
  const named = words.length === 2 && second !== undefined && looksLikePath(second)
  return { ticks, path: named && !looksLikePath(first) ? safePath(second) : null }
}

/** Longer runs of backticks are not told apart. */
const MOST_TICKS = 12

/**
 * Finds the line that closes the fence on a line; a fence opened inside (as in a Markdown file) is closed first. -1
 * when none does. All lines are looked at once for each length of fence, however many fences are never closed.
 */
function closingsIn(lines: readonly string[]): (line: number, ticks: number) => number {
  const fences = lines.flatMap((text, line) => {
    const [, run, info] = /^\s*(`{3,})\s*(\S*)/.exec(text) ?? []
    return run === undefined ? [] : [{ line, ticks: Math.min(run.length, MOST_TICKS), opens: info !== '' }]
  })
  const known = new Map<number, ReadonlyMap<number, number>>()
  return (line, ticks) => {
    const least = Math.min(ticks, MOST_TICKS)
    const closings = known.get(least) ?? pairUp(fences.filter(({ ticks }) => ticks >= least))
    known.set(least, closings)
    return closings.get(line) ?? -1
  }
}

/** For each fence the next one below it at which more are closed than opened since. */
function pairUp(fences: readonly { readonly line: number; readonly opens: boolean }[]): Map<number, number> {
  const closings = new Map<number, number>()
  const waiting: { line: number; depth: number }[] = []
  let depth = 0
  for (const { line, opens } of fences) {
    depth += opens ? 1 : -1
    while (waiting.length > 0 && waiting.at(-1)!.depth > depth) closings.set(waiting.pop()!.line, line)
    waiting.push({ line, depth })
  }
  return closings
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
