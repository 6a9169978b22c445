import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { SwarmError } from '../../core/errors.ts'
import { findLines, linesOf, rememberLines, type PrivateLines } from '../../core/privacy/private-lines.ts'
import type { SourceFile } from '../../core/task.ts'

/** What stands in private files, to be found again wherever it turns up. */
export type PrivateTexts = {
  /** From now on the private files below this folder count too. */
  watch(folder: string): void
  /** So do those of these files that are private. */
  attach(files: readonly SourceFile[]): void
  /** Private files of which a line stands in this text. Throws 'forbidden' where that cannot be told. */
  filesIn(text: string): Promise<string[]>
}

type Options = {
  readonly isPrivate: (path: string) => boolean
  readonly folders: readonly string[]
  /** Milliseconds; only differences mean anything. */
  readonly now: () => number
}

/** So long what was read is taken for what is there. */
const FRESH_MS = 2_000
const MOST_ENTRIES = 300_000
const MOST_BYTES = 64_000_000
/** Larger ones are data, and their lines are no text that somebody quotes. */
const LARGEST = 8_000_000
const LARGEST_PUBLIC = 1_000_000
const MOST_ATTACHED = 500
const NEVER = new Set(['.git', 'node_modules'])

/** Knows the lines of the private files of these folders, also of those that git ignores. */
export function watchPrivateTexts({ isPrivate, folders, now }: Options): PrivateTexts {
  const watched = new Set(folders)
  const attached = new Map<string, SourceFile>()
  let read: { readonly at: number; readonly all: Promise<Read> } | null = null

  const current = (): Promise<Read> => {
    if (read === null || now() - read.at >= FRESH_MS) {
      const all = readAll(watched, attached, isPrivate)
      // whoever waits for it is told; nobody else must hear of it
      all.catch(() => (read = null))
      read = { at: now(), all }
    }
    return read.all
  }
  return {
    watch(folder) {
      if (!watched.has(folder)) read = null
      watched.add(folder)
    },
    attach(files) {
      for (const file of files.filter(({ path }) => isPrivate(path))) {
        attached.set(`${file.path}\n${file.content}`, file)
        read = null
      }
      for (const key of [...attached.keys()].slice(0, -MOST_ATTACHED)) attached.delete(key)
    },
    async filesIn(text) {
      const known = await current()
      const found = findLines(text, known.lines)
      for (const line of await publicOf([...found.keys()], known)) found.delete(line)
      return [...new Set(found.values())]
    },
  }
}

type Read = {
  readonly lines: PrivateLines
  /** Files that are not private, for what stands in both. */
  readonly open: readonly string[]
  readonly isPublic: Map<string, boolean>
}

async function readAll(
  folders: ReadonlySet<string>,
  attached: ReadonlyMap<string, SourceFile>,
  isPrivate: Options['isPrivate'],
): Promise<Read> {
  const open: string[] = []
  const files: SourceFile[] = [...attached.values()]
  let bytes = 0
  for (const folder of folders) {
    for await (const file of filesBelow(folder)) {
      const path = relative(folder, file).split(sep).join('/')
      if (!isPrivate(path)) {
        open.push(file)
        continue
      }
      const content = await textOf(file, LARGEST)
      bytes += content.length
      if (bytes > MOST_BYTES)
        throw tooMuch(`the private files of ${folder} are more than ${MOST_BYTES} bytes`)
      files.push({ path, content })
    }
  }
  return { lines: rememberLines(files), open, isPublic: new Map() }
}

async function* filesBelow(root: string): AsyncGenerator<string, void, void> {
  const folders = [root]
  let seen = 0
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await entriesOf(folder)) {
      seen += 1
      if (seen > MOST_ENTRIES) throw tooMuch(`${root} holds more than ${MOST_ENTRIES} files`)
      if (NEVER.has(entry.name)) continue
      const path = join(folder, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile()) yield path
    }
  }
}

/** A folder that goes while it is read, or that the user himself may not read, has nothing in it for a prompt. */
const entriesOf = (folder: string) => readdir(folder, { withFileTypes: true }).catch(() => [])

async function textOf(path: string, largest: number): Promise<string> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  return size > largest ? '' : readFile(path, 'utf8').catch(() => '')
}

/** Those of the lines that stand in a file that is not private, too: they give nothing away. */
async function publicOf(lines: readonly string[], { open, isPublic }: Read): Promise<string[]> {
  const unknown = new Set(lines.filter((line) => !isPublic.has(line)))
  for (const path of open) {
    if (unknown.size === 0) break
    for (const line of linesOf(await textOf(path, LARGEST_PUBLIC))) {
      if (unknown.delete(line)) isPublic.set(line, true)
    }
  }
  for (const line of unknown) isPublic.set(line, false)
  return lines.filter((line) => isPublic.get(line) === true)
}

const tooMuch = (what: string): SwarmError =>
  new SwarmError(
    'forbidden',
    `${what}, so that nobody can tell whether a prompt holds a private line, and nothing goes to the cloud; serve a smaller folder, or make "private" narrower`,
  )
