import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareGates, describeGate } from '../../src/core/compare-gates.ts'
import { gateReceipt, type GateReceipt } from '../../src/core/receipt-parts.ts'
import { gate } from './sample-story.ts'

const TESTS = { passed: 9, failed: 1, skipped: 0 }
const then: GateReceipt = { ...gateReceipt(gate()), tests: TESTS, knownFailures: 1 }

const isSame = (change: Partial<GateReceipt>): boolean | undefined =>
  compareGates([then], [{ ...then, ...change }])[0]?.isSame

test('how long it took and where its command lay do not make another result', () => {
  assert.equal(isSame({ ms: 99_000, command: ['elsewhere'] }), true)
})

test('another status, exit code, count of tests or of failures does', () => {
  const changes: Partial<GateReceipt>[] = [
    { status: 'failed' },
    { timedOut: true },
    { exitCode: 1 },
    { tests: { ...TESTS, passed: 8 } },
    { tests: null },
    { knownFailures: 2 },
    { newFailures: 1 },
  ]
  for (const change of changes) assert.equal(isSame(change), false, JSON.stringify(change))
})

test('where tests pass and fail on the base itself, only the status is compared', () => {
  const lucky = { flaky: ['sometimes'], exitCode: 1, tests: { ...TESTS, failed: 2 } }
  assert.equal(isSame(lucky), true)
  assert.equal(isSame({ ...lucky, status: 'failed' }), false)
})

test('a gate that ran only once is no same result', () => {
  const lint = gateReceipt(gate('passed', 'lint'))
  assert.deepEqual(
    compareGates([then], [then, lint]).map(({ gate, before, isSame }) => [gate, before === null, isSame]),
    [
      ['test', false, true],
      ['lint', true, false],
    ],
  )
  assert.deepEqual(
    compareGates([lint], []).map(({ after, isSame }) => [after, isSame]),
    [[null, false]],
  )
})

test('a result is told in a few words', () => {
  assert.equal(describeGate(then), 'passed (exit 0, 9 of 10 tests, 1 from before, 3.2 s)')
  assert.equal(
    describeGate({ ...then, exitCode: null, tests: null, knownFailures: 0 }),
    'passed (exit by a signal, 3.2 s)',
  )
  assert.equal(describeGate(gateReceipt(gate('failed'))), 'failed (exit 1, 1 new, 3.2 s)')
  assert.equal(describeGate(null), 'did not run')
})
