import { lstat, mkdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { removeTree } from './remove.ts'

/** Makes the folder below `root`; a link on the way, which what ran here may have left, is taken away and never followed. */
export async function makePlainFolder(root: string, path: string): Promise<string> {
  let place = root
  for (const segment of path.split(sep)) {
    place = join(place, segment)
    const there = await lstat(place).catch(() => null)
    if (there && !there.isDirectory()) await removeTree(place)
    await mkdir(place, { recursive: true })
  }
  return place
}
