import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fateOf, type Fate } from '../../../src/core/mutants/fate.ts'
import type { GateResult, RanGate, ReportKind, TestCase } from '../../../src/core/task.ts'

const RUN = {
  gate: 'test',
  kind: 'test' as const,
  scope: 'all' as const,
  command: ['x'],
  exitCode: 0,
  timedOut: false,
  ms: 1,
  diagnostics: [],
  tests: null,
  log: '',
}
const green: GateResult = { ...RUN, status: 'passed', knownFailures: 0, flaky: [] }
const red: GateResult = { ...green, exitCode: 1, knownFailures: 1 }
const ran = (exitCode: number, failing: string[] | null, more: Partial<RanGate> = {}): RanGate => ({
  ...RUN,
  exitCode,
  cases: failing && [
    { id: 'a.test > passes', status: 'passed', message: null },
    ...failing.map((id): TestCase => ({ id, status: 'failed', message: '' })),
  ],
  ...more,
})
const said = { file: null, line: null, code: null, message: 'no' }

for (const [name, [before, run, report, fate]] of Object.entries<
  [GateResult, RanGate, ReportKind | null, Fate]
>({
  'a test fails that passed': [green, ran(1, ['a.test > b']), 'junit', 'killed'],
  'every test passes': [green, ran(0, []), 'junit', 'survived'],
  'only what failed before fails': [red, ran(1, ['a.test > b']), 'junit', 'survived'],
  'one more fails than before': [red, ran(1, ['a.test > b', 'a.test > c']), 'junit', 'killed'],
  'only a wavering test fails': [
    { ...green, flaky: ['a.test > b'] },
    ran(1, ['a.test > b']),
    'junit',
    'survived',
  ],
  'the run breaks and names nothing': [green, ran(1, []), 'jest', 'killed'],
  'it never ends': [green, ran(1, null, { timedOut: true, exitCode: null }), null, 'killed'],
  'no test has to do with the file': [
    green,
    ran(1, null, { cases: [], scope: 'changed' }),
    'junit',
    'survived',
  ],
  'a package of Go does not build': [green, ran(1, ['shop/price']), 'go', 'invalid'],
  'a test of Go panics': [green, ran(1, ['shop/price > TestAdds']), 'go', 'killed'],
  'a crate does not build': [green, ran(101, null), 'libtest', 'invalid'],
  'a test of a crate fails': [green, ran(101, ['tests::adds']), 'libtest', 'killed'],
  'red where only the exit code speaks': [green, ran(1, null), null, 'killed'],
  'green where only the exit code speaks': [green, ran(0, null), null, 'survived'],
  'as many findings as before': [red, ran(1, null, { diagnostics: [said] }), null, 'survived'],
  'more findings than before': [red, ran(1, null, { diagnostics: [said, said] }), null, 'killed'],
})) {
  test(`a fault of which ${name} is ${fate}`, () => {
    assert.equal(fateOf(before, run, report), fate)
  })
}
