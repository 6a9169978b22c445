import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Project } from '../cascade/ports.ts'
import { systemPath, toolSettings, type GatesConfig } from '../config.ts'
import { isUnbegun } from '../core/new-project/unbegun.ts'
import type { EarlierChange } from '../core/task.ts'
import type { Slots } from '../slots.ts'
import { allowGates, type Confinement } from './confinement.ts'
import { findDependencies } from './packages/installed-packages.ts'
import { detectGates } from './gates/detect.ts'
import { judgesIn } from './gates/judges.ts'
import { createPool } from './pool.ts'
import { factsOf } from './project-facts.ts'
import { createGrounds } from './grounds.ts'
import { removeTree } from './remove.ts'
import { findEarlier, type Earlier } from './git/earlier-tree.ts'
import { putOnTop } from './git/on-top.ts'
import { takeSnapshot } from './git/repository.ts'
import { formOf } from './normal-form/form-of.ts'
import { newMistakes } from './syntax/new-mistakes.ts'
import { findToolchains } from './toolchains/find.ts'
import { createTrees } from './git/trees.ts'

export type Opening = {
  readonly name: string
  /** The user's folder. */
  readonly folder: string
  /** A folder of ours that does not exist yet; it holds all that is made, and goes with the project. */
  readonly room: string
  /** Where downloaded packages stay. */
  readonly downloads: string
  readonly gates: GatesConfig
  readonly slots: Slots
  readonly confinement: Confinement
  /** Open it as it was then, and not as it is now. */
  readonly earlier?: Earlier | undefined
  /** A change to work on top of. */
  readonly upon?: EarlierChange | undefined
}

/** Freezes a folder and opens it as a project. */
export async function openProject(opening: Opening, signal: AbortSignal): Promise<Project> {
  const { name, folder, room, slots, confinement } = opening
  const gitDir = join(room, 'shadow.git')
  const opened: AsyncDisposable[] = []
  const close = async (): Promise<void> => {
    for (const part of opened) await part[Symbol.asyncDispose]()
    await removeTree(room)
  }
  try {
    await mkdir(room, { recursive: true })
    const snapshot = await takeSnapshot(folder, gitDir, signal)
    const { commit } = snapshot
    const theirs = opening.earlier
      ? await findEarlier(opening.earlier, snapshot, folder, signal)
      : snapshot.base
    const { upon } = opening
    const onTop = upon ? await putOnTop(upon, snapshot, signal) : null
    const base = onTop?.tree ?? theirs
    const trees = createTrees(gitDir, signal)
    const list: Project['files'] = (tree) => trees.files(tree)
    const read: Project['read'] = (tree, path) => trees.read(tree, path)
    // also on top of a change that made all there is: each tree brings its checks along, and installs its packages
    const beside = await list(theirs)
    const isNew = isUnbegun(beside)
    const settled = isNew ? theirs : base
    const files = new Set(await list(settled))
    const [facts, dependencies, toolchains] = await Promise.all([
      factsOf(folder, settled, files, read),
      findDependencies(folder, files),
      findToolchains(files, folder, systemPath, toolSettings),
    ])
    const { cage } = confinement
    const { gates, leftOut } = allowGates(detectGates(facts, opening.gates), confinement)
    const common = { gitDir, base, slots, cage, toolchains }
    const pool = createPool({ ...common, room, gates, dependencies })
    const checkout: Project['checkout'] = (tree, signal) => pool.checkout(tree, signal)
    const grounds = createGrounds({
      room,
      downloads: opening.downloads,
      cage,
      slots,
      beside: new Set(beside),
      files: list,
      read,
      gatesOf: async (tree) => {
        const facts = await factsOf(folder, tree, new Set(await list(tree)), read)
        return allowGates(detectGates(facts, opening.gates), confinement).gates
      },
      openPool: async (installed, manifests, room) => {
        const dependencies = await findDependencies(installed, new Set(manifests))
        return createPool({ ...common, room, gates: [], dependencies })
      },
    })
    opened.push(grounds)
    return {
      name,
      commit,
      theirs,
      base,
      onTop: onTop && { ...onTop, asThen: upon?.tree === theirs },
      gates,
      judges: judgesIn(gates, files, facts.read),
      cage: cage.kind,
      leftOut: isNew && cage.kind === 'none' && !confinement.unsafeGates ? ['build', 'test'] : leftOut,
      ...trees,
      judgeOf: isNew ? grounds.of : async () => ({ kind: 'judge', isNew: false, gates, checkout }),
      mistakes: (tree, changes, signal) => newMistakes(tree, changes, read, signal),
      formOf: (from, to, signal) => formOf(from, to, trees, signal),
      checkout,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
