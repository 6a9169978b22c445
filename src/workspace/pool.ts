import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Workspace } from '../cascade/ports.ts'
import { usesCache } from '../core/steps.ts'
import type { Gate } from '../core/task.ts'
import type { Slots } from '../slots.ts'
import { createCaches, type Caches } from './gates/caches.ts'
import { layersOver } from './confinement.ts'
import { layDependencies } from './packages/dependencies.ts'
import type { Dependencies } from './packages/installed-packages.ts'
import { git } from './git/git.ts'
import { removeOddities } from './oddities.ts'
import { removeTree } from './remove.ts'
import { CACHE, runGate, type GateRoom } from './gates/run-gate.ts'
import type { Cage } from './cage/sandbox.ts'
import { layToolchains } from './toolchains/layers.ts'
import type { Toolchain } from './toolchains/find.ts'

/** One folder of the pool: a checked-out tree, and a home for what runs in it. */
export type Desk = {
  readonly root: string
  readonly home: string
  readonly index: string
  /** Where what a cage lays over the dependencies is kept. */
  readonly layers: string
}

export type PoolOptions = {
  /** Where the pool may make folders. */
  readonly room: string
  readonly gitDir: string
  /** The tree all others are changes of. */
  readonly base: string
  readonly dependencies: Dependencies
  readonly toolchains: readonly Toolchain[]
  readonly gates: readonly Gate[]
  readonly slots: Slots
  readonly cage: Cage
}

/** Warm workspaces: a folder that held one tree takes the next by changing only what differs. */
export function createPool(options: PoolOptions) {
  const idle: Desk[] = []
  const caches = createCaches(options)
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
          ...workingIn(room, tree, desk, caches, options),
          [Symbol.asyncDispose]: () => clearUp(desk).finally(giveBack),
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

/** What was written beside the tree goes at once: only the tree is worth keeping for the next. */
async function clearUp({ home, layers }: Desk): Promise<void> {
  await Promise.all([home, layers].map(removeTree))
}

function workingIn(
  room: GateRoom,
  tree: string,
  desk: Desk,
  caches: Caches,
  { cage, base }: PoolOptions,
): Omit<Workspace, typeof Symbol.asyncDispose> {
  let laid: ReturnType<Caches['lay']> | undefined
  return {
    async run(gate, signal) {
      if (!usesCache(gate)) return runGate(gate, room, cage, signal)
      laid ??= caches.lay(tree, desk, signal)
      const overlays = [...room.overlays, ...(await laid)]
      return runGate(gate, { ...room, overlays }, cage, signal)
    },
    keepCaches: async () => (tree === base ? caches.keep(desk) : undefined),
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
  const { gitDir, toolchains } = options
  const { root, home, index } = desk
  await removeTree(home)
  // git that was stopped halfway leaves its lock behind
  await removeTree(`${index}.lock`)
  // a repository that a gate made here is the one thing that git does not clean
  await removeTree(join(root, '.git'))
  for (const folder of ['tmp', CACHE]) await mkdir(join(home, folder), { recursive: true })
  await mkdir(root, { recursive: true })
  const there = { gitDir, index, workTree: root }
  await git(['read-tree', '--reset', '-u', tree], there, signal)
  // ignored leftovers too; what stands in the project's own node_modules is put right by the dependencies
  const kept = options.dependencies.folders.flatMap(({ at }) => ['-e', ignorePattern(at)])
  await git(['clean', '-ffdxq', ...kept], there, signal)
  const { cage, dependencies } = options
  const modules = dependencies.folders.map(({ at }) => join(root, at))
  await removeOddities(root, new Set(modules))
  const layers = await layToolchains(toolchains, desk, cage.overlays)
  if (cage.overlays) {
    for (const { at } of dependencies.folders) await makeEmptyFolder(join(root, at))
    const overlays = await layersOver(dependencies, root, desk.layers)
    return {
      root,
      home,
      toolchains,
      overlays: [...overlays, ...layers.overlays],
      readable: dependencies.beyond,
    }
  }
  await layDependencies(dependencies, root)
  const readable = [
    ...dependencies.folders.map(({ lower }) => lower),
    ...dependencies.beyond,
    ...layers.readable,
  ]
  return { root, home, toolchains, overlays: [], readable }
}

/** Whatever a gate left in its place, a link into the user's files even, is taken away and never followed. */
async function makeEmptyFolder(path: string): Promise<void> {
  await removeTree(path)
  await mkdir(path, { recursive: true })
}

/** The pattern of a .gitignore for this folder and no other. */
const ignorePattern = (folder: string): string => `/${folder.replaceAll(/[\\*?[\]! ]/g, String.raw`\$&`)}`
