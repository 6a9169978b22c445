import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** A small real project in a temporary folder; disposing removes it. */
export type Repository = AsyncDisposable & {
  readonly path: string
  /** Runs git in it and returns what it prints. */
  git(...args: string[]): Promise<string>
  /** Writes files, with their folders. */
  write(files: Readonly<Record<string, string>>): Promise<void>
}

/** Makes a git repository of these files: all committed, all untracked, or without git. */
export async function makeRepository(
  files: Readonly<Record<string, string>>,
  { commit = true, git = true }: { commit?: boolean; git?: boolean } = {},
): Promise<Repository> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'quorum-repository-')))
  const repository: Repository = {
    path,
    git: (...args) => runGit(path, args),
    write: (files) => writeAll(path, files),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
  await repository.write(files)
  if (!git) return repository
  await repository.git('init', '--quiet', '--initial-branch=main')
  if (!commit) return repository
  await repository.git('add', '--all')
  await repository.git('commit', '--quiet', '--allow-empty', '--message=first')
  return repository
}

/** No configuration of the machine reaches it, and nothing runs on in the background. */
async function runGit(cwd: string, args: readonly string[]): Promise<string> {
  const settings = ['user.name=Test', 'user.email=test@example.org', 'gc.auto=0', 'maintenance.auto=false']
  const { stdout } = await execute('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
    cwd,
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout
}

async function writeAll(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}
