import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Workspace } from '../cascade/ports.ts'
import type { Slots } from '../slots.ts'
import { provideDependencies } from './dependencies.ts'
import { git } from './git.ts'
import { removeTree } from './remove.ts'
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
    await removeTree(desk.root)
    await removeTree(desk.index)
    await reset(tree, desk, options, signal)
  }
}

async function reset(tree: string, desk: Desk, options: PoolOptions, signal: AbortSignal): Promise<void> {
  const { gitDir } = options
  const { root, home, index } = desk
  await removeTree(home)
  // a repository that a gate made here is the one thing that git does not clean
  await removeTree(join(root, '.git'))
  await mkdir(join(home, 'tmp'), { recursive: true })
  await mkdir(root, { recursive: true })
  const there = { gitDir, index, workTree: root }
  await git(['read-tree', '--reset', '-u', tree], there, signal)
  // ignored leftovers too; what stands in the project's own node_modules is put right by the dependencies
  const kept = options.manifests.flatMap((manifest) => ['-e', ignorePattern(dirname(manifest))])
  await git(['clean', '-ffdxq', ...kept], there, signal)
  await provideDependencies(options.folder, root, options.manifests)
}

/** The pattern of a .gitignore for the node_modules of this folder and no other. */
const ignorePattern = (folder: string): string =>
  `/${join(folder, 'node_modules').replaceAll(/[\\*?[\]! ]/g, String.raw`\$&`)}`
