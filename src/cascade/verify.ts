import { SwarmError } from '../core/errors.ts'
import { judge, summarise } from '../core/gates.ts'
import { applyEdits, neededPaths } from '../core/patch/apply.ts'
import { readReply } from '../core/reply.ts'
import type { Gate, GateName, GateResult, GateRun, Place } from '../core/task.ts'
import type { Clock, Project, Stage } from './ports.ts'

/** What the gates said about one tree. */
export type Verification = { readonly gates: readonly GateResult[]; readonly failed: GateResult | null }

/** Runs a project's gates on trees, each tree once, against the failures the base already has. */
export type Verifier = AsyncDisposable & {
  verify(tree: string, place: Place, signal: AbortSignal): Stage<Verification>
}

/**
 * Starts the baseline in the background, while the models think. The gates run in order and stop at the first that
 * fails; identical trees are checked once, whoever brings them.
 */
export function createVerifier(project: Project, clock: Clock, signal: AbortSignal): Verifier {
  const stop = new AbortController()
  const baseline = runBaseline(project, AbortSignal.any([signal, stop.signal]))
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
      await baseline.settled
    },
  }

  async function* lead(tree: string, place: Place, signal: AbortSignal): Stage<Verification> {
    const { promise, resolve } = Promise.withResolvers<Verification | null>()
    known.set(tree, promise)
    let verification: Verification | null = null
    const startedAt = clock.now()
    try {
      verification = yield* runGates(tree, place, signal)
      yield outcomeEvent(verification, place, false, clock.now() - startedAt)
      return verification
    } finally {
      if (!verification) known.delete(tree)
      resolve(verification)
    }
  }

  async function* runGates(tree: string, place: Place, signal: AbortSignal): Stage<Verification> {
    yield { type: 'verification_start', place, tree, gates: project.gates.map(({ name }) => name) }
    if (project.gates.length === 0) return { gates: [], failed: null }
    const gates: GateResult[] = []
    await using workspace = await project.checkout(tree, signal)
    for (const gate of project.gates) {
      const run = await workspace.run(gate, signal)
      signal.throwIfAborted()
      const failed = run.exitCode !== 0 || run.timedOut
      const result = judge(run, failed ? await abortable(baseline.of(gate), signal) : null)
      gates.push(result)
      yield { type: 'gate_complete', place, result }
      if (result.status === 'failed') return { gates, failed: result }
    }
    return { gates, failed: null }
  }
}

/** The unified diff in, `{ success, errors?, logs? }` out: the contract of a tool runner. */
export async function verifyDiff(
  project: Project,
  diff: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ success: boolean; errors?: string[]; logs?: string }> {
  const reading = readReply(diff)
  if (!reading.ok) return { success: false, errors: [`${reading.code}: ${reading.reason}`] }
  const paths = new Set(await project.files(project.base))
  const contents = await readAll(project, neededPaths(reading.edits, paths))
  const applied = applyEdits(reading.edits, { paths, read: (path) => contents.get(path) })
  if (!applied.ok) return { success: false, errors: [`${applied.code}: ${applied.reason}`] }
  const tree = await project.write(project.base, applied.changes, signal)
  await using verifier = createVerifier(project, clock, signal)
  const stage = verifier.verify(tree, { subtask: 'check', seat: 1 }, signal)
  for (;;) {
    const next = await stage.next()
    if (!next.done) continue
    const { gates, failed } = next.value
    const logs = gates.map(({ gate, log }) => `== ${gate}\n${log}`).join('\n')
    return failed ? { success: false, errors: [summarise(failed)], logs } : { success: true, logs }
  }
}

/** Text of these files, as far as they are there. */
export async function readAll(
  project: Project,
  paths: readonly string[],
  tree = project.base,
): Promise<Map<string, string>> {
  const contents = await Promise.all(paths.map((path) => project.read(tree, path)))
  const found = paths.flatMap((path, index): [string, string][] => {
    const content = contents[index]
    return content === undefined ? [] : [[path, content]]
  })
  return new Map(found)
}

/** Every gate once on the base, each on its own: a gate that fails there must not hide the next. */
function runBaseline(project: Project, signal: AbortSignal) {
  const runs = new Map<GateName, PromiseWithResolvers<GateRun>>()
  for (const { name } of project.gates) {
    const run = Promise.withResolvers<GateRun>()
    run.promise.catch(() => {}) // whoever needs it gets the rejection; nobody may need it
    runs.set(name, run)
  }
  const settled = runAll().catch((error: unknown) => {
    for (const run of runs.values()) run.reject(error)
  })
  return {
    settled,
    of(gate: Gate): Promise<GateRun> {
      const run = runs.get(gate.name)
      if (!run) throw new SwarmError('internal', `no baseline for gate ${gate.name}`)
      return run.promise
    },
  }

  async function runAll(): Promise<void> {
    if (project.gates.length === 0) return
    await using workspace = await project.checkout(project.base, signal)
    for (const gate of project.gates) {
      const run = await workspace.run(gate, signal)
      signal.throwIfAborted()
      runs.get(gate.name)!.resolve(run)
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

/** Waits for somebody else's work, but no longer than the signal lets. */
function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
}
