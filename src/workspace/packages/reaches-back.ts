import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isStored, type ModuleEntry } from './module-entries.ts'
import { jsonOrNull } from '../../core/json.ts'

type Folder = {
  readonly lower: string
  readonly entries: readonly ModuleEntry[]
  readonly ofProject: readonly ModuleEntry[]
}

/**
 * Does an installed package that is not of the project import one that is (a plugin its host)? Looked for where it can be
 * declared: links in the store, or names in a package's own package.json.
 */
export async function reachesBack(folders: readonly Folder[]): Promise<boolean> {
  const ofProject = folders.flatMap((folder) => folder.ofProject)
  // pnpm lets everything see the packages of the project; only what declares them gets a link beside it
  if (ofProject.some(({ path }) => isStored(path) && !path.startsWith('.pnpm/node_modules/'))) return true
  const names = new Set(ofProject.map(({ path }) => path))
  if (names.size === 0) return false
  const packages = folders.flatMap(({ lower, entries }) =>
    entries
      .filter(({ words, path }) => words === null && !path.startsWith('.'))
      .map(({ path }) => join(lower, path)),
  )
  const needed = await Promise.all(packages.map(dependenciesOf))
  return needed.flat().some((name) => names.has(name))
}

const Names = z.record(z.string(), z.unknown()).catch({})
const Manifest = z
  .object({ dependencies: Names, peerDependencies: Names, optionalDependencies: Names })
  .partial()

async function dependenciesOf(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null)
  const manifest = Manifest.safeParse(text === null ? null : jsonOrNull(text))
  return manifest.success ? Object.values(manifest.data).flatMap((names) => Object.keys(names ?? {})) : []
}
