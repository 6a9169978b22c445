import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { shell } from '../workspace/shell.ts'
import { SwarmError } from '../core/errors.ts'

const HOUSE = join(import.meta.dirname, '..', '..')

/** Puts the sample project into a folder, as a git repository with one commit. It borrows our own node_modules. */
export async function layOutSample(folder: string, signal: AbortSignal): Promise<void> {
  await cp(join(HOUSE, 'samples', 'ledger'), folder, { recursive: true })
  await symlink(join(HOUSE, 'node_modules'), join(folder, 'node_modules'), 'dir')
  await git(['init', '--quiet'], folder, signal)
  await git(['add', '--all'], folder, signal)
  await git(['commit', '--quiet', '--message', 'a small ledger'], folder, signal)
}

/** A second copy to try a diff on: only its files. */
export async function copySample(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await cp(join(HOUSE, 'samples', 'ledger'), folder, { recursive: true })
}

/** One hash over every file of a folder, git's own included; links are not followed. */
export async function hashOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of files.sort()) {
    hash.update(`${file}\0`)
    hash.update(await readFile(file))
  }
  return hash.digest('hex')
}

const SOMEBODY = [
  '-c',
  'user.name=Quorum demo',
  '-c',
  'user.email=demo@localhost',
  '-c',
  'commit.gpgsign=false',
]

async function git(args: string[], cwd: string, signal: AbortSignal): Promise<void> {
  const environment = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
  const result = await shell(['git', ...SOMEBODY, ...args], { cwd, environment }, signal)
  signal.throwIfAborted()
  if (result.exitCode !== 0) throw new SwarmError('internal', `git ${args[0]} failed: ${result.output}`)
}
