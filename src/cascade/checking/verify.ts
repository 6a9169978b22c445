import { failsAlike } from '../../core/agreement.ts'
import { summarise } from '../../core/gates.ts'
import type { Place } from '../../core/task.ts'
import { abortable } from '../../abortable.ts'
import { runBaseline } from './baseline.ts'
import { createTreeCheck, type Verification } from './check-tree.ts'
import type { Clock, Project, Stage } from '../ports.ts'

/** Runs a project's gates on trees, each tree once, against the failures the base already has. */
export type Verifier = AsyncDisposable & {
  /**
   * `form` is what is left of the change when its wording does not count; without it only identical trees are shared.
   * The answer names the candidate that this one agrees with, where no gate ran on this one.
   */
  verify(
    tree: string,
    place: Place,
    signal: AbortSignal,
    form?: string,
  ): Stage<Verification & { readonly with: Place | null }>
  /** Do the base's tests pass only after its build? */
  testsNeedBuild(signal: AbortSignal): Promise<boolean>
}

/**
 * Starts the baseline in the background, while the models think. Checks run in order and stop at the first that fails;
 * identical trees are checked once, whoever brings them. Of trees that differ in wording only, one is checked: when it
 * passes, the others agree with it and are themselves not verified; when its build or a test fails, so do they.
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
  const trees = new Map<string, Check>()
  const forms = new Map<string, Check>()

  return {
    async *verify(tree, place, signal, form) {
      for (;;) {
        const startedAt = clock.now()
        const same = trees.get(tree)
        const alike = form === undefined ? undefined : forms.get(form)
        const running = same ?? alike
        if (!running) return { ...(yield* lead(tree, place, signal, form)), with: null }
        const verification = await abortable(running.result, signal)
        if (!verification) continue // its leader was cancelled before it knew
        if (running === same || (verification.failed && failsAlike(verification.failed))) {
          yield outcomeEvent(verification, place, true, clock.now() - startedAt)
          return { ...verification, with: null }
        }
        if (!verification.failed && !running.signal.aborted) {
          yield { type: 'candidate_agreed', place, with: running.place }
          return { ...verification, with: running.place }
        }
        // it says nothing of this tree; the next of this form may wait for what does
        if (forms.get(form!) === running) forms.delete(form!)
      }
    },
    testsNeedBuild: (signal) => abortable(baseline.testsNeedBuild(), signal),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the task is over'))
      await baseline.settled()
    },
  }

  async function* lead(
    tree: string,
    place: Place,
    signal: AbortSignal,
    form: string | undefined,
  ): Stage<Verification> {
    const { promise: result, resolve } = Promise.withResolvers<Verification | null>()
    const running: Check = { place, signal, result }
    trees.set(tree, running)
    if (form !== undefined) forms.set(form, running)
    let verification: Verification | null = null
    const startedAt = clock.now()
    try {
      verification = yield* check(tree, place, signal)
      yield outcomeEvent(verification, place, false, clock.now() - startedAt)
      return verification
    } finally {
      if (!verification) {
        trees.delete(tree)
        if (form !== undefined) forms.delete(form)
      }
      resolve(verification)
    }
  }
}

type Check = {
  readonly place: Place
  /** Aborted when its contest is over: then it is no longer there to be agreed with. */
  readonly signal: AbortSignal
  /** null when it was cancelled. */
  readonly result: Promise<Verification | null>
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
