import { findNames, type NamePlaces } from '../core/code-map/find-names.ts'
import { mapFiles } from './file-views.ts'
import { readFiles } from './read-files.ts'
import type { Setting } from './setting.ts'

type Ground = Pick<Setting, 'task' | 'project' | 'ports'>

/**
 * Where the task's base defines and uses these names, as far as its files may be read. An index knows the folder as it is
 * now: what it says is held against the base, and files that are not as it knows them are read anew.
 */
export async function placesInBase(
  names: readonly string[],
  readable: ReadonlySet<string>,
  ground: Ground,
  signal: AbortSignal,
): Promise<NamePlaces[]> {
  if (names.length === 0) return []
  const { task, ports } = ground
  const { workspace } = task
  const known = workspace.kind === 'named' ? await ports.codebase?.find(workspace.name, names, signal) : null
  if (!known) return findNames(await mapAll([...readable].slice(0, MOST_READ), ground, signal), names)
  const told = known.map((place) => within(place, (path) => readable.has(path)))
  const stale = await staleOf(told, readable, ground, signal)
  if (stale.size === 0) return told
  const fresh = findNames(await mapAll([...stale].slice(0, MOST_READ), ground, signal), names)
  return told.map((place, index) =>
    joined(
      within(place, (path) => !stale.has(path)),
      fresh[index],
    ),
  )
}

/** Where nobody has an index, so many files are read. */
const MOST_READ = 200

const within = ({ name, definitions, uses }: NamePlaces, isMeant: (path: string) => boolean): NamePlaces => ({
  name,
  definitions: definitions.filter(({ path }) => isMeant(path)),
  uses: uses.filter(({ path }) => isMeant(path)),
})

const joined = (one: NamePlaces, other: NamePlaces | undefined): NamePlaces => ({
  name: one.name,
  definitions: [...one.definitions, ...(other?.definitions ?? [])],
  uses: [...one.uses, ...(other?.uses ?? [])],
})

/** Files of the base in which a name does not stand where it is said to, and those that came with an earlier change. */
async function staleOf(
  places: readonly NamePlaces[],
  readable: ReadonlySet<string>,
  { project }: Ground,
  signal: AbortSignal,
): Promise<Set<string>> {
  const said = places.flatMap(({ name, definitions, uses }) => [
    ...definitions.map(({ path, definition: { line } }) => ({ name, path, line })),
    ...uses.flatMap(({ path, lines }) => lines.map((line) => ({ name, path, line }))),
  ])
  const contents = await readFiles(project, [...new Set(said.map(({ path }) => path))])
  const lines = new Map(Array.from(contents, ([path, content]) => [path, content.split('\n')]))
  const moved = said.filter(({ name, path, line }) => !lines.get(path)?.[line - 1]?.includes(bare(name)))
  const onTop =
    project.theirs === project.base
      ? []
      : (await project.changes(project.theirs, project.base, signal)).written
  return new Set([...moved.map(({ path }) => path), ...onTop.filter((path) => readable.has(path))])
}

const bare = (name: string): string => name.replace(/^\./, '')

async function mapAll(paths: readonly string[], { project, ports }: Ground, signal: AbortSignal) {
  const contents = await readFiles(project, paths)
  return mapFiles(
    Array.from(contents, ([path, content]) => ({ path, content })),
    ports,
    signal,
  )
}
