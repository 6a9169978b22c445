import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { judge as judgeRan, MOST_DIAGNOSTICS, summarise } from '../../src/core/gates.ts'
import type { Diagnostic, GateResult, GateRun } from '../../src/core/task.ts'

const finding = (message: string, line = 1): Diagnostic => ({ file: 'a.ts', line, code: 'TS2322', message })

const run = (exitCode: number | null, diagnostics: Diagnostic[] = [], timedOut = false): GateRun => ({
  gate: 'typecheck',
  kind: 'typecheck',
  scope: 'all',
  tests: null,
  command: ['tsc'],
  exitCode,
  timedOut,
  ms: 60_000,
  diagnostics,
  log: '',
})
/** Held against a base without a test report. */
const judge = (ran: GateRun, before: GateRun | null): GateResult =>
  judgeRan(
    { ...ran, cases: null },
    { run: before && { ...before, cases: null }, flaky: new Set(), testsChanged: false },
  )
const green = run(0)
const silent = run(1)
const killed = run(null)
const timedOut = run(null, [], true)
const red = (...messages: string[]): GateRun =>
  run(
    2,
    messages.map((message) => finding(message)),
  )

for (const { name, candidate, base, status, known } of [
  { name: 'green is green', candidate: green, base: green, status: 'passed', known: 0 },
  {
    name: 'green counts although the base is red',
    candidate: green,
    base: red('x'),
    status: 'passed',
    known: 0,
  },
  { name: 'red on a green base counts', candidate: red('x'), base: green, status: 'failed', known: 0 },
  { name: 'red without a baseline counts', candidate: red('x'), base: null, status: 'failed', known: 0 },
  { name: 'the same failure is known', candidate: red('x'), base: red('x'), status: 'passed', known: 1 },
  {
    name: 'one of two known failures mended',
    candidate: red('x'),
    base: red('x', 'y'),
    status: 'passed',
    known: 1,
  },
  {
    name: 'a new failure beside a known one counts',
    candidate: red('x', 'y'),
    base: red('x'),
    status: 'failed',
    known: 1,
  },
  {
    name: 'a known failure a second time counts',
    candidate: red('x', 'x'),
    base: red('x'),
    status: 'failed',
    known: 1,
  },
  {
    name: 'another failure in place of the known one counts',
    candidate: red('y'),
    base: red('x'),
    status: 'failed',
    known: 0,
  },
  { name: 'silent as before is known', candidate: silent, base: silent, status: 'passed', known: 1 },
  {
    name: 'silent with another exit code counts',
    candidate: run(127),
    base: silent,
    status: 'failed',
    known: 0,
  },
  {
    name: 'silent where the base named its failures counts',
    candidate: silent,
    base: red('x'),
    status: 'failed',
    known: 0,
  },
  {
    name: 'findings where the base was silent count',
    candidate: red('x'),
    base: silent,
    status: 'failed',
    known: 0,
  },
  { name: 'a time-out counts', candidate: timedOut, base: green, status: 'failed', known: 0 },
  {
    name: 'a time-out on a red base counts',
    candidate: timedOut,
    base: red('x'),
    status: 'failed',
    known: 0,
  },
  { name: 'a time-out as before is known', candidate: timedOut, base: timedOut, status: 'passed', known: 1 },
  {
    name: 'red where the base timed out counts',
    candidate: red('x'),
    base: timedOut,
    status: 'failed',
    known: 0,
  },
  {
    name: 'killed counts, even if it named only known failures before',
    candidate: run(null, [finding('x')]),
    base: red('x'),
    status: 'failed',
    known: 0,
  },
  {
    name: 'a crash counts, even if it named only known failures before',
    candidate: run(139, [finding('x')]),
    base: red('x'),
    status: 'failed',
    known: 0,
  },
  { name: 'killed as before is known', candidate: killed, base: killed, status: 'passed', known: 1 },
]) {
  test(name, () => {
    const result = judge(candidate, base)
    assert.deepEqual([result.status, result.knownFailures], [status, known])
  })
}

test('a known failure that only moved to another line stays known', () => {
  const result = judge(run(2, [finding('x', 40)]), run(2, [finding('x', 3)]))
  assert.equal(result.status, 'passed')
})

test('a failed result names the new findings only', () => {
  const result = judge(red('old', 'new'), red('old'))
  assert.deepEqual(
    result.diagnostics.map(({ message }) => message),
    ['new'],
  )
})

test('so many findings that some may be lost cannot be held against a baseline', () => {
  const flood = run(
    2,
    Array.from({ length: MOST_DIAGNOSTICS }, () => finding('x')),
  )
  assert.equal(judge(flood, flood).status, 'failed')
})

test('of any findings, exactly those the base does not have as often are new', () => {
  const findings = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 })
  fc.assert(
    fc.property(findings, findings, (before, after) => {
      const count = (list: readonly string[], item: string): number =>
        list.filter((other) => other === item).length
      const fresh = ['a', 'b', 'c', 'd'].flatMap((item) =>
        Array.from({ length: Math.max(0, count(after, item) - count(before, item)) }, () => item),
      )
      fc.pre(before.length > 0 && after.length > 0)
      const result = judge(red(...after), red(...before))
      assert.equal(result.status, fresh.length > 0 ? 'failed' : 'passed')
      if (fresh.length > 0) assert.deepEqual(result.diagnostics.map(({ message }) => message).sort(), fresh)
      if (fresh.length > 0) assert.equal(result.knownFailures, after.length - fresh.length)
    }),
  )
})

test('a summary says where and what, and how much more there is', () => {
  const result = judge(
    run(2, [finding('no such type', 3), { file: null, line: null, code: null, message: 'boom' }]),
    null,
  )
  assert.equal(summarise(result), 'typecheck:\n  a.ts:3 TS2322 no such type\n  boom')
  assert.equal(summarise(result, 1), 'typecheck:\n  a.ts:3 TS2322 no such type\n  … and 1 more')
})

test('a summary of a gate that named nothing says how it ended', () => {
  assert.equal(summarise(judge(timedOut, null)), 'typecheck: no result within 60 s (killed)')
  assert.equal(summarise(judge(silent, null)), 'typecheck: exit code 1, no readable finding')
  assert.equal(summarise(judge(killed, null)), 'typecheck: exit code none (killed), no readable finding')
})
