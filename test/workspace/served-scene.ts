import { UNHELD } from '../support/unheld.ts'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lstat, mkdtemp, readFile, readdir, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Project } from '../../src/cascade/ports.ts'
import {
  createWorkspaces,
  type WorkspaceOptions,
  type WorkspaceService,
} from '../../src/workspace/workspaces.ts'

export const never = new AbortController().signal

/** A service over these folders with a cache of its own; disposing shows that nothing was left in that. */
export async function serve(
  folders: Readonly<Record<string, string>>,
  options: Partial<WorkspaceOptions> = {},
): Promise<AsyncDisposable & { service: WorkspaceService; cache: string }> {
  const cache = await realpath(await mkdtemp(join(tmpdir(), 'quorum-cache-')))
  const sources = Object.entries(folders).map(([name, path]) => ({ name, path }))
  const service = createWorkspaces({
    confinement: UNHELD,
    sources,
    gates: {},
    gateSlots: 4,
    cacheDir: cache,
    ...options,
  })
  return {
    service,
    cache,
    async [Symbol.asyncDispose]() {
      const left = await readdir(cache)
      await rm(cache, { recursive: true, force: true })
      assert.deepEqual(left, [])
    },
  }
}

/** A folder opened as a project; disposing closes it and shows that nothing was left. */
export async function openFolder(
  folder: string,
  options: Partial<WorkspaceOptions> = {},
): Promise<AsyncDisposable & { project: Project; cache: string }> {
  const served = await serve({ here: folder }, options)
  const project = await served.service.open({ kind: 'named', name: 'here' }, never)
  return {
    project,
    cache: served.cache,
    async [Symbol.asyncDispose]() {
      await project[Symbol.asyncDispose]()
      await served[Symbol.asyncDispose]()
    },
  }
}

/** Every entry below a folder with its mode and the hash of its bytes, or where it leads. */
export async function fingerprint(
  folder: string,
  { without = () => false }: { without?: (path: string) => boolean } = {},
): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true })
  const kept = entries.filter((path) => !without(path)).toSorted()
  const described = await Promise.all(kept.map(async (path) => [path, await describe(join(folder, path))]))
  return Object.fromEntries(described)
}

async function describe(path: string): Promise<string> {
  const stat = await lstat(path)
  const mode = (stat.mode & 0o777).toString(8)
  if (stat.isSymbolicLink()) return `link ${await readlink(path)}`
  if (stat.isDirectory()) return `folder ${mode}`
  const hash = createHash('sha256').update(await readFile(path))
  return `file ${mode} ${hash.digest('hex').slice(0, 16)}`
}
