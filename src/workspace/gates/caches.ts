import { lstat, mkdir, rename, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Gate } from '../../core/task.ts'
import { git, parts } from '../git/git.ts'
import { freshOverlay } from '../cage/overlay.ts'
import { makePlainFolder } from '../plain-folder.ts'
import { CACHE } from './run-gate.ts'
import type { Cage, Overlay } from '../cage/sandbox.ts'

type Places = { readonly root: string; readonly home: string; readonly layers: string }

/**
 * What tools keep for their next run. Only what the gates on the base left is ever handed on, because what a candidate's
 * code wrote could make the next one look right; every checkout gets it under an overlay of its own.
 */
export type Caches = {
  /** Moves what the base's gates left here to where every later checkout starts from. */
  keep(desk: Places): Promise<void>
  /** Lays what was kept under this checkout, as far as there is something. */
  lay(tree: string, desk: Places, signal: AbortSignal): Promise<Overlay[]>
}

type CacheOptions = {
  readonly room: string
  readonly gitDir: string
  readonly base: string
  readonly gates: readonly Gate[]
  readonly cage: Cage
}

export function createCaches({ room, gitDir, base, gates, cage }: CacheOptions): Caches {
  const places = [
    { at: 'home', path: CACHE } as const,
    ...new Set(gates.flatMap(({ folder, caches }) => caches.map((cache) => join(folder, cache)))),
  ].map((place) => (typeof place === 'string' ? ({ at: 'root', path: place } as const) : place))
  const kept: { readonly lower: string; readonly at: 'root' | 'home'; readonly path: string }[] = []

  return {
    async keep(desk) {
      if (!cage.overlays || kept.length > 0) return
      for (const [index, { at, path }] of places.entries()) {
        const from = join(desk[at], path)
        const lower = join(room, 'kept', String(index))
        const found = await lstat(from).catch(() => null)
        if (!found?.isDirectory()) continue
        await mkdir(dirname(lower), { recursive: true })
        await rename(from, lower)
        kept.push({ lower, at, path })
      }
    },
    async lay(tree, desk, signal) {
      if (kept.length === 0) return []
      await touchChanged(tree, desk.root, signal)
      return Promise.all(
        kept.map(async ({ lower, at, path }, index) => {
          const target = await makePlainFolder(desk[at], path)
          return freshOverlay(lower, target, join(desk.layers, `cache-${index}`))
        }),
      )
    },
  }

  /** Tools that compare times, as cargo does, must find what the candidate changed newer than what was kept. */
  async function touchChanged(tree: string, root: string, signal: AbortSignal): Promise<void> {
    const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', '--diff-filter=d', base, tree]
    const now = new Date()
    for (const path of parts(await git(args, { gitDir }, signal))) {
      const place = join(root, path)
      if ((await lstat(place).catch(() => null))?.isFile()) await utimes(place, now, now)
    }
  }
}
