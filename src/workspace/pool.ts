import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Workspace } from '../cascade/ports.ts'
import type { Slots } from '../slots.ts'
import { layersOver, type Dependencies } from './confinement.ts'
import { provideDependencies } from './dependencies.ts'
import { git } from './git.ts'
import { removeOddities } from './oddities.ts'
import { removeTree } from './remove.ts'
import { runGate, type GateRoom } from './run-gate.ts'
import type { Cage } from './sandbox.ts'

/** One folder of the pool: a checked-out tree, and a home for what runs in it. */
export type Desk = {
  readonly root: string
  readonly home: string
  readonly index: string
  /** Where what a cage lays over the dependencies is kept. */
  readonly layers: string
}

export type PoolOptions = {
  /** The user's project. */
  readonly folder: string
  /** Where the pool may make folders. */
  readonly room: string
  readonly gitDir: string
  /** Paths of the project's package.json files. */
  readonly manifests: readonly string[]
  readonly dependencies: Dependencies
  readonly slots: Slots
  readonly cage: Cage
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
        const room = await lay(tree, desk, options, signal)
        return {
          run: (gate, signal) => runGate(gate, room, options.cage, signal),
          [Symbol.asyncDispose]: async () => giveBack(),
        }
      } catch (error) {
        giveBack()
        throw error
      }
    },
  }

  function newDesk(): Desk {
    made += 1
    const at = join(options.room, `desk-${made}`)
    return {
      root: join(at, 'tree'),
      home: join(at, 'home'),
      index: join(at, 'index'),
      layers: join(at, 'layers'),
    }
  }
}

/** Makes the folder hold exactly this tree and the dependencies; when that fails on what is left there, from scratch. */
async function lay(tree: string, desk: Desk, options: PoolOptions, signal: AbortSignal): Promise<GateRoom> {
  try {
    return await reset(tree, desk, options, signal)
  } catch {
    signal.throwIfAborted()
    await removeTree(desk.root)
    await removeTree(desk.index)
    return reset(tree, desk, options, signal)
  }
}

async function reset(tree: string, desk: Desk, options: PoolOptions, signal: AbortSignal): Promise<GateRoom> {
  const { gitDir } = options
  const { root, home, index } = desk
  await removeTree(home)
  // git that was stopped halfway leaves its lock behind
  await removeTree(`${index}.lock`)
  // a repository that a gate made here is the one thing that git does not clean
  await removeTree(join(root, '.git'))
  await mkdir(join(home, 'tmp'), { recursive: true })
  await mkdir(root, { recursive: true })
  const there = { gitDir, index, workTree: root }
  await git(['read-tree', '--reset', '-u', tree], there, signal)
  // ignored leftovers too; what stands in the project's own node_modules is put right by the dependencies
  const kept = options.manifests.flatMap((manifest) => ['-e', ignorePattern(dirname(manifest))])
  await git(['clean', '-ffdxq', ...kept], there, signal)
  const { cage, dependencies } = options
  const modules = options.manifests.map((manifest) => join(root, dirname(manifest), 'node_modules'))
  await removeOddities(root, new Set(modules))
  if (cage.overlays) {
    for (const { at } of dependencies.folders) await makeEmptyFolder(join(root, at))
    const overlays = await layersOver(dependencies, root, desk.layers)
    return { root, home, overlays, readable: dependencies.beyond }
  }
  await provideDependencies(options.folder, root, options.manifests)
  const readable = [...dependencies.folders.map(({ lower }) => lower), ...dependencies.beyond]
  return { root, home, overlays: [], readable }
}

/** Whatever a gate left in its place, a link into the user's files even, is taken away and never followed. */
async function makeEmptyFolder(path: string): Promise<void> {
  await removeTree(path)
  await mkdir(path, { recursive: true })
}

/** The pattern of a .gitignore for the node_modules of this folder and no other. */
const ignorePattern = (folder: string): string =>
  `/${join(folder, 'node_modules').replaceAll(/[\\*?[\]! ]/g, String.raw`\$&`)}`
