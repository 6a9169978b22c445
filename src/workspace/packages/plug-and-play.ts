import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SwarmError } from '../../core/errors.ts'

/**
 * Yarn can install packages as archives and one file that says where they are (Plug'n'Play), relative to itself. A
 * workspace has them where they are committed with the project, and nowhere else.
 */
export async function refusePlugAndPlay(
  folders: readonly string[],
  files: ReadonlySet<string>,
): Promise<void> {
  for (const [index, folder] of folders.entries()) {
    const map = await readFile(join(folder, MAP), 'utf8').catch(() => null)
    const isCommitted = index === 0 && files.has(MAP)
    if (map === null || (isCommitted && !OUTSIDE.test(map))) continue
    throw new SwarmError(
      'bad-request',
      `${folder} is installed by Yarn Plug'n'Play, and its packages are not in the project: set ` +
        '"nodeLinker: node-modules" in .yarnrc.yml and run yarn install, or commit .pnp.cjs and .yarn/cache ' +
        '(enableGlobalCache: false)',
    )
  }
}

const MAP = '.pnp.cjs'
/** A package, as the map escapes it, that is outside the folder of the map. */
const OUTSIDE = /\\?"packageLocation\\?": ?\\?"(?:\.\.\/|\/)/
