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
  return (path) => rules.findLast(({ fits }) => fits(path))?.isPrivate ?? false
}

type Rule = { readonly isPrivate: boolean; readonly fits: (path: string) => boolean }

/** A pattern without a slash fits in every folder, one with a slash from the root; a slash at its end means folders. */
function readRule(pattern: string): Rule {
  const bare = pattern.replace(/^!/, '')
  const name = bare.replace(/(?:\/(?:\*\*)?)+$/, '')
  const glob = marked(name.includes('/') ? name.replace(/^\/+/, '') : `**/${name}`)
  const isFolder = bare.endsWith('/') || bare.endsWith('/**')
  return {
    isPrivate: !pattern.startsWith('!'),
    fits: (path) => withParents(path, isFolder).some((one) => matchesGlob(marked(one), glob)),
  }
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
