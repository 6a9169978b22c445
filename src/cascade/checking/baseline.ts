import { SwarmError } from '../../core/errors.ts'
import { unhurried } from '../../core/steps.ts'
import { flakyTests, unstableFindings } from '../../core/test-cases.ts'
import type { Gate, RanGate } from '../../core/task.ts'
import type { Project } from '../ports.ts'

/** What a project's gates say about its base. */
export type BaselineRuns = {
  /** The run of this gate on the base. */
  of(gate: Gate): Promise<RanGate>
  /** The same, if it has ended by now. */
  soFar(gate: Gate): RanGate | null
  /** Tests of this gate that pass and fail on the base itself, found by running them a second time, once. */
  flaky(gate: Gate): Promise<ReadonlySet<string>>
  /** Do the base's tests pass only after its build? */
  testsNeedBuild(): Promise<boolean>
  /** Every gate has run, its caches are kept, and nothing goes on. Never rejects. */
  settled(): Promise<void>
}

/** Starts every gate once on the base, each on its own: a gate that fails there must not hide the next. */
export function runBaseline(project: Project, signal: AbortSignal): BaselineRuns {
  const runs = new Map(project.gates.map(({ name }) => [name, Promise.withResolvers<RanGate>()]))
  const needsBuild = Promise.withResolvers<boolean>()
  const ended = new Map<string, RanGate>()
  const second = new Map<string, Promise<ReadonlySet<string>>>()
  const all = [...runs.values(), needsBuild]
  // whoever needs it gets the rejection; nobody may need it
  for (const { promise } of all) promise.catch(() => {})
  const first = runAll().catch((error: unknown) => {
    for (const { reject } of all) reject(error)
  })

  return {
    async settled() {
      await Promise.allSettled([first, ...second.values()])
    },
    of(gate) {
      const run = runs.get(gate.name)
      if (!run) throw new SwarmError('internal', `no baseline for gate ${gate.name}`)
      return run.promise
    },
    soFar: (gate) => ended.get(gate.name) ?? null,
    flaky(gate) {
      const known = second.get(gate.name) ?? runAgain(gate)
      second.set(gate.name, known)
      return known
    },
    testsNeedBuild: () => needsBuild.promise,
  }

  async function runAll(): Promise<void> {
    if (project.gates.length === 0) return needsBuild.resolve(false)
    await using workspace = await project.checkout(project.base, signal)
    const run = async (gate: Gate): Promise<RanGate> => {
      const ran = await workspace.run(unhurried(gate), signal)
      signal.throwIfAborted()
      return ran
    }
    const settle = (gate: Gate, ran: RanGate): void => {
      ended.set(gate.name, ran)
      runs.get(gate.name)!.resolve(ran)
    }
    const ofKind = (kind: Gate['kind']): Gate[] => project.gates.filter((gate) => gate.kind === kind)
    for (const gate of [...ofKind('lint'), ...ofKind('typecheck')]) settle(gate, await run(gate))
    // tests that pass before the build do not need it
    const tests = ofKind('test')
    const builds = ofKind('build')
    const unsettled: Gate[] = []
    for (const gate of tests) {
      const ran = await run(gate)
      if (ran.exitCode === 0 || builds.length === 0) settle(gate, ran)
      else unsettled.push(gate)
    }
    needsBuild.resolve(unsettled.length > 0)
    for (const gate of builds) settle(gate, await run(gate))
    for (const gate of unsettled) settle(gate, await run(gate))
    await workspace.keepCaches()
  }

  async function runAgain(gate: Gate): Promise<ReadonlySet<string>> {
    const before = await runs.get(gate.name)!.promise
    await using workspace = await project.checkout(project.base, signal)
    if (await needsBuild.promise) {
      for (const build of project.gates.filter(({ kind }) => kind === 'build'))
        await workspace.run(build, signal)
    }
    const again = await workspace.run(unhurried(gate), signal)
    signal.throwIfAborted()
    return before.cases && again.cases
      ? flakyTests(before.cases, again.cases)
      : unstableFindings(before, again)
  }
}
