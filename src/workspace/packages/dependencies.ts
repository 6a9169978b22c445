import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Dependencies, ModulesFolder } from './installed-packages.ts'
import { canClone, mirrorFolder, putLink } from './mirror-folder.ts'
import { isStored, readEntries, SCRATCH } from './module-entries.ts'
import type { ModuleLink } from './module-links.ts'
import { makePlainFolder } from '../plain-folder.ts'
import { removeTree } from '../remove.ts'

/** How the user's packages come into a workspace where no overlay shows them. */
export type Provision = 'clones' | 'copies' | 'links'

/**
 * Gives a workspace the project's installed dependencies without an install and without a cage's overlay. Calling it
 * again takes away whatever was added or changed since.
 *
 * Where the file system can clone, they are clones and nothing reaches the user's. Else they are links in a real folder:
 * what tools write beside the packages stays in the workspace, but a program that writes into a package's own folder
 * reaches the user's copy. A package that imports one of the project would, through a link, import the user's and not
 * the candidate's: then all are copied, however long it takes.
 */
export async function layDependencies(dependencies: Dependencies, workspace: string): Promise<Provision> {
  const { folders, reachBack } = dependencies
  const provision = await chooseProvision(folders, workspace, reachBack)
  for (const folder of folders) {
    const to = await makePlainFolder(workspace, folder.at)
    if (provision === 'links') await linkPackages(folder, to)
    else await copyPackages(folder, to)
  }
  return provision
}

/** Puts the links that a workspace needs on top of a `node_modules`, such as the upper layer of an overlay over it. */
export async function layLinks(links: readonly ModuleLink[], folder: string): Promise<void> {
  for (const { path, target } of links) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await putLink(target, join(folder, path))
  }
}

async function chooseProvision(
  folders: readonly ModulesFolder[],
  workspace: string,
  reachBack: boolean,
): Promise<Provision> {
  const [first] = folders
  if (first && (await canClone(first.lower, workspace))) return 'clones'
  return reachBack ? 'copies' : 'links'
}

async function copyPackages({ lower, links }: ModulesFolder, to: string): Promise<void> {
  await mirrorFolder(lower, to, SCRATCH)
  await layLinks(links, to)
}

async function linkPackages(folder: ModulesFolder, to: string): Promise<void> {
  const wanted = await wantedLinks(folder)
  const folders = new Set([...wanted.keys()].map((path) => dirname(path)))
  for (const inner of new Set(['.', ...folders])) {
    if (inner !== '.') await makePlainFolder(to, inner)
    for (const name of await readdir(join(to, inner))) {
      const path = join(inner, name)
      if (!wanted.has(path) && !folders.has(path)) await removeTree(join(to, path))
    }
  }
  await Promise.all([...wanted].map(([path, target]) => putLink(target, join(to, path))))
}

/** Links are taken over word by word where that is right (`../typescript/bin/tsc`), everything else is linked to. */
async function wantedLinks({ lower, links }: ModulesFolder): Promise<Map<string, string>> {
  const wanted = new Map<string, string>()
  for (const { path, words } of await readEntries(lower)) wanted.set(path, words ?? join(lower, path))
  for (const { path, target } of links) if (!isStored(path)) wanted.set(path, target)
  return wanted
}
