import type { Dirent } from 'node:fs'
import { readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Something in a `node_modules` that a program can resolve. */
export type ModuleEntry = {
  /** Relative to the `node_modules`. */
  readonly path: string
  /** The words of the link that it is; null for a file or a folder. */
  readonly words: string | null
}

/** What stands in a `node_modules`: packages, scoped ones too, and programs. */
export const readEntries = (folder: string): Promise<ModuleEntry[]> => list(folder, '')

/** The links within the store of a `node_modules`, if it has one. */
export async function readStore(folder: string): Promise<ModuleEntry[]> {
  const found = await Promise.all(STORES.map((store) => listStore(folder, store)))
  return found.flat()
}

/** Is this entry in a store? */
export const isStored = (path: string): boolean => STORES.some((store) => path.startsWith(`${store}/`))

/** Of pnpm, of yarn's pnpm linker and of bun: each package stands there with links to its own dependencies beside it. */
const STORES = ['.pnpm', '.store', '.bun']
/** What tools write and nobody should inherit. */
export const SCRATCH: ReadonlySet<string> = new Set(['.cache', '.vite', '.vite-temp', '.vitest'])

async function list(folder: string, at: string): Promise<ModuleEntry[]> {
  const entries = await readdir(join(folder, at), { withFileTypes: true }).catch((): Dirent[] => [])
  const kept = entries.filter(({ name }) => !SCRATCH.has(name))
  const listed = await Promise.all(
    kept.map(async (entry): Promise<ModuleEntry[]> => {
      const path = join(at, entry.name)
      if (entry.isDirectory() && (entry.name.startsWith('@') || entry.name === '.bin'))
        return list(folder, path)
      const words = entry.isSymbolicLink() ? await readlink(join(folder, path)) : null
      return [{ path, words }]
    }),
  )
  return listed.flat()
}

async function listStore(folder: string, store: string): Promise<ModuleEntry[]> {
  const names = await readdir(join(folder, store)).catch((): string[] => [])
  // pnpm also keeps one node_modules for all, beside the packages
  const places = names.map((name) => (name === 'node_modules' ? name : join(name, 'node_modules')))
  const found = await Promise.all(places.map((place) => list(folder, join(store, place))))
  return found.flat().filter(({ words }) => words !== null)
}
