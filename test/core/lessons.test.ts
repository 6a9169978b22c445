import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { closest, signatureOf } from '../../src/core/failures.ts'
import { lessonsOf, type Tried } from '../../src/core/lessons.ts'
import type { Candidate, Diagnostic, GateKind, GateResult } from '../../src/core/task.ts'

const finding = (message: string, more: Partial<Diagnostic> = {}): Diagnostic => ({
  file: 'src/a.ts',
  line: 3,
  code: null,
  message,
  ...more,
})
const gate = (kind: GateKind, diagnostics: Diagnostic[], more: Partial<GateResult> = {}): GateResult => ({
  gate: kind,
  kind,
  scope: 'all',
  command: ['true'],
  exitCode: 1,
  timedOut: false,
  ms: 10,
  diagnostics,
  tests: null,
  log: 'RAW LOG',
  status: 'failed',
  knownFailures: 0,
  flaky: [],
  ...more,
})
const patch = { tree: 'tree', diff: '+THE CODE\n', files: ['src/a.ts', 'src/b.ts'], lines: 12 }
const stopped = (seat: number, ...gates: GateResult[]): Candidate => ({
  state: 'rejected',
  place: { subtask: '1', seat },
  code: gates.at(-1)?.gate ?? 'too_big',
  reason: 'REASON',
  patch,
  gates,
})
const failed = (seat: number, code: string): Candidate => ({
  state: 'failed',
  place: { subtask: '1', seat },
  code,
  reason: 'REASON',
})
const tried = (...candidates: Candidate[]): Tried => ({ tier: 'fast', candidates, passed: null })

test('a lesson says what was tried, what stopped it, and what how many of the candidates met', () => {
  const missing = finding("Property 'x' is missing", { code: 'TS2741' })
  const lesson = lessonsOf([
    tried(
      stopped(1, gate('typecheck', [missing])),
      stopped(2, gate('typecheck', [{ ...missing, line: 90 }, finding('no such name')])),
      stopped(3, gate('lint', [finding('no var here', { line: null })])),
      failed(4, 'no_patch'),
      failed(5, 'no_patch'),
      stopped(6),
    ),
  ])
  assert.equal(
    lesson,
    `Attempt 1 (fast): a change of 12 lines in src/a.ts, src/b.ts; stopped by typecheck
- src/a.ts: TS2741 Property 'x' is missing (2 of 3 candidates)
- src/a.ts: no such name (1 of 3 candidates)
- src/a.ts: no var here (1 of 3 candidates)
Refused before any check: 2 × no_patch, 1 × too_big`,
  )
})

test('neither the code, nor a log, nor what was said of a discarded reply is told', () => {
  const lesson = lessonsOf([tried(stopped(1, gate('test', [])), failed(2, 'no_match'), stopped(3))])
  assert.match(lesson, /test failed without a readable finding/)
  assert.doesNotMatch(lesson, /THE CODE|RAW LOG|REASON/)
})

test('a change that came again is told with what had stopped it', () => {
  const again = {
    ...stopped(1, gate('lint', [], { status: 'passed' }), gate('test', [finding('no')])),
    code: 'repeated',
  }
  assert.match(lessonsOf([tried(again)]), /stopped by test\n- src\/a\.ts: no$/)
})

test('calls that broke teach nothing', () => {
  const lesson = lessonsOf([tried(failed(1, 'upstream'), failed(2, 'timeout'))])
  assert.equal(lesson, 'Attempt 1 (fast): no coder gave a usable patch')
})

test('the newest attempt comes first, and the oldest are left out where there is no room', () => {
  const full = tried(
    stopped(
      1,
      gate(
        'test',
        Array.from({ length: 9 }, (_, nth) => finding(`${nth} ${'word '.repeat(80)}`)),
      ),
    ),
  )
  const lessons = lessonsOf([full, full, full])
  assert.ok(lessons.startsWith('Attempt 3 (fast)'))
  assert.ok(lessons.indexOf('Attempt 2') > 0)
  assert.ok(lessons.length <= 2_500)
  assert.equal(lessons.match(/^- /gm)?.length, 9)
  assert.ok(lessons.split('\n').every((line) => line.endsWith('…') || line.startsWith('Attempt')))
})

test('a change that passed is told with the reason why it was not delivered', () => {
  const passed = { files: ['src/a.ts'], lines: 7, why: 'the reviewer objected: no word of\nempty names' }
  assert.equal(
    lessonsOf([{ tier: 'deep', candidates: [], passed }]),
    'Attempt 1 (deep): a change of 7 lines in src/a.ts passed every check, but the reviewer objected: no word of empty names',
  )
})

test('parts that pass alone and not together are told so', () => {
  const union = { ...stopped(1, gate('build', [finding('twice')])), place: { subtask: 'union', seat: 1 } }
  assert.match(
    lessonsOf([tried(union)]),
    /stopped by build, though each part had passed alone\n- src\/a\.ts: twice/,
  )
})

test('whatever a tool printed stands on one line and within the limit', () => {
  const hostile = fc.string({
    unit: fc.constantFrom('\n', '\r', '\u2028', '\u0000', '\u202E', '#', 'a', ' '),
  })
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 8 }), hostile, (messages, file) => {
      const diagnostics = messages.map((message) => finding(message, { file }))
      const lessons = lessonsOf([tried(stopped(1, gate('test', diagnostics)))])
      assert.ok(lessons.length <= 2_500)
      assert.doesNotMatch(lessons.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      const lines = lessons.split('\n').slice(1)
      assert.ok(lines.every((line) => line.startsWith('- ')))
    }),
    { numRuns: 300 },
  )
})

test('the same failure at another place has the same signature, another failure has not', () => {
  const here = gate('test', [finding('expected 3 to be 4'), finding('no such name')])
  const there = gate('test', [
    finding('no such name', { line: 80 }),
    finding('expected 17 to be 4', { line: 9 }),
  ])
  assert.equal(signatureOf(here), signatureOf(there))
  assert.notEqual(signatureOf(here), signatureOf(gate('test', [finding('no such name')])))
  assert.notEqual(signatureOf(here), signatureOf({ ...here, gate: 'lint' }))
  assert.equal(signatureOf(gate('test', [])), null)
  const late = gate('test', [], { timedOut: true, ms: 60_000 })
  assert.equal(signatureOf(late), signatureOf({ ...late, ms: 70_000 }))
})

test('closest is who got furthest through the gates, then who left the fewest findings', () => {
  const lint = stopped(1, gate('lint', [finding('one')]))
  const many = stopped(2, gate('lint', []), gate('test', [finding('one'), finding('two')]))
  const few = stopped(3, gate('lint', []), gate('test', [finding('one')]))
  assert.equal(closest([lint, many, few, stopped(4), failed(5, 'no_patch')])?.place.seat, 3)
  assert.equal(closest([stopped(4), lint])?.place.seat, 1)
  assert.equal(closest([failed(5, 'no_patch')]), null)
})
