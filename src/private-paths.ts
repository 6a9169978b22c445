import { matchesGlob } from 'node:path'

/**
 * Is a path private, by patterns as .gitignore has them? The last one that fits decides; `!` takes a path out again.
 * What lies in a private folder is private.
 */
export function privatePaths(patterns: readonly string[]): (path: string) => boolean {
  const rules = patterns
    .map((pattern) => pattern.trim())
    .filter((pattern) => !/^[!/]*$/.test(pattern))
    .map(readRule)
  if (rules.length === 0) return () => false
  const known = new Map<string, boolean>()
  return (path) => {
    const before = known.get(path)
    if (before !== undefined) return before
    const isPrivate = rules.findLast(({ fits }) => fits(path))?.isPrivate ?? false
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(path, isPrivate)
    return isPrivate
  }
}

/** Paths remembered: a glob takes longer than everything else that is asked of a file, and the same ones are asked again. */
const MOST_KNOWN = 50_000

type Rule = { readonly isPrivate: boolean; readonly fits: (path: string) => boolean }

/** A pattern without a slash fits in every folder, one with a slash from the root; a slash at its end means folders. */
function readRule(pattern: string): Rule {
  const bare = pattern.replace(/^!/, '')
  const name = bare.replace(/(?:\/(?:\*\*)?)+$/, '')
  const isPlace = name.includes('/')
  const isFolder = bare.endsWith('/') || bare.endsWith('/**')
  const rooted = name.replace(/^\/+/, '')
  const fits = PLAIN.test(name)
    ? isPlace
      ? lies(rooted, isFolder)
      : bears(name, isFolder)
    : matches(isPlace ? rooted : `**/${name}`, isFolder)
  return { isPrivate: !pattern.startsWith('!'), fits }
}

/** Without any sign that a glob reads as something else. */
const PLAIN = /^[\w./ -]+$/

/** Is it this file, or in this folder? */
const lies =
  (place: string, isFolder: boolean) =>
  (path: string): boolean =>
    (!isFolder && path === place) || path.startsWith(`${place}/`)

/** Does a part of the path bear this name? */
const bears =
  (name: string, isFolder: boolean) =>
  (path: string): boolean =>
    (!isFolder && (path === name || path.endsWith(`/${name}`))) || `/${path}`.includes(`/${name}/`)

const matches = (pattern: string, isFolder: boolean) => {
  const glob = marked(pattern)
  return (path: string): boolean => withParents(path, isFolder).some((one) => matchesGlob(marked(one), glob))
}

/** The path and the folders it lies in; of a pattern for folders the path itself is not asked. */
function withParents(path: string, onlyFolders: boolean): string[] {
  const parts = path.split('/')
  const all = parts.map((_, at) => parts.slice(0, at + 1).join('/'))
  return onlyFolders ? all.slice(0, -1) : all
}

/** Node's globs pass over names that begin with a dot, which these are about; so no name begins with one. */
const marked = (path: string): string =>
  path
    .split('/')
    .map((part) => (part === '**' ? part : `=${part}`))
    .join('/')
