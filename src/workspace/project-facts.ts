import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../cascade/ports.ts'
import { isManifest, PROGRAMS, type ProjectFacts } from './gates/facts.ts'
import { isInstalled } from './installed.ts'

/** What gate detection may know of a tree, and of the folder of the user's that it was taken from. */
export async function factsOf(
  folder: string,
  tree: string,
  files: ReadonlySet<string>,
  read: Project['read'],
): Promise<ProjectFacts> {
  const manifests = [...files].filter(isManifest)
  const texts = await Promise.all(manifests.map((path) => read(tree, path)))
  const contents = new Map(manifests.map((path, index) => [path, texts[index]]))
  const installed = await Promise.all(PROGRAMS.map(isInstalled))
  const programs = new Set(PROGRAMS.filter((_, index) => installed[index]))
  return {
    files,
    read: (path) => contents.get(path),
    installed: (program) => programs.has(program),
    virtualenv: await virtualenvIn(folder),
  }
}

/** It is git-ignored as a rule, so the tree does not know it. */
async function virtualenvIn(folder: string): Promise<string | null> {
  for (const name of ['.venv', 'venv']) {
    const found = await stat(join(folder, name, 'pyvenv.cfg')).catch(() => null)
    if (found?.isFile()) return name
  }
  return null
}
