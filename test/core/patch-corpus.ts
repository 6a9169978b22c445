import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { applyEdits, neededPaths } from '../../src/core/patch/apply.ts'
import { checkPath } from '../../src/core/paths.ts'
import { readReply } from '../../src/core/reply.ts'

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'patches')

export type Tree = ReadonlyMap<string, string>

/** A reply as a model wrote it, and what must become of it: a tree, or a refusal with this code. */
export type Case = { name: string; about: string; reply: string; means: Tree | null; refused: string | null }

export type Verdict = { tree: Tree } | { code: string; reason: string }

export const base: Tree = readTree(join(FOLDER, 'base'))

export const cases: readonly Case[] = readdirSync(join(FOLDER, 'cases')).toSorted().map(readCase)

function readCase(file: string): Case {
  const text = readFileSync(join(FOLDER, 'cases', file), 'utf8')
  const [, kind, value, about, reply] =
    /^(means|refused): (\S+)\nabout: (.*)\n--- reply ---\n([\s\S]*)$/.exec(text) ?? []
  if (value === undefined || about === undefined || reply === undefined)
    throw new Error(`cannot read ${file}`)
  const name = file.replace(/\.txt$/, '')
  return kind === 'means'
    ? { name, about, reply, means: withChanges(value), refused: null }
    : { name, about, reply, means: null, refused: value }
}

/** The base with the files of `after/NAME` in place of its own. */
function withChanges(name: string): Tree {
  const changed = readTree(join(FOLDER, 'after', name))
  const tree = new Map([...base, ...changed])
  for (const path of changed.get('DELETED')?.trim().split('\n') ?? []) tree.delete(path)
  tree.delete('DELETED')
  return tree
}

function readTree(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')]
    }),
  )
}

/** What we make of a reply, by all the rules a candidate's patch goes through. */
export function judge(reply: string, tree: Tree): Verdict {
  const reading = readReply(reply)
  if (!reading.ok) return reading
  const paths = new Set(tree.keys())
  const needed = new Set(neededPaths(reading.edits, paths))
  const applied = applyEdits(reading.edits, {
    paths,
    read: (path) => (needed.has(path) ? tree.get(path) : undefined),
  })
  if (!applied.ok) return applied
  const after = new Map(tree)
  for (const { path, content } of applied.changes) {
    const allowed = checkPath(path, {
      filesOwned: [],
      callerOwned: [],
      allowTests: false,
      judges: new Set<string>(),
      existing: paths,
    })
    if (!allowed.ok) return allowed
    if (content === null) after.delete(path)
    else after.set(path, content)
  }
  return { tree: after }
}

/** Equal files; `exact: false` forgives blanks. */
export function sameTree(left: Tree, right: Tree, { exact }: { exact: boolean }): boolean {
  const bare = (content: string | undefined): string | undefined => content?.replaceAll(/\s+/g, '')
  const same = (one: string, other: string | undefined): boolean =>
    one === other || (!exact && bare(one) === bare(other))
  return left.size === right.size && [...left].every(([path, content]) => same(content, right.get(path)))
}
