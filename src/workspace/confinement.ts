import { join } from 'node:path'
import type { Gate, GateKind } from '../core/task.ts'
import { layLinks } from './packages/dependencies.ts'
import type { Dependencies } from './packages/installed-packages.ts'
import { freshOverlay } from './cage/overlay.ts'
import type { Cage, CageLimits, Overlay } from './cage/sandbox.ts'

/** How gates are held that run what a model wrote. */
export type Confinement = {
  readonly cage: Cage
  /** The user said that they may run where there is no cage. */
  readonly unsafeGates: boolean
}

/** Lint and type check read what a model wrote; these two run it. */
const RUNS_CODE: ReadonlySet<GateKind> = new Set(['build', 'test'])

/** The gates that may run here, and those that are left out because nothing would hold them. */
export function allowGates(
  gates: readonly Gate[],
  { cage, unsafeGates }: Confinement,
): { gates: Gate[]; leftOut: string[] } {
  const isHeld = cage.kind !== 'none' || unsafeGates
  const allowed = gates.filter(({ kind }) => isHeld || !RUNS_CODE.has(kind))
  return { gates: allowed, leftOut: gates.filter((gate) => !allowed.includes(gate)).map(({ name }) => name) }
}

/** Generous for a build or a test run, and far from what would hurt the machine. */
export const GATE_LIMITS: CageLimits = { processes: 512, memoryBytes: 4 * 2 ** 30, fileBytes: 512 * 2 ** 20 }

/** Of a gate and all that it starts together; what a large build takes, and no machine's ruin. */
export const GATE_BUDGET = { memoryBytes: 8 * 2 ** 30, diskBytes: 8 * 2 ** 30 }

/** Fresh layers over the user's dependencies for one checkout; what the last one wrote there is gone. */
export const layersOver = (dependencies: Dependencies, root: string, layers: string): Promise<Overlay[]> =>
  Promise.all(
    dependencies.folders.map(async ({ at, lower, links }, index) => {
      const overlay = await freshOverlay(lower, join(root, at), join(layers, String(index)))
      await layLinks(links, overlay.upper)
      return overlay
    }),
  )
