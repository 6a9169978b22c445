import { judge, judgeQuick, type Baseline } from '../../core/gates.ts'
import { isExistingTest } from '../../core/protected.ts'
import { stepsOf, timed, unhurried, usesCache, type Step } from '../../core/steps.ts'
import type { GateResult, Place, RanGate } from '../../core/task.ts'
import { abortable } from '../../abortable.ts'
import type { BaselineRuns } from './baseline.ts'
import type { Judge, Project, Stage, Workspace } from '../ports.ts'

/** What the gates said about one tree. */
export type Verification = {
  readonly gates: readonly GateResult[]
  readonly failed: GateResult | null
}

type TreeCheck = (tree: string, place: Place, signal: AbortSignal) => Stage<Verification>

/** Runs the gates on one tree, the cheapest no first, and holds each run against the same gate on the base. */
export function createTreeCheck(project: Project, request: string, baseline: BaselineRuns): TreeCheck {
  return async function* check(tree, place, signal) {
    const judged = await project.judgeOf(tree, request, signal)
    if (judged.kind === 'refused') return yield* refuse(judged.run, tree, place)
    yield { type: 'verification_start', place, tree, gates: judged.gates.map(({ name }) => name) }
    if (judged.gates.length === 0) return { gates: [], failed: null }
    const { written, removed } = await project.changes(project.base, tree, signal)
    const existing = new Set(await project.files(project.base))
    const testsChanged = [...written, ...removed].some((path) => existing.has(path) && isExistingTest(path))
    const hasQuickTests = judged.gates.some(({ kind, quick }) => kind === 'test' && quick !== null)
    const testsNeedBuild = hasQuickTests && (await abortable(baseline.testsNeedBuild(), signal))
    const steps = stepsOf(judged.gates, written, testsNeedBuild)
    const gates: GateResult[] = []
    for (let next = 0; next < steps.length;) {
      // no slot is held while the base's tests run a second time
      const suspect = yield* runSteps(
        steps,
        next,
        { tree, place, judged, written, testsChanged, gates },
        signal,
      )
      if (!suspect) break
      const { at, again } = suspect
      const flaky = await abortable(baseline.flaky(steps[at]!.gate), signal)
      const result = again(flaky)
      gates.push(result)
      yield { type: 'gate_complete', place, result }
      if (result.status === 'failed') break
      next = at + 1
    }
    const last = gates.at(-1)
    if (last?.status === 'failed') return { gates, failed: last }
    // told in the project's order, whatever order was the cheapest
    const order = judged.gates.map(({ name }) => name)
    return {
      gates: gates.toSorted((one, other) => order.indexOf(one.gate) - order.indexOf(other.gate)),
      failed: null,
    }
  }

  /** Runs steps until one fails; a failed test run that may be flaky is handed back unjudged. */
  async function* runSteps(
    steps: readonly Step[],
    from: number,
    check: Check,
    signal: AbortSignal,
  ): Stage<{ at: number; again: (flaky: ReadonlySet<string>) => GateResult } | null> {
    const { tree, place, gates, judged } = check
    await using workspace = await judged.checkout(tree, signal)
    for (const [at, step] of steps.entries()) {
      if (at < from) continue
      const judged = await runStep(step, workspace, check, signal)
      if (!judged) continue
      const { result, again } = judged
      if (again && result.status === 'failed') return { at, again }
      gates.push(result)
      yield { type: 'gate_complete', place, result }
      if (result.status === 'failed') return null
    }
    return null
  }

  /** null where a check of what changed has nothing to say. */
  async function runStep(
    { gate, scope }: Step,
    workspace: Workspace,
    { written, testsChanged, judged: { isNew } }: Check,
    signal: AbortSignal,
  ): Promise<{ result: GateResult; again: ((flaky: ReadonlySet<string>) => GateResult) | null } | null> {
    // no base has warmed the caches, or shown how long it takes
    if (isNew) return { result: judge(await workspace.run(unhurried(gate), signal), NO_BASE), again: null }
    if (usesCache(gate)) await abortable(baseline.settled(), signal)
    let ran = await workspace.run(timed(gate, baseline.soFar(gate)), signal)
    if (ran.timedOut) {
      // the base may have shown meanwhile that it takes longer
      const patient = timed(gate, await abortable(baseline.of(gate), signal))
      if (patient.timeoutMs > ran.ms) ran = await workspace.run(patient, signal)
    }
    signal.throwIfAborted()
    // a green run without test results needs no base to be held against, unless results are what the gate is judged by
    const isPlain = gate.report === null && ran.exitCode === 0 && !ran.timedOut
    const before = isPlain ? null : await abortable(baseline.of(gate), signal)
    if (scope === 'changed') {
      const result = judgeQuick({ ...ran, scope }, written, before)
      return result && { result, again: null }
    }
    const held = (flaky: ReadonlySet<string>): Baseline => ({ run: before, flaky, testsChanged })
    const again =
      gate.kind === 'test' && !ran.timedOut ? (flaky: ReadonlySet<string>) => judge(ran, held(flaky)) : null
    return { result: judge(ran, held(new Set())), again }
  }
}

/** Where nothing was before, every failure counts. */
const NO_BASE: Baseline = { run: null, flaky: new Set(), testsChanged: false }

async function* refuse(run: RanGate, tree: string, place: Place): Stage<Verification> {
  yield { type: 'verification_start', place, tree, gates: [run.gate] }
  const result = judge(run, NO_BASE)
  yield { type: 'gate_complete', place, result }
  return { gates: [result], failed: result }
}

type Check = {
  readonly tree: string
  readonly place: Place
  readonly judged: Extract<Judge, { kind: 'judge' }>
  readonly written: readonly string[]
  readonly testsChanged: boolean
  /** What is known so far, in the order it was found. */
  readonly gates: GateResult[]
}
