import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { FileChange } from '../../src/core/task.ts'

export const execute = promisify(execFile)

/** A project to be measured on, and five answers to one request: one is right, each other fails in a way of its own. */
export type BenchProject = {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly candidates: readonly {
    readonly name: string
    readonly change: FileChange
    readonly passes: boolean
  }[]
  /** What somebody runs who checks everything on every candidate, in this order. */
  readonly checks: readonly (readonly string[])[]
}

/** Writes the files, without installing anything. */
export async function writeProject(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const place = join(folder, path)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, text)
  }
}

/** Installs its packages from the registry; none of their scripts runs. */
export async function install(folder: string): Promise<void> {
  await execute('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    maxBuffer: 2 ** 26,
  })
}

/** As many texts as asked for, each made from its number. */
export const numbered = (
  count: number,
  make: (index: number) => readonly [path: string, text: string],
): Record<string, string> => Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)))
