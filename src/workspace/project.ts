import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../cascade/ports.ts'
import type { GatesConfig } from '../config.ts'
import type { Slots } from '../slots.ts'
import { allowGates, findDependencies, type Confinement } from './confinement.ts'
import { detectGates } from './gates.ts'
import { createPool } from './pool.ts'
import { isInstalled } from './installed.ts'
import { removeTree } from './remove.ts'
import { takeSnapshot } from './repository.ts'
import { createTrees } from './trees.ts'

export type Opening = {
  readonly name: string
  /** The user's folder. */
  readonly folder: string
  /** A folder of ours that does not exist yet; it holds all that is made, and goes with the project. */
  readonly room: string
  readonly gates: GatesConfig
  readonly slots: Slots
  readonly confinement: Confinement
}

/** Freezes a folder and opens it as a project. */
export async function openProject(opening: Opening, signal: AbortSignal): Promise<Project> {
  const { name, folder, room, slots, confinement } = opening
  const gitDir = join(room, 'shadow.git')
  const close = (): Promise<void> => removeTree(room)
  try {
    await mkdir(room, { recursive: true })
    const { commit, base } = await takeSnapshot(folder, gitDir, signal)
    const trees = createTrees(gitDir, signal)
    const paths = new Set(await trees.files(base))
    const packageJson = await trees.read(base, 'package.json')
    const manifests = [...paths].filter((path) => /(?:^|\/)package\.json$/.test(path))
    const installed = await installedManagers()
    const found = detectGates({ packageJson, has: (path) => paths.has(path), installed }, opening.gates)
    const { gates, leftOut } = allowGates(found, confinement)
    const dependencies = await findDependencies(folder, manifests)
    const { cage } = confinement
    const pool = createPool({ folder, room, gitDir, manifests, dependencies, slots, cage })
    return {
      name,
      commit,
      base,
      gates,
      cage: cage.kind,
      leftOut,
      ...trees,
      checkout: (tree, signal) => pool.checkout(tree, signal),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function installedManagers(): Promise<(program: string) => boolean> {
  const managers = ['pnpm', 'yarn', 'bun']
  const found = await Promise.all(managers.map(isInstalled))
  return (program) => found[managers.indexOf(program)] ?? false
}
