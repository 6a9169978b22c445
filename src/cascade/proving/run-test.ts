import { stepsOf } from '../../core/steps.ts'
import type { Gate, GateResult, RanGate, SpecTest } from '../../core/task.ts'
import { readByCases, readByExit, type TestRun, type Without } from '../../core/test-outcome.ts'
import type { Judge } from '../ports.ts'
import type { Setting } from '../setting.ts'

/** A tree to run a test in. */
export type Ground = {
  readonly tree: string
  /** What the gates said of the tree itself; null where nobody asked them. */
  readonly gates: readonly GateResult[] | null
}

type Judged = Extract<Judge, { kind: 'judge' }>

/** Puts one more test file into a tree and tells what became of it, apart from all other tests of the project. */
export async function runTest(
  test: SpecTest,
  { tree, gates }: Ground,
  setting: Setting,
  signal: AbortSignal,
): Promise<TestRun> {
  const { project, task } = setting
  const judged = await project.judgeOf(tree, task.request, signal)
  const gate = judged.kind === 'judge' ? gateFor(test.path, judged.gates) : null
  if (judged.kind !== 'judge' || !gate) return { outcome: 'unclear', cases: [] }
  const withTest = await project.write(tree, [test], signal)
  const bench: Bench = { gate, builds: await buildsBefore(judged, setting, signal), judged }
  const { built, ran } = await runTests(withTest, [test.path], bench, signal)
  if (!built) return { outcome: 'broken', cases: [] }
  return readByCases(ran, test) ?? readByExit(ran, await without(tree, gates, bench, signal))
}

/** The test run that a file belongs to: of the innermost folder that has one. */
export const gateFor = (path: string, gates: readonly Gate[]): Gate | null =>
  gates
    .filter(({ kind, folder }) => kind === 'test' && (folder === '' || path.startsWith(`${folder}/`)))
    .sort((one, other) => other.folder.length - one.folder.length)[0] ?? null

/** Builds without which the tests of this project do not run. */
export async function buildsBefore(
  { isNew, gates }: Judged,
  { verifier }: Setting,
  signal: AbortSignal,
): Promise<readonly Gate[]> {
  const builds = gates.filter(({ kind }) => kind === 'build')
  // of a project that began empty nobody knows
  return builds.length > 0 && (isNew || (await verifier.testsNeedBuild(signal))) ? builds : []
}

/** A test run, and what it takes. */
export type Bench = { readonly gate: Gate; readonly builds: readonly Gate[]; readonly judged: Judged }

type Tests = { readonly built: true; readonly ran: RanGate } | { readonly built: false; readonly ran: null }

/** The tests that these files concern, where the tool can tell which, else all of them. */
export async function runTests(
  tree: string,
  files: readonly string[],
  { gate, builds, judged }: Bench,
  signal: AbortSignal,
): Promise<Tests> {
  await using workspace = await judged.checkout(tree, signal)
  for (const build of builds) {
    const { exitCode } = await workspace.run(build, signal)
    signal.throwIfAborted()
    if (exitCode !== 0) return { built: false, ran: null }
  }
  const [first] = stepsOf([gate], files, false)
  const ran = await workspace.run(first!.gate, signal)
  signal.throwIfAborted()
  return { built: true, ran: { ...ran, scope: first!.scope } }
}

/** How the gate ends on the tree as it is: known from its own check, or run now. */
async function without(
  tree: string,
  gates: readonly GateResult[] | null,
  bench: Bench,
  signal: AbortSignal,
): Promise<Without> {
  const known = gates?.find(({ gate, scope }) => gate === bench.gate.name && scope === 'all')
  if (known) return { exitCode: known.exitCode, passed: known.tests?.passed ?? null }
  const { built, ran } = await runTests(tree, [], bench, signal)
  return built ? { exitCode: ran.exitCode, passed: ran.tests?.passed ?? null } : { exitCode: 1, passed: 0 }
}
