import { readdir, realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { Gate, GateName } from '../core/task.ts'
import { freshOverlay } from './overlay.ts'
import type { Cage, CageLimits, Overlay } from './sandbox.ts'

/** How gates are held that run what a model wrote. */
export type Confinement = {
  readonly cage: Cage
  /** The user said that they may run where there is no cage. */
  readonly unsafeGates: boolean
}

/** Lint and type check read what a model wrote; these two run it. */
const RUNS_CODE: ReadonlySet<GateName> = new Set(['build', 'test'])

/** The gates that may run here, and those that are left out because nothing would hold them. */
export function allowGates(
  gates: readonly Gate[],
  { cage, unsafeGates }: Confinement,
): { gates: Gate[]; leftOut: GateName[] } {
  const isHeld = cage.kind !== 'none' || unsafeGates
  const allowed = gates.filter(({ name }) => isHeld || !RUNS_CODE.has(name))
  return { gates: allowed, leftOut: gates.filter((gate) => !allowed.includes(gate)).map(({ name }) => name) }
}

/** Generous for a build or a test run, and far from what would hurt the machine. */
export const GATE_LIMITS: CageLimits = { processes: 512, memoryBytes: 4 * 2 ** 30, fileBytes: 512 * 2 ** 20 }

/** The user's installed dependencies, as a cage needs to know them. */
export type Dependencies = {
  /** Each `node_modules` of the project: where it stands in the tree, and where the user's really is. */
  readonly folders: readonly { readonly at: string; readonly lower: string }[]
  /** What links in them lead to outside the project, such as packages linked from elsewhere. */
  readonly beyond: readonly string[]
}

/** Finds the installed dependencies beside the project's manifests. */
export async function findDependencies(project: string, manifests: readonly string[]): Promise<Dependencies> {
  const root = await realpath(project)
  const found = await Promise.all(
    manifests.map(async (manifest) => {
      const at = join(dirname(manifest), 'node_modules')
      const lower = await realpath(join(root, at)).catch(() => null)
      return lower === null ? [] : [{ at, lower }]
    }),
  )
  const folders = found.flat()
  const beyond = await Promise.all(folders.map(({ lower }) => linksOut(lower, root)))
  return { folders, beyond: [...new Set(beyond.flat())] }
}

/** Where the links in a `node_modules` lead when it is outside: the whole `node_modules` around it, or the package. */
async function linksOut(folder: string, root: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const scopes = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith('@'))
  const below = await Promise.all(scopes.map(({ name }) => linksOut(join(folder, name), root)))
  const targets = await Promise.all(
    entries
      .filter((entry) => entry.isSymbolicLink())
      .map(({ name }) => realpath(join(folder, name)).catch(() => null)),
  )
  const outside = targets.filter(
    (target) => target !== null && !`${target}${sep}`.startsWith(`${root}${sep}`),
  )
  return [...below.flat(), ...outside.map((target) => outermostModules(target!))]
}

function outermostModules(path: string): string {
  const marker = `${sep}node_modules${sep}`
  const at = path.indexOf(marker)
  return at === -1 ? path : path.slice(0, at + marker.length - 1)
}

/** Fresh layers over the user's dependencies for one checkout; what the last one wrote there is gone. */
export const layersOver = (dependencies: Dependencies, root: string, layers: string): Promise<Overlay[]> =>
  Promise.all(
    dependencies.folders.map(({ at, lower }, index) =>
      freshOverlay(lower, join(root, at), join(layers, String(index))),
    ),
  )
