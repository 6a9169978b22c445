import { join } from 'node:path'
import { SwarmError } from '../../core/errors.ts'
import { diffStat } from '../../core/diff.ts'
import type { FileChange, Patch } from '../../core/task.ts'
import { createBlobs } from './blobs.ts'
import { diffText } from './diff-text.ts'
import { git, parts } from './git.ts'

type TreeEntry = { readonly mode: string; readonly blob: string; readonly size: number }

/** Trees of one snapshot: read, changed, compared and merged by git's plumbing, without touching any checkout. */
export function createTrees(gitDir: string, signal: AbortSignal) {
  const blobs = createBlobs(gitDir, signal)
  const listings = new Map<string, Promise<Map<string, TreeEntry>>>()
  let indexes = 0

  const entriesOf = (tree: string): Promise<Map<string, TreeEntry>> => {
    const known = listings.get(tree) ?? list(tree)
    listings.set(tree, known)
    return known
  }

  return {
    async files(tree: string): Promise<string[]> {
      return [...(await entriesOf(tree))].filter(([, entry]) => isFile(entry)).map(([path]) => path)
    },

    async read(tree: string, path: string): Promise<string | undefined> {
      const entry = (await entriesOf(tree)).get(path)
      return entry && isFile(entry) && entry.size <= LARGEST_TEXT ? blobs.text(entry.blob) : undefined
    },

    async write(tree: string, changes: readonly FileChange[], signal: AbortSignal): Promise<string> {
      const entries = await entriesOf(tree)
      const written = new Set(changes.filter(({ content }) => content !== null).map(({ path }) => path))
      const lines = await Promise.all(
        changes.map(async ({ path, content }) => {
          refuseUnwritable(path, entries)
          const parent = parentsOf(path).find((parent) => written.has(parent))
          if (parent !== undefined) throw refused(path, `${parent} is no folder`)
          if (content === null) return `0 ${NO_BLOB}\t${path}`
          const args = ['hash-object', '-w', '--no-filters', '--stdin']
          const blob = (await git(args, { gitDir, input: content }, signal)).trim()
          return `${entries.get(path)?.mode ?? '100644'} ${blob}\t${path}`
        }),
      )
      return change(tree, lines, signal)
    },

    async changes(
      from: string,
      to: string,
      signal: AbortSignal,
    ): Promise<{ written: string[]; removed: string[] }> {
      const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-status', from, to]
      const fields = parts(await git(args, { gitDir }, signal))
      const pairs = fields.flatMap((status, at) =>
        at % 2 === 0 ? [{ removed: status === 'D', path: fields[at + 1]! }] : [],
      )
      const paths = (removed: boolean): string[] =>
        pairs.filter((pair) => pair.removed === removed).map(({ path }) => path)
      return { written: paths(false), removed: paths(true) }
    },

    async diff(from: string, to: string, signal: AbortSignal): Promise<Patch> {
      const diff = await diffText(gitDir, from, to, signal)
      const { files, added, removed } = diffStat(diff)
      return { tree: to, diff, files, lines: added + removed }
    },

    async merge(onto: string, from: string, to: string, signal: AbortSignal): Promise<string> {
      const raw = await git(['diff-tree', '-r', '-z', '--no-renames', '--raw', from, to], { gitDir }, signal)
      const [before, current] = await Promise.all([entriesOf(from), entriesOf(onto)])
      const fields = parts(raw)
      const lines: string[] = []
      for (let at = 0; at + 1 < fields.length; at += 2) {
        const [, mode = '', , blob = ''] = fields[at]!.slice(1).split(' ')
        const path = fields[at + 1]!
        const taken = mode !== '000000' && isTaken(path, current)
        if (taken || before.get(path)?.blob !== current.get(path)?.blob) {
          throw new SwarmError(
            'internal',
            `two sub-tasks changed ${path}; they should not have run side by side`,
          )
        }
        lines.push(`${mode === '000000' ? '0' : mode} ${blob}\t${path}`)
      }
      return change(onto, lines, signal)
    },
  }

  async function list(tree: string): Promise<Map<string, TreeEntry>> {
    const listed = parts(await git(['ls-tree', '-r', '-l', '-z', tree], { gitDir }, signal))
    return new Map(
      listed.map((line) => {
        const tab = line.indexOf('\t')
        const [mode = '', , blob = '', size = ''] = line.slice(0, tab).split(/ +/)
        return [line.slice(tab + 1), { mode, blob, size: Number(size) || 0 }]
      }),
    )
  }

  /** A tree with these index lines applied. Every change has an index of its own: seats write side by side. */
  async function change(tree: string, lines: readonly string[], signal: AbortSignal): Promise<string> {
    indexes += 1
    const index = join(gitDir, `index-${indexes}`)
    await git(['read-tree', tree], { gitDir, index }, signal)
    const input = lines.map((line) => `${line}\0`).join('')
    await git(['update-index', '-z', '--index-info'], { gitDir, index, input }, signal)
    return (await git(['write-tree'], { gitDir, index }, signal)).trim()
  }
}

const NO_BLOB = '0'.repeat(40)
/** Larger files are not for a model to read. */
const LARGEST_TEXT = 1_000_000

const isFile = ({ mode }: TreeEntry): boolean => mode.startsWith('100')

/** The last line of defence, below all rules about paths: a tree never gets an entry that leads out of it. */
function refuseUnwritable(path: string, entries: ReadonlyMap<string, TreeEntry>): void {
  const segments = path.split('/')
  const odd = segments.some(
    (segment) => segment === '' || segment === '.' || segment === '..' || /^\.git$/i.test(segment),
  )
  if (odd || path.includes('\0') || path.includes('\\'))
    throw refused(path, 'it is no path inside the workspace')
  const entry = entries.get(path)
  if (entry && !isFile(entry)) throw refused(path, 'it is a symbolic link or a submodule')
  const parent = parentsOf(path).find((parent) => entries.has(parent))
  if (parent !== undefined) throw refused(path, `${parent} is no folder`)
  if (!entry && isFolder(path, entries)) throw refused(path, 'it is a folder')
}

/** Does something else stand where this file would be, or where a folder above it would be? */
const isTaken = (path: string, entries: ReadonlyMap<string, TreeEntry>): boolean =>
  parentsOf(path).some((parent) => entries.has(parent)) || isFolder(path, entries)

const isFolder = (path: string, entries: ReadonlyMap<string, TreeEntry>): boolean =>
  entries.keys().some((other) => other.startsWith(`${path}/`))

function parentsOf(path: string): string[] {
  const segments = path.split('/')
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'))
}

const refused = (path: string, why: string): SwarmError =>
  new SwarmError('bad-request', `${JSON.stringify(path)} cannot be written: ${why}`)
