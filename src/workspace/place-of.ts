import { realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'

/** A folder as a workspace and the way down from it; the way is empty where it is the workspace itself. */
export type Place = { readonly name: string; readonly below: string }

type Served = { readonly name: string; readonly path: string }

/** Which workspace a folder is, or lies in: the innermost one. Null for any other, and for what is no folder. */
export async function placeOf(
  folder: string,
  sources: readonly Served[],
  root: string | undefined,
): Promise<Place | null> {
  const path = isAbsolute(folder) ? await realpath(folder).catch(() => null) : null
  if (path === null || !(await isFolder(path))) return null
  const listed = await Promise.all(
    sources.map(async (source) => ({ ...source, path: await realOrNone(source.path) })),
  )
  const found = root === undefined ? null : await repositoryBelow(await realOrNone(root), path)
  const holders = [...listed, ...(found ? [found] : [])].filter((served) => holds(served.path, path))
  const [innermost] = holders.toSorted((one, other) => other.path.length - one.path.length)
  if (!innermost) return null
  return { name: innermost.name, below: relative(innermost.path, path).replaceAll(sep, '/') }
}

/** The git repository around a folder, where it lies below the root: it is served under its path from there. */
async function repositoryBelow(root: string, path: string): Promise<Served | null> {
  if (!holds(root, path)) return null
  for (let folder = path; folder !== root; folder = dirname(folder)) {
    if (await stat(join(folder, '.git')).catch(() => null)) {
      return { name: relative(root, folder).replaceAll(sep, '/'), path: folder }
    }
  }
  return null
}

/** What is not there holds nothing. */
const realOrNone = (path: string): Promise<string> => realpath(path).catch(() => '')

const holds = (outer: string, path: string): boolean =>
  outer !== '' && (path === outer || path.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`))

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
