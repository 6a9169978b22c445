import { summarise } from '../core/gates.ts'
import type { Place } from '../core/task.ts'
import { abortable } from './abortable.ts'
import { runBaseline } from './baseline.ts'
import { createTreeCheck, type Verification } from './check-tree.ts'
import type { Clock, Project, Stage } from './ports.ts'

/** Runs a project's gates on trees, each tree once, against the failures the base already has. */
export type Verifier = AsyncDisposable & {
  verify(tree: string, place: Place, signal: AbortSignal): Stage<Verification>
}

/**
 * Starts the baseline in the background, while the models think. Checks run in order and stop at the first that fails;
 * identical trees are checked once, whoever brings them.
 */
export function createVerifier(
  project: Project,
  request: string,
  clock: Clock,
  signal: AbortSignal,
): Verifier {
  const stop = new AbortController()
  const baseline = runBaseline(project, AbortSignal.any([signal, stop.signal]))
  const check = createTreeCheck(project, request, baseline)
  const known = new Map<string, Promise<Verification | null>>()

  return {
    async *verify(tree, place, signal) {
      for (;;) {
        const startedAt = clock.now()
        const running = known.get(tree)
        if (!running) return yield* lead(tree, place, signal)
        const verification = await abortable(running, signal)
        if (!verification) continue // its leader was cancelled before it knew
        yield outcomeEvent(verification, place, true, clock.now() - startedAt)
        return verification
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the task is over'))
      await baseline.settled()
    },
  }

  async function* lead(tree: string, place: Place, signal: AbortSignal): Stage<Verification> {
    const { promise, resolve } = Promise.withResolvers<Verification | null>()
    known.set(tree, promise)
    let verification: Verification | null = null
    const startedAt = clock.now()
    try {
      verification = yield* check(tree, place, signal)
      yield outcomeEvent(verification, place, false, clock.now() - startedAt)
      return verification
    } finally {
      if (!verification) known.delete(tree)
      resolve(verification)
    }
  }
}

function outcomeEvent(verification: Verification, place: Place, shared: boolean, ms: number) {
  const latencyMs = Math.round(ms)
  const { failed } = verification
  if (!failed) return { type: 'verification_pass', place, shared, latencyMs } as const
  return {
    type: 'verification_fail',
    place,
    shared,
    gate: failed.gate,
    summary: summarise(failed),
    latencyMs,
  } as const
}
