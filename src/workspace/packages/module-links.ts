import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, relative, resolve, sep } from 'node:path'
import { readEntries, type ModuleEntry } from './module-entries.ts'
import { isIn } from '../is-in.ts'

/** A link that a workspace's `node_modules` needs. */
export type ModuleLink = {
  /** Relative to the `node_modules`. */
  readonly path: string
  /** Relative to the link, or absolute where it leads out of the workspace. */
  readonly target: string
}

/** The user's project, and where the workspace has each `node_modules`. */
export type Ground = {
  readonly root: string
  readonly folders: readonly { readonly at: string; readonly lower: string }[]
}

type Place = Ground['folders'][number]

export type Correction = {
  readonly links: readonly ModuleLink[]
  readonly beyond: readonly string[]
  /** The entries that are packages of the project itself. */
  readonly ofProject: readonly ModuleEntry[]
}

/**
 * The links that, taken over word by word, would lead elsewhere than in the user's project: those with an absolute way
 * to it, or a relative way out of it. A workspace stands in another place, and has its own packages of the project.
 */
export async function correctLinks(
  entries: readonly ModuleEntry[],
  folder: Place,
  ground: Ground,
): Promise<Correction> {
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (entry.words === null) return []
      const target = await follow(resolve(dirname(join(folder.lower, entry.path)), entry.words), ground)
      const needed =
        target.place === null ? target.path : relative(wayTo(folder, entry.path), target.place) || '.'
      const isRight = target.place === null ? isAbsolute(entry.words) : normalize(entry.words) === needed
      return [{ entry, target, link: isRight ? null : { path: entry.path, target: needed } }]
    }),
  )
  const all = found.flat()
  return {
    links: all.flatMap(({ link }) => link ?? []),
    beyond: all.flatMap(({ target }) => (target.place === null ? outermostModules(target.path) : [])),
    ofProject: all.filter(({ target }) => isOfProject(target.place)).map(({ entry }) => entry),
  }
}

/** Links to what is installed above the project, as far as the project's own root does not have it. */
export async function inheritEntries(
  above: readonly Place[],
  taken: ReadonlySet<string>,
  ground: Ground,
): Promise<Pick<Correction, 'links' | 'beyond'>> {
  const links = new Map<string, string>()
  for (const { lower } of above) {
    for (const { path } of await readEntries(lower)) {
      if (taken.has(path) || links.has(path)) continue
      const { place } = await follow(join(lower, path), ground)
      links.set(
        path,
        place === null ? join(lower, path) : relative(wayTo({ at: 'node_modules' }, path), place),
      )
    }
  }
  const targets = [...links.values()].filter(isAbsolute)
  const real = await Promise.all(targets.map((target) => realpath(target).catch(() => target)))
  return {
    links: [...links].map(([path, target]) => ({ path, target })),
    beyond: real.map(outermostModules),
  }
}

/** The folder of the workspace in which the link stands. */
const wayTo = ({ at }: { at: string }, path: string): string => dirname(join(at, path))

/** Where a path of the user's is in a workspace; `place` is null where it is not in it. */
async function follow(path: string, ground: Ground): Promise<{ path: string; place: string | null }> {
  const place = placeOf(path, ground)
  if (place !== null) return { path, place }
  const real = await realpath(path).catch(() => path)
  return { path: real, place: placeOf(real, ground) }
}

function placeOf(path: string, { root, folders }: Ground): string | null {
  const folder = folders.find(({ lower }) => isIn(lower, path))
  if (folder) return join(folder.at, relative(folder.lower, path))
  const place = relative(root, path)
  // a node_modules that the workspace does not have
  return isIn(root, path) && !place.split(sep).includes('node_modules') ? place : null
}

const isOfProject = (place: string | null): boolean =>
  place !== null && !place.split(sep).includes('node_modules')

function outermostModules(path: string): string {
  const marker = `${sep}node_modules${sep}`
  const at = path.indexOf(marker)
  return at === -1 ? path : path.slice(0, at + marker.length - 1)
}
