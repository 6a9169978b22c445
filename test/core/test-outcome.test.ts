import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RanGate, SpecTest, TestCase } from '../../src/core/task.ts'
import { isSame, worthOf } from '../../src/core/spec-result.ts'
import { readByCases, readByExit, type TestOutcome, type TestRun } from '../../src/core/test-outcome.ts'

const JS: SpecTest = { path: 'test/new.test.js', content: "test('adds', () => {})" }
const one = (id: string, status: TestCase['status'] = 'passed'): TestCase => ({
  id,
  status,
  message: status === 'failed' ? 'no' : null,
})
const ran = (cases: TestCase[] | null, more: Partial<RanGate> = {}): RanGate => ({
  gate: 'test',
  kind: 'test',
  scope: 'all',
  command: ['x'],
  exitCode: cases?.some(({ status }) => status === 'failed') ? 1 : 0,
  timedOut: false,
  ms: 1,
  diagnostics: [],
  tests: cases && { passed: cases.filter(({ status }) => status === 'passed').length, failed: 0, skipped: 0 },
  cases,
  log: '',
  ...more,
})

for (const [name, { path = JS.path, content = JS.content, cases, outcome }] of Object.entries<{
  path?: string
  content?: string
  cases: TestCase[]
  outcome: TestOutcome | null
}>({
  'all of its own pass, whatever else fails': {
    cases: [one('test/new.test.js > adds'), one('test/old.test.js > subtracts', 'failed')],
    outcome: 'passed',
  },
  'one of its own fails': {
    cases: [one('test/new.test.js > adds', 'failed'), one('test/new.test.js > subtracts')],
    outcome: 'failed',
  },
  'the file failed before any test began': {
    cases: [one('test/new.test.js', 'failed'), one('test/old.test.js > subtracts')],
    outcome: 'broken',
  },
  'nothing of it was run': { cases: [one('test/old.test.js > adds')], outcome: 'unclear' },
  'it was only skipped': { cases: [one('test/new.test.js > adds', 'skipped')], outcome: 'unclear' },
  'something else is red, and it is not told': {
    cases: [one('test/old.test.js > adds', 'failed')],
    outcome: null,
  },
  'the report names it from its own folder': {
    path: 'packages/app/test/new.test.js',
    cases: [one('test/new.test.js > adds', 'failed')],
    outcome: 'failed',
  },
  'pytest names modules': {
    path: 'tests/test_new.py',
    cases: [one('tests.test_new > test_adds', 'failed'), one('tests.test_newer > test_adds')],
    outcome: 'failed',
  },
  'pytest names classes in modules': {
    path: 'tests/test_new.py',
    cases: [one('tests.test_new.TestNew > test_adds')],
    outcome: 'passed',
  },
  'a module could not be loaded': {
    path: 'tests/test_new.py',
    cases: [one('tests.test_new', 'failed')],
    outcome: 'broken',
  },
  'Go names packages and functions': {
    path: 'price/new_test.go',
    content: 'func TestAdds(t *testing.T) {}',
    cases: [one('shop/price > TestOld', 'failed'), one('shop/price > TestAdds/ten')],
    outcome: 'passed',
  },
  'Rust names functions': {
    path: 'tests/new.rs',
    content: '#[test]\nfn adds() {}',
    cases: [one('old::subtracts'), one('tests::adds', 'failed')],
    outcome: 'failed',
  },
})) {
  test(`told by its cases: ${name}`, () => {
    assert.equal(readByCases(ran(cases), { path, content })?.outcome ?? null, outcome)
  })
}

test('its cases are told apart from all others', () => {
  const cases = [one('test/new.test.js > adds'), one('test/old.test.js > adds')]
  assert.deepEqual(readByCases(ran(cases), JS)?.cases, [cases[0]])
})

test('a run without an end tells nothing', () => {
  assert.equal(readByCases(ran([], { timedOut: true, exitCode: null }), JS)?.outcome, 'unclear')
  assert.equal(readByExit(ran(null, { exitCode: null }), { exitCode: 0, passed: null }).outcome, 'unclear')
})

for (const [name, { run, without, outcome }] of Object.entries({
  'green with it': { run: ran(null), without: { exitCode: 1, passed: null }, outcome: 'passed' },
  'red with it and green without': {
    run: ran(null, { exitCode: 1 }),
    without: { exitCode: 0, passed: null },
    outcome: 'failed',
  },
  'red with and without it': {
    run: ran(null, { exitCode: 1 }),
    without: { exitCode: 1, passed: null },
    outcome: 'unclear',
  },
  'a package that no longer compiles': {
    run: ran([one('shop', 'failed')]),
    without: { exitCode: 0, passed: 3 },
    outcome: 'broken',
  },
  'tests that are lost in a run that was red before': {
    run: ran([one('shop', 'failed')]),
    without: { exitCode: 1, passed: 3 },
    outcome: 'broken',
  },
  'the same red as before': {
    run: ran([one('old', 'failed'), one('older')]),
    without: { exitCode: 1, passed: 1 },
    outcome: 'unclear',
  },
})) {
  test(`told by how the run ends: ${name} is ${outcome}`, () => {
    assert.equal(readByExit(run, without).outcome, outcome)
  })
}

const run = (outcome: TestOutcome, ...cases: TestCase[]): TestRun => ({ outcome, cases })

for (const { base, survivors, status } of [
  { base: 'failed', survivors: ['passed', 'failed'], status: 'holds' },
  { base: 'broken', survivors: ['passed'], status: 'holds' },
  { base: 'failed', survivors: ['passed', 'unclear'], status: 'holds' },
  { base: 'failed', survivors: ['failed', 'broken'], status: 'dropped' },
  { base: 'passed', survivors: ['passed', 'failed'], status: 'probe' },
  { base: 'passed', survivors: ['passed', 'passed'], status: 'dropped' },
  { base: 'unclear', survivors: ['passed', 'failed'], status: 'probe' },
  { base: 'passed', survivors: ['passed', 'unclear'], status: 'dropped' },
  { base: 'passed', survivors: [], status: 'dropped' },
] as const) {
  test(`a test that on the base is ${base} and on survivors ${survivors.join(', ')}: ${status}`, () => {
    const worth = worthOf(
      run(base),
      survivors.map((outcome) => run(outcome)),
    )
    assert.equal(worth.status, status)
    assert.equal(worth.reason === null, status === 'holds')
  })
}

test('two runs are the same when each test ended the same, in whatever order and words', () => {
  const [first, second] = [one('a', 'failed'), one('b')]
  assert.ok(isSame(run('failed', first, second), run('failed', second, { ...first, message: 'at 12:30' })))
  assert.ok(!isSame(run('failed', first, second), run('failed', first, { ...second, status: 'failed' })))
  assert.ok(!isSame(run('passed'), run('failed')))
})
