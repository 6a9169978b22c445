import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readEntries, readStore } from './module-entries.ts'
import { correctLinks, inheritEntries, type Ground, type ModuleLink } from './module-links.ts'
import { foldersAbove } from './modules-above.ts'
import { refusePlugAndPlay } from './plug-and-play.ts'
import { reachesBack } from './reaches-back.ts'

/** A `node_modules` as a workspace is to have it. */
export type ModulesFolder = {
  /** Where it stands in the tree. */
  readonly at: string
  /** Where the user's really is. */
  readonly lower: string
  /** What has to lead elsewhere than in the user's, or is not in the user's at all. */
  readonly links: readonly ModuleLink[]
}

/** The user's installed dependencies. */
export type Dependencies = {
  readonly folders: readonly ModulesFolder[]
  /** What links in them lead to outside the project: a `node_modules`, or a package linked from elsewhere. */
  readonly beyond: readonly string[]
  /** Does one of them import a package of the project? Where it stands, that would be the user's and not the candidate's. */
  readonly reachBack: boolean
}

/**
 * Finds the installed dependencies beside the project's package.json files, and those above the project where it is a
 * part of a larger one. `files` are those of the base. Throws where the way they are installed cannot be given to a
 * workspace.
 */
export async function findDependencies(project: string, files: ReadonlySet<string>): Promise<Dependencies> {
  const root = await realpath(project)
  const parents = await foldersAbove(root)
  await refusePlugAndPlay([root, ...parents], files)
  const manifests = [...files].filter((path) => basename(path) === 'package.json')
  const own = await existing(
    manifests.map((path) => ({ path: join(root, dirname(path)), at: dirname(path) })),
  )
  const above = await existing(parents.map((path) => ({ path, at: '' })))
  // what is looked up above the project is found at its root instead
  const atRoot = own.some(({ at }) => at === MODULES)
  const placed = atRoot ? own : [...above.slice(0, 1), ...own]
  const inherited = atRoot ? above : above.slice(1)
  const ground = { root, folders: placed }
  const found = await Promise.all(placed.map((folder) => readFolder(folder, ground)))
  const taken = found.filter(({ at }) => at === MODULES).flatMap(({ entries }) => entries)
  const added = await inheritEntries(inherited, new Set(taken.map(({ path }) => path)), ground)
  return {
    folders: found.map(({ at, lower, links }) => {
      return { at, lower, links: at === MODULES ? [...links, ...added.links] : links }
    }),
    beyond: [
      ...new Set([
        ...above.map(({ lower }) => lower),
        ...found.flatMap(({ beyond }) => beyond),
        ...added.beyond,
      ]),
    ],
    reachBack: await reachesBack(found),
  }
}

const MODULES = 'node_modules'

type Place = { readonly at: string; readonly lower: string }

/** The `node_modules` in those of the folders that have one. */
async function existing(folders: readonly { path: string; at: string }[]): Promise<Place[]> {
  const found = await Promise.all(
    folders.map(async ({ path, at }) => {
      const lower = await realpath(join(path, MODULES)).catch(() => null)
      return lower === null ? [] : [{ at: join(at, MODULES), lower }]
    }),
  )
  return found.flat()
}

async function readFolder(folder: Place, ground: Ground) {
  const entries = await readEntries(folder.lower)
  const stored = await readStore(folder.lower)
  return { ...folder, entries, ...(await correctLinks([...entries, ...stored], folder, ground)) }
}
