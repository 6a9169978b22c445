import type { Limits } from '../../src/cascade/ports.ts'
import { FileConfig } from '../../src/config.ts'
import { NO_BUDGET, type Effort, type Task } from '../../src/core/task.ts'

/** The server's own numbers, as its configuration has them where nobody changed them. */
export const LIMITS: Limits = {
  ...FileConfig.parse({}).limits,
  seats: { fast: 5, deep: 3, reviewer: 2, cloud: 1 },
  budget: NO_BUDGET,
}

/** A request of the benchmark, as a client would make it. */
export const taskAt = (run: number, request: string, effort: Effort): Task => ({
  id: `task_${run}`,
  request,
  conversation: '',
  filesOwned: [],
  allowTests: false,
  effort,
  budget: NO_BUDGET,
  workspace: { kind: 'named', name: 'bench' },
})
