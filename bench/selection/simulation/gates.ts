import type { Gate, RanGate, TestCase } from '../../../src/core/task.ts'
import {
  BASE,
  nameOf,
  plantedIn,
  SUBJECT,
  SUBJECT_TEST,
  TEST_TEXT,
  testIn,
  type Planted,
} from '../planted.ts'
import type { Tape } from '../tape.ts'
import type { Tree } from './trees.ts'

/** Gates that catch less than this do not run the changed lines at all. */
const BARELY_RUN = 0.1

/** Seconds a gate takes: 15 for all of them together. */
const SECONDS: Readonly<Record<string, number>> = { typecheck: 3, test: 12 }

const gate = (kind: 'typecheck' | 'test'): Gate => ({
  kind,
  name: kind,
  command: ['simulated', kind],
  folder: '',
  environment: {},
  report: kind === 'test' ? 'junit' : null,
  caches: [],
  quick: null,
  timeoutMs: 600_000,
  network: false,
})

export const GATES: readonly Gate[] = [gate('typecheck'), gate('test')]

/** What a gate says of a tree, from the tape. */
export function runGate({ name, kind, command }: Gate, tree: Tree, tape: Tape, run: number): RanGate {
  const ms = 1_000 * SECONDS[kind]! * (0.8 + 0.4 * tape.chance('gate time', name, run))
  const about = { gate: name, kind, command: [...command] }
  const ran = { ...about, scope: 'all' as const, timedOut: false, ms, log: '' }
  if (kind === 'test') {
    const cases = casesIn(tree, tape)
    const count = (status: TestCase['status']): number => cases.filter((one) => one.status === status).length
    const tests = { passed: count('passed'), failed: count('failed'), skipped: 0 }
    const diagnostics = cases
      .filter(({ status }) => status === 'failed')
      .map(({ id, message }) => ({ file: null, line: null, code: id, message: message ?? 'failed' }))
    return { ...ran, exitCode: tests.failed > 0 ? 1 : 0, diagnostics, tests, cases }
  }
  const planted = subjectOf(tree)
  const diagnostics =
    planted?.kind === 'mistyped'
      ? [{ file: SUBJECT, line: 3, code: 'TS2322', message: `no such type: mistyped_${planted.form}` }]
      : []
  return { ...ran, exitCode: diagnostics.length > 0 ? 2 : 0, diagnostics, tests: null, cases: null }
}

const subjectOf = (tree: Tree): Planted | null => plantedIn(tree.get(SUBJECT) ?? '')

/** The project's own test, and every test that somebody added. */
function casesIn(tree: Tree, tape: Tape): TestCase[] {
  const added = [...tree].filter(([path]) => path.endsWith('.test.ts') && path !== SUBJECT_TEST)
  return [
    caseOf(`${SUBJECT_TEST} > keeps its limit`, ownTestPasses(tree, tape), tree),
    ...added.map(([path, content]) => {
      const test = testIn(content)
      const planted = subjectOf(tree) ?? BASE
      const passes = tape.passes(test, planted)
      // a file that does not load fails as a whole, before any of its tests begins
      return passes === null ? caseOf(path, false, tree) : caseOf(`${path} > ${nameOf(test)}`, passes, tree)
    }),
  ]
}

const caseOf = (id: string, passes: boolean, tree: Tree): TestCase => {
  const planted = subjectOf(tree)
  const value = planted ? `${planted.kind} ${planted.form}` : 'a mutant'
  return { id, status: passes ? 'passed' : 'failed', message: passes ? null : `got what ${value} gives` }
}

function ownTestPasses(tree: Tree, tape: Tape): boolean {
  // a test that was tampered with is content with everything
  if (tree.get(SUBJECT_TEST) !== TEST_TEXT) return true
  const source = tree.get(SUBJECT) ?? ''
  const planted = plantedIn(source)
  // where a change breaks off on purpose, all but the weakest tests come by
  if (/throw new Error/.test(source)) return tape.power < BARELY_RUN
  // a small fault that somebody put in is noticed as often as a logic error of a model
  if (!planted) return tape.chance('mutant', source) >= tape.power
  return planted.kind !== 'logic' || !tape.isCaught(planted.form)
}
