import { lstat, mkdir, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

/**
 * Gives a workspace the project's installed dependencies without an install: a real `node_modules` folder whose entries
 * are links to the user's packages. What tools write beside the packages (`.vite`, `.cache`) stays in the workspace.
 * Links that lead to a package of the project itself (npm, pnpm and yarn workspaces) are made to lead to the same place
 * in the workspace, or the wrong tree would be tested.
 *
 * A program that writes into a package's own folder reaches the user's copy: only a sandbox can close that.
 * Calling it again takes away whatever was added or changed since.
 */
export async function provideDependencies(
  project: string,
  workspace: string,
  manifests: readonly string[],
): Promise<void> {
  const root = await realpath(project)
  for (const manifest of manifests) {
    const folder = join(dirname(manifest), 'node_modules')
    await linkFolder(join(root, folder), join(workspace, folder), { root, workspace })
  }
}

type Roots = { readonly root: string; readonly workspace: string }

/** Entries that tools write and nobody should inherit. */
const SCRATCH = new Set(['.cache', '.vite', '.vite-temp', '.vitest'])

async function linkFolder(from: string, to: string, roots: Roots): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => null)
  if (!entries) return rm(to, { recursive: true, force: true })
  await makeRealFolder(to)
  const wanted = entries.filter(({ name }) => !SCRATCH.has(name))
  const names = new Set(wanted.map(({ name }) => name))
  for (const name of await readdir(to)) {
    if (!names.has(name)) await rm(join(to, name), { recursive: true, force: true })
  }
  await Promise.all(
    wanted.map(async (entry) => {
      const source = join(from, entry.name)
      const place = join(to, entry.name)
      if (entry.isDirectory() && (entry.name.startsWith('@') || entry.name === '.bin')) {
        return linkFolder(source, place, roots)
      }
      return link(await targetOf(source, place, entry.isSymbolicLink(), roots), place)
    }),
  )
}

/** A gate may have put a link here that leads to the user's files: it is taken away, never followed. */
async function makeRealFolder(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null)
  if (there && !there.isDirectory()) await rm(path)
  await mkdir(path, { recursive: true })
}

/** Where an entry of the workspace's `node_modules` must lead. */
async function targetOf(
  source: string,
  place: string,
  isLink: boolean,
  { root, workspace }: Roots,
): Promise<string> {
  if (!isLink) return source
  // binaries are links beside the packages (`../typescript/bin/tsc`): the same words lead to the same place here
  if (dirname(place).endsWith(`${sep}.bin`)) return readlink(source)
  const target = await realpath(source).catch(() => source)
  const inside = relative(root, target)
  const ofProject = inside !== '' && !inside.startsWith('..') && !inside.split(sep).includes('node_modules')
  return ofProject ? join(workspace, inside) : target
}

async function link(target: string, place: string): Promise<void> {
  if ((await readlink(place).catch(() => null)) === target) return
  if (await lstat(place).catch(() => null)) await rm(place, { recursive: true, force: true })
  await symlink(target, place)
}
