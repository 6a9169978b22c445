import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/**
 * The folders above a project in which its imports are looked for too, the nearest first: up to the top of the
 * repository of which it is a part. None for a project that is a repository itself, or in none.
 */
export async function foldersAbove(root: string): Promise<string[]> {
  const above: string[] = []
  for (let folder = root; ; folder = dirname(folder)) {
    if (folder !== root) above.push(folder)
    if (await exists(join(folder, '.git'))) return above
    if (folder === dirname(folder)) return []
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
