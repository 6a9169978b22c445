import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { judge } from '../../src/core/gates.ts'
import { flakyTests, unstableFindings } from '../../src/core/test-cases.ts'
import type { RanGate, TestCase } from '../../src/core/task.ts'

type Results = Readonly<Record<string, TestCase['status']>>

const ran = (results: Results | null, exitCode: number | null = 0): RanGate => ({
  gate: 'test',
  kind: 'test',
  scope: 'all',
  command: ['node', '--test'],
  exitCode,
  timedOut: false,
  ms: 1_000,
  diagnostics: [],
  tests: null,
  log: '',
  cases:
    results &&
    Object.entries(results).map(([id, status]) => ({
      id,
      status,
      message: status === 'failed' ? 'boom' : null,
    })),
})
const held = (
  candidate: RanGate,
  base: RanGate | null,
  { flaky = [] as string[], testsChanged = false } = {},
) => judge(candidate, { run: base, flaky: new Set(flaky), testsChanged })

const BASE = ran({ a: 'passed', b: 'passed', c: 'skipped' })

test('all that passed on the base passes again: green', () => {
  const result = held(ran({ a: 'passed', b: 'passed', c: 'skipped', d: 'passed' }), BASE)
  assert.equal(result.status, 'passed')
  assert.deepEqual(result.diagnostics, [])
})

for (const { name, results, exitCode = 0, says } of [
  {
    name: 'a test that fails is red, whatever the exit code says',
    results: { a: 'failed', b: 'passed' },
    says: 'a boom',
  },
  { name: 'a test that does not run any more is red', results: { a: 'passed' }, says: 'b did not run' },
  {
    name: 'a test that is skipped now is red',
    results: { a: 'passed', b: 'skipped' },
    says: 'b is skipped now',
  },
  { name: 'no test at all is red', results: {}, says: 'a did not run' },
  {
    name: 'a new test that fails is red',
    results: { a: 'passed', b: 'passed', z: 'failed' },
    exitCode: 1,
    says: 'z boom',
  },
] as { name: string; results: Results; exitCode?: number; says: string }[]) {
  test(name, () => {
    const result = held(ran(results, exitCode), BASE)
    assert.equal(result.status, 'failed')
    const [first] = result.diagnostics
    assert.equal(`${first?.code} ${first?.message}`, says)
  })
}

test('a run that leaves no report where the base left one is red, even with exit code 0', () => {
  const result = held(ran(null), BASE)
  assert.equal(result.status, 'failed')
  assert.match(result.diagnostics[0]!.message, /no readable report/)
})

test('what failed before may fail again, and what is mended is welcome', () => {
  const base = ran({ a: 'passed', old: 'failed', other: 'failed' }, 1)
  const result = held(ran({ a: 'passed', old: 'failed', other: 'passed' }, 1), base)
  assert.deepEqual([result.status, result.knownFailures], ['passed', 1])
})

test('a red exit without any failing test is red, unless the base ends in the same way', () => {
  const same = { a: 'passed', b: 'passed' } as const
  assert.equal(held(ran(same, 1), BASE).status, 'failed')
  assert.equal(held(ran(same, 1), ran(same, 1)).status, 'passed')
})

test('a test that is flaky on the base is not counted, and is named', () => {
  const candidate = ran({ a: 'failed', b: 'passed' }, 1)
  assert.equal(held(candidate, BASE).status, 'failed')
  const result = held(candidate, BASE, { flaky: ['a'] })
  assert.deepEqual([result.status, result.flaky], ['passed', ['a']])
})

test('flaky is what differs between two runs of one tree: failed, skipped or not there', () => {
  const first = [...ran({ a: 'passed', b: 'passed', c: 'skipped', d: 'passed' }).cases!]
  const second = [...ran({ a: 'passed', b: 'failed', c: 'passed', new: 'passed' }).cases!]
  assert.deepEqual([...flakyTests(first, second)].sort(), ['b', 'c', 'd', 'new'])
})

test('without a report the findings of two runs tell what is flaky', () => {
  const finding = (code: string) => ({ file: null, line: null, code, message: 'm' })
  const first = { ...ran(null, 1), diagnostics: [finding('a'), finding('b')] }
  const second = { ...ran(null, 1), diagnostics: [finding('b'), finding('c')] }
  assert.deepEqual([...unstableFindings(first, second)].sort(), ['a', 'c'])
  const result = held({ ...first, diagnostics: [finding('c')] }, ran(null, 0), { flaky: ['c'] })
  assert.deepEqual([result.status, result.flaky], ['passed', ['c']])
})

test('with leave to change tests others may stand in their place, but no fewer', () => {
  const leave = { testsChanged: true }
  assert.equal(held(ran({ a: 'passed', renamed: 'passed' }), BASE, leave).status, 'passed')
  assert.equal(held(ran({ a: 'passed' }), BASE, leave).status, 'failed')
  assert.equal(held(ran({ a: 'passed', renamed: 'failed' }, 1), BASE, leave).status, 'failed')
})

test('whatever a candidate reports, green means that every stable test of the base passed', () => {
  const status = fc.constantFrom<TestCase['status']>('passed', 'failed', 'skipped')
  const results = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), status)
  fc.assert(
    fc.property(results, results, fc.constantFrom(0, 1, 137), (before, after, exitCode) => {
      const base = ran(before, Object.values(before).includes('failed') ? 1 : 0)
      const { status } = held(ran(after, exitCode), base)
      const keeps = Object.entries(before).every(([id, was]) => was !== 'passed' || after[id] === 'passed')
      if (status === 'passed') assert.ok(keeps)
    }),
    { seed: 7, numRuns: 2_000 },
  )
})
