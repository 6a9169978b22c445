import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Workspace } from '../cascade/ports.ts'
import type { Slots } from '../slots.ts'
import { provideDependencies } from './dependencies.ts'
import { git } from './git.ts'
import { runGate } from './run-gate.ts'

/** One folder of the pool: a checked-out tree, and a home for what runs in it. */
type Desk = { readonly root: string; readonly home: string; readonly index: string }

export type PoolOptions = {
  /** The user's project. */
  readonly folder: string
  /** Where the pool may make folders. */
  readonly room: string
  readonly gitDir: string
  /** Paths of the project's package.json files. */
  readonly manifests: readonly string[]
  readonly slots: Slots
}

/** Warm workspaces: a folder that held one tree takes the next by changing only what differs. */
export function createPool(options: PoolOptions) {
  const idle: Desk[] = []
  let made = 0

  return {
    /** Waits for a slot, then for the tree to stand in a folder. Disposing gives both back. */
    async checkout(tree: string, signal: AbortSignal): Promise<Workspace> {
      const slot = await options.slots.take(signal)
      const desk = idle.pop() ?? newDesk()
      const giveBack = (): void => {
        idle.push(desk)
        slot[Symbol.dispose]()
      }
      try {
        await lay(tree, desk, options, signal)
      } catch (error) {
        giveBack()
        throw error
      }
      return {
        run: (gate, signal) => runGate(gate, desk, signal),
        [Symbol.asyncDispose]: async () => giveBack(),
      }
    },
  }

  function newDesk(): Desk {
    made += 1
    const at = join(options.room, `desk-${made}`)
    return { root: join(at, 'tree'), home: join(at, 'home'), index: join(at, 'index') }
  }
}

/** Makes the folder hold exactly this tree and the dependencies; when that fails on what is left there, from scratch. */
async function lay(tree: string, desk: Desk, options: PoolOptions, signal: AbortSignal): Promise<void> {
  try {
    await reset(tree, desk, options, signal)
  } catch {
    signal.throwIfAborted()
    await rm(desk.root, { recursive: true, force: true })
    await rm(desk.index, { force: true })
    await reset(tree, desk, options, signal)
  }
}

async function reset(tree: string, desk: Desk, options: PoolOptions, signal: AbortSignal): Promise<void> {
  const { gitDir } = options
  const { root, home, index } = desk
  await rm(home, { recursive: true, force: true })
  await mkdir(join(home, 'tmp'), { recursive: true })
  await mkdir(root, { recursive: true })
  const there = { gitDir, index, workTree: root }
  await git(['read-tree', '--reset', '-u', tree], there, signal)
  // ignored leftovers too; what stands in node_modules is put right by the dependencies
  await git(['clean', '-ffdxq', '-e', 'node_modules'], there, signal)
  await provideDependencies(options.folder, root, options.manifests)
}
