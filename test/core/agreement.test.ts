import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { behaviourOf, clustersOf, failsAlike } from '../../src/core/agreement.ts'
import type { Candidate, GateResult, TestCase, Verified } from '../../src/core/task.ts'

const place = (seat: number) => ({ subtask: '1', seat })
const patch = (tree: string, lines: number) => ({ tree, diff: '', files: ['a.ts'], lines })
const verified = (seat: number, form: string, lines = 10, tree = `tree${seat}`): Verified => ({
  state: 'verified',
  place: place(seat),
  patch: patch(tree, lines),
  gates: [],
  form,
})
const agreed = (seat: number, form: string, other: number, lines = 10): Candidate => ({
  state: 'agreed',
  place: place(seat),
  patch: patch(`tree${seat}`, lines),
  form,
  with: place(other),
})
const failed = (seat: number): Candidate => ({
  state: 'failed',
  place: place(seat),
  code: 'no_patch',
  reason: '',
})

const seatsOf = (...given: Parameters<typeof clustersOf>): number[][] =>
  clustersOf(...given).map(({ seats }) => [...seats])

test('verified candidates of one form are one group, and who agrees with them stands behind it', () => {
  const candidates = [verified(1, 'x'), failed(2), verified(3, 'y'), agreed(4, 'y', 3), verified(5, 'x', 4)]
  const clusters = clustersOf([...candidates, agreed(6, 'y', 3)])
  assert.deepEqual(
    clusters.map(({ form, seats, members, lines }) => [
      form,
      seats,
      members.map(({ place }) => place.seat),
      lines,
    ]),
    [
      ['y', [3, 4, 6], [3], 10],
      ['x', [1, 5], [5, 1], 4],
    ],
  )
})

test('who agrees with nobody that is verified is no group', () => {
  assert.deepEqual(seatsOf([agreed(1, 'x', 9), failed(2)]), [])
})

test('of equal support the smaller diff comes first, then the earlier seat', () => {
  assert.deepEqual(seatsOf([verified(1, 'x', 30), verified(2, 'y', 5), verified(3, 'z', 5)]), [[2], [3], [1]])
})

test('groups that behave the same are one, and one that was not observed stays alone', () => {
  const candidates = [
    verified(1, 'x', 9),
    verified(2, 'y', 9),
    verified(3, 'z', 3),
    verified(4, 'w'),
    agreed(5, 'z', 3),
  ]
  const behaviour = new Map([
    ['tree1', 'says a'],
    ['tree2', 'says b'],
    ['tree3', 'says a'],
  ])
  const clusters = clustersOf(candidates, behaviour)
  assert.deepEqual(
    clusters.map(({ form, seats }) => [form, seats]),
    [
      ['z', [1, 3, 5]],
      ['y', [2]],
      ['w', [4]],
    ],
  )
})

const candidates = fc
  .array(
    fc.record({
      form: fc.constantFrom('w', 'x', 'y', 'z'),
      lines: fc.integer({ min: 1, max: 3 }),
      state: fc.constantFrom('verified', 'agreed', 'failed'),
    }),
    { maxLength: 9 },
  )
  .map((drafts) =>
    drafts.map(({ form, lines, state }, index): Candidate => {
      const seat = index + 1
      if (state === 'failed') return failed(seat)
      return state === 'agreed' ? agreed(seat, form, 1, lines) : verified(seat, form, lines)
    }),
  )
const behaviour = fc
  .array(fc.option(fc.constantFrom('a', 'b', 'c')), { minLength: 9, maxLength: 9 })
  .map((vectors) => {
    const seen = vectors.map((vector, index): [string, string | null] => [`tree${index + 1}`, vector])
    return new Map(seen.flatMap(([tree, vector]) => (vector === null ? [] : [[tree, vector]])))
  })

test('every verified candidate is in one group, and equal forms and equal behaviour never split', () => {
  fc.assert(
    fc.property(candidates, behaviour, (candidates, behaviour) => {
      const clusters = clustersOf(candidates, behaviour)
      const groupOf = new Map(
        clusters.flatMap(({ members }, group) => members.map((member) => [member, group])),
      )
      const all = candidates.filter((candidate) => candidate.state === 'verified')
      assert.equal(clusters.flatMap(({ members }) => members).length, all.length)
      for (const one of all) {
        for (const other of all) {
          const [left, right] = [one, other].map(({ patch }) => behaviour.get(patch.tree))
          const alike = one.form === other.form || (left !== undefined && left === right)
          if (alike) assert.equal(groupOf.get(one), groupOf.get(other))
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('two groups are one only where a chain of equal forms and behaviours joins them', () => {
  fc.assert(
    fc.property(candidates, behaviour, (candidates, behaviour) => {
      for (const { members } of clustersOf(candidates, behaviour)) {
        const marks = ({ form, patch }: Verified): string[] => [
          `form ${form}`,
          ...(behaviour.has(patch.tree) ? [`vector ${behaviour.get(patch.tree)}`] : []),
        ]
        const reached = new Set(marks(members[0]!))
        for (const _ of members) {
          const next = members.filter((member) => marks(member).some((mark) => reached.has(mark)))
          for (const mark of next.flatMap(marks)) reached.add(mark)
        }
        assert.ok(members.flatMap(marks).every((mark) => reached.has(mark)))
      }
    }),
  )
})

test('groups are in the same order however the candidates arrived: by size, then diff, then seat', () => {
  const scene = candidates.chain((candidates) =>
    fc.tuple(fc.constant(candidates), fc.shuffledSubarray(candidates, { minLength: candidates.length })),
  )
  fc.assert(
    fc.property(scene, behaviour, ([candidates, shuffled], behaviour) => {
      const clusters = clustersOf(candidates, behaviour)
      assert.deepEqual(clustersOf(shuffled, behaviour), clusters)
      for (const [at, { seats, lines, members }] of clusters.entries()) {
        const next = clusters[at + 1]
        assert.equal(lines, Math.min(...members.map(({ patch }) => patch.lines)))
        if (!next) continue
        assert.ok(seats.length >= next.seats.length)
        if (seats.length > next.seats.length) continue
        assert.ok(lines < next.lines || (lines === next.lines && seats[0]! < next.seats[0]!))
      }
    }),
    { numRuns: 500 },
  )
})

const failure = (changes: Partial<GateResult>): GateResult => ({
  gate: 'test',
  kind: 'test',
  scope: 'all',
  command: ['npm', 'test'],
  exitCode: 1,
  timedOut: false,
  ms: 10,
  diagnostics: [{ file: null, line: null, code: 'adds', message: 'expected 1, got 2' }],
  tests: null,
  log: 'not ok 1 - adds',
  status: 'failed',
  knownFailures: 0,
  flaky: [],
  ...changes,
})

test('the same code fails a build and a test alike, but not what reads its text, its types or the clock', () => {
  assert.equal(failsAlike(failure({})), true)
  assert.equal(failsAlike(failure({ kind: 'build', gate: 'build' })), true)
  assert.equal(failsAlike(failure({ kind: 'lint', gate: 'lint' })), false)
  assert.equal(failsAlike(failure({ kind: 'typecheck', gate: 'typecheck' })), false)
  assert.equal(failsAlike(failure({ exitCode: null, timedOut: true })), false)
  assert.equal(failsAlike(failure({ exitCode: null })), false)
  assert.equal(
    failsAlike(failure({ kind: 'build', log: "src/a.ts(1,7): error TS2322: Type 'string' is" })),
    false,
  )
  assert.equal(
    failsAlike(failure({ diagnostics: [{ file: 'a.ts', line: 1, code: 'TS7006', message: 'any' }] })),
    false,
  )
  assert.equal(
    failsAlike(failure({ kind: 'build', log: "./app/page.tsx:3:9\nType error: Type 'a' is not" })),
    false,
  )
})

const ran = (id: string, status: TestCase['status'], message: string | null = null): TestCase => ({
  id,
  status,
  message,
})

test('behaviour is what became of each test, in whatever order they ran; nothing run is no behaviour', () => {
  const cases = [ran('a', 'passed'), ran('b', 'failed', 'expected 1'), ran('c', 'skipped')]
  const expected = behaviourOf(cases)
  fc.assert(
    fc.property(fc.shuffledSubarray(cases, { minLength: 3 }), (shuffled) => {
      assert.equal(behaviourOf(shuffled), expected)
    }),
  )
  assert.equal(behaviourOf([]), null)
  const others = [
    [ran('a', 'passed'), ran('b', 'failed', 'expected 2'), ran('c', 'skipped')],
    [ran('a', 'passed'), ran('b', 'passed'), ran('c', 'skipped')],
    [ran('a', 'passed'), ran('b', 'failed', 'expected 1')],
  ]
  for (const other of others) assert.notEqual(behaviourOf(other), expected)
})

const message = (text: string): string => behaviourOf([ran('a', 'failed', text)])!

const ACCIDENTS: readonly (readonly [name: string, one: string, other: string])[] = [
  ['time', 'failed after 12.5 ms', 'failed after 840ms'],
  ['an address', 'object at 0x7f3a2c10', 'object at 0x7f3a9d40'],
  ['where the tree lies', 'at /data/one/src/a.js:3:7', 'at /data/two/src/a.js:3:7'],
  [
    'where the tree lies, as an address of a file',
    'at f (file:///data/one/src/a.js)',
    'at f (file:///data/two/src/a.js)',
  ],
  ['where the tree lies on Windows', String.raw`at C:\one\src\a.js`, String.raw`at D:\two\src\a.js`],
  ['line and column', 'at f (src/a.ts:12:3)', 'at f (src/a.ts:15:9)'],
  ['a line of a traceback', '  File "a.py", line 3, in f', '  File "a.py", line 4, in f'],
  [
    'a temporary folder',
    "no such file '/tmp/app-Xy3Za/b/out.txt'",
    "no such file '/tmp/app-Q0plm/c/out.txt'",
  ],
  ['a temporary name', 'mkdir /private/var/folders/q1/T/app-a', 'mkdir /private/var/folders/zz/T/app-b'],
  ['an id', 'job 3f2b8c1e-0a1b-4c2d-8e3f-1234567890ab', 'job 9f2b8c1e-0a1b-4c2d-8e3f-1234567890ff'],
  ['colours', '\u{1b}[31mexpected\u{1b}[39m 1', 'expected 1'],
]
for (const [name, one, other] of ACCIDENTS) {
  test(`a message does not count by ${name}`, () => assert.equal(message(one), message(other)))
}

const VALUES: readonly (readonly [one: string, other: string])[] = [
  ["expected '5ms'", "expected '6ms'"],
  ["expected '/users/1'", "expected '/users/2'"],
  ['expected 5 got 6', 'expected 5 got 7'],
  ['at /data/src/a.js', 'at /data/src/b.js'],
  ["no such file '/tmp/app-Xy3Za/a.txt'", "no such file '/tmp/app-Xy3Za/b.txt'"],
  ['at 12:30:45', 'at 12:30:46'],
  ['see http://host/a/b', 'see http://host/c/b'],
  ['a/b/c', 'b/b/c'],
  ['0xff', '0xfe'],
]
for (const [one, other] of VALUES) {
  test(`a message counts by its values: ${one}`, () => assert.notEqual(message(one), message(other)))
}

test('a hostile message is read in no time that matters', () => {
  for (const text of [
    '/a'.repeat(50_000),
    '/tmp/'.repeat(20_000),
    '1'.repeat(100_000),
    'File "'.repeat(20_000),
  ]) {
    assert.equal(message(text), message(text))
  }
})
