import { exercisesOf, mutantsOf, withLines, type LineEdit } from '../../core/mutants.ts'
import { fateOf, type Fate } from '../../core/mutants/fate.ts'
import type { Gate, GateResult, Strength, Verified } from '../../core/task.ts'
import type { Judge, Stage } from '../ports.ts'
import { readFiles } from '../read-files.ts'
import { buildsBefore, runTests } from './run-test.ts'
import type { Setting } from '../setting.ts'
import { together } from './together.ts'

/** Tests that take longer than this are not run again and again. */
const LONGEST_MS = 30_000
/** Time for the same tests with a fault in the code, beyond which it hangs. */
const PATIENCE = 5
const LEAST_PATIENCE_MS = 10_000

/**
 * Tells how much it means that the gates passed a candidate: small faults are put into the lines that it changed, one at
 * a time, and the tests run on each. One more run, broken off where the changed lines begin, tells whether the tests
 * come by at all.
 */
export async function* measureStrength(
  candidate: Verified,
  setting: Setting,
  signal: AbortSignal,
): Stage<Strength> {
  const { clock } = setting.ports
  const startedAt = clock.now()
  const strength = await measure(candidate, setting, signal)
  const latencyMs = Math.round(clock.now() - startedAt)
  yield { type: 'gate_strength', place: candidate.place, strength, latencyMs }
  return strength
}

async function measure(candidate: Verified, setting: Setting, signal: AbortSignal): Promise<Strength> {
  const { project, strategy, task } = setting
  const { patch } = candidate
  if (strategy.mutants === 0) return unmeasured('not at this effort')
  const judged = await project.judgeOf(patch.tree, task.request, signal)
  if (judged.kind === 'refused') return unmeasured('the project brings no checks')
  const tests = testsIn(candidate, judged)
  if (tests.length === 0) return unmeasured('the project has no tests')
  const builds = await buildsBefore(judged, setting, signal)
  const ms = timeOf(candidate, [...builds, ...tests.map(({ gate }) => gate)])
  if (ms > LONGEST_MS) return unmeasured(`a run of the tests takes ${Math.round(ms / 1000)} s`)

  const contents = await readFiles(project, patch.files, patch.tree)
  const subject: Subject = { tree: patch.tree, contents, judged, builds, tests }
  const mutants = await sound(mutantsOf(patch.diff, contents), strategy.mutants, subject, setting, signal)
  const exercises = await sound(exercisesOf(patch.diff, contents), MOST_EXERCISES, subject, setting, signal)
  if (mutants.length + exercises.length === 0)
    return unmeasured('the changed lines hold nothing that a small fault fits into')
  const [exercised, ...fates] = await together(
    [exercises, ...mutants.map((mutant) => [mutant])],
    (edits, signal) => tryFault(edits, subject, setting, signal),
    signal,
  )
  return strengthOf(exercised!, fates, mutants)
}

const unmeasured = (why: string): Strength => ({
  exercised: null,
  mutants: 0,
  killed: 0,
  survived: [],
  unmeasured: why,
})

function strengthOf(
  exercised: Fate,
  fates: readonly Fate[],
  mutants: readonly { readonly told: string }[],
): Strength {
  const survived = mutants.filter((_, index) => fates[index] === 'survived').map(({ told }) => told)
  const killed = fates.filter((fate) => fate === 'killed').length
  return {
    // a fault that was noticed has been run, whatever became of the one that breaks off
    exercised: killed > 0 || exercised === 'killed' ? true : exercised === 'survived' ? false : null,
    mutants: killed + survived.length,
    killed,
    survived,
    unmeasured: null,
  }
}

type Test = { readonly gate: Gate; readonly before: GateResult }
type Subject = {
  readonly tree: string
  readonly contents: ReadonlyMap<string, string>
  readonly judged: Extract<Judge, { kind: 'judge' }>
  readonly builds: readonly Gate[]
  readonly tests: readonly Test[]
}

const testsIn = ({ gates }: Verified, judged: Subject['judged']): Test[] =>
  judged.gates.flatMap((gate) => {
    const before = gates.find(({ gate: name }) => name === gate.name)
    return gate.kind === 'test' && before ? [{ gate, before }] : []
  })

/** What the candidate's own runs of these gates took. */
const timeOf = ({ gates }: Verified, of: readonly Gate[]): number =>
  gates.filter(({ gate }) => of.some(({ name }) => name === gate)).reduce((sum, { ms }) => sum + ms, 0)

const MOST_EXERCISES = 6
/** So many faults are looked at for each that is wanted; most parse. */
const MOST_TRIES = 3

/** The first of these edits that leave a file that can be read. */
async function sound<Edit extends LineEdit>(
  edits: readonly Edit[],
  most: number,
  { tree, contents }: Subject,
  { project }: Setting,
  signal: AbortSignal,
): Promise<Edit[]> {
  const found: Edit[] = []
  for (const edit of edits.slice(0, MOST_TRIES * most)) {
    if (found.length === most) break
    const mistakes = await project.mistakes(tree, withLines(contents, [edit]), signal)
    if (mistakes.length === 0) found.push(edit)
  }
  return found
}

/** What the tests say to a tree with this fault in it. */
async function tryFault(
  edits: readonly LineEdit[],
  { tree, contents, judged, builds, tests }: Subject,
  { project }: Setting,
  signal: AbortSignal,
): Promise<Fate> {
  if (edits.length === 0) return 'invalid'
  const files = withLines(contents, edits)
  const faulty = await project.write(tree, files, signal)
  const paths = files.map(({ path }) => path)
  let fate: Fate = 'invalid'
  for (const { gate, before } of tests) {
    if (!paths.some((path) => gate.folder === '' || path.startsWith(`${gate.folder}/`))) continue
    const { built, ran } = await runTests(
      faulty,
      paths,
      { gate: impatient(gate, before), builds, judged },
      signal,
    )
    if (!built) return 'invalid'
    const one = fateOf(before, ran, gate.report)
    if (one === 'killed') return one
    if (one === 'survived') fate = one
  }
  return fate
}

const impatient = (gate: Gate, { ms }: GateResult): Gate => ({
  ...gate,
  timeoutMs: Math.min(gate.timeoutMs, LEAST_PATIENCE_MS + PATIENCE * ms),
})
