import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { SwarmEvent } from '../../src/core/event.ts'
import { answer as answerUnder } from '../../src/core/answer.ts'
import { evidence } from '../../src/core/evidence.ts'
import { narrate, signOfLife } from '../../src/core/narrate.ts'
import type { TaskState } from '../../src/core/state.ts'
import {
  callStart,
  complete,
  created,
  DIFF,
  gate,
  happyEvents,
  patch,
  place,
  stateAfter,
  verified,
} from './sample-story.ts'
import { PROOF } from '../support/proof.ts'

const SEAL = '1a2b3c4d5e6f'.padEnd(64, '0')
const answer = (state: TaskState): string => answerUnder(state, SEAL)

const lines = (events: readonly SwarmEvent[]): string[] =>
  events.map((event) => narrate(event)).filter((line) => line !== null)

test('a story is told in one line per event of interest', () => {
  assert.deepEqual(lines([created, ...happyEvents, complete(verified)]), [
    'task accepted, workspace app',
    'app at ccccccc is frozen as it is now, 0.0 s; checks: test, held by bubblewrap',
    'attempt 1 at tier fast',
    'planner thinks (fast-coder)',
    'plan: 1 part (1: greet)',
    '3 coders start',
    'coder 1 types (fast-coder, temperature 0.3)',
    'coder 2 types (fast-coder, temperature 0.3)',
    'coder 3 types (fast-coder, temperature 0.3)',
    'coder 1 is done, 20 tokens in 1.5 s',
    'coder 1: the patch applies (unified diff; 1 file, 1 line)',
    'coder 2 is done, 20 tokens in 1.5 s',
    'coder 2: the patch applies (whole file; 1 file, 2 lines)',
    'coder 1: test passed in 3.2 s',
    'coder 1: verified in 3.3 s',
    'coder 2: test failed in 3.2 s',
    'coder 2: test says no, test: a.ts:3 TS2322 no such type',
    'vote: option 1 by coder 1; option 2 by coder 2',
    'voter 1: option 1',
    'voter 2: no valid ballot',
    'coder 1 wins: chosen by vote, 1 verified',
    'reviewer: approve, 2.1 s',
    'done: every check passed',
  ])
})

test('a line is one line, and not long, whatever a model wrote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (reason) => {
      const line = narrate({ type: 'patch_rejected', place: place(1), code: 'x', reason, resampled: false })!
      assert.ok(!/[\r\n]/.test(line))
      assert.ok(Array.from(line).length <= 300)
    }),
  )
})

test('a place in a later part, a revision and the whole are told apart', () => {
  const pass = (seat: number, subtask: string) =>
    narrate({ type: 'verification_pass', place: place(seat, subtask), shared: true, latencyMs: 10_000 })
  assert.match(pass(2, 'docs')!, /^coder 2 on part docs: verified in 10 s, the same change/)
  assert.match(pass(1, 'revision')!, /^revision 1:/)
  assert.match(pass(1, 'union')!, /^all parts together:/)
})

test('a sign of life names who still types, for how long and how much came', () => {
  const state = stateAfter([
    created,
    callStart('coder', 1),
    callStart('coder', 3),
    { type: 'model_call_delta', call: '1/1/coder/3', role: 'coder', place: place(3), characters: 1_200 },
  ])
  assert.equal(signOfLife(state, 43_000), 'coders 1, 3 still typing, 41 s, 1,200 characters received')
})

test('a sign of life without an open call says what else goes on', () => {
  assert.equal(signOfLife(stateAfter([created]), 31_000), 'still at work, 30 s')
  const checking = stateAfter([
    created,
    { type: 'attempt_start', attempt: 1, tier: 'fast' },
    { type: 'verification_start', place: place(1), tree: 'x', gates: ['test'] },
  ])
  assert.equal(signOfLife(checking, 31_000), 'checks still running on 1 candidate')
})

test('the evidence names gates, candidates, ballots, attempts, tokens and the task', () => {
  assert.equal(
    evidence(stateAfter([created, ...happyEvents, complete(verified)]), SEAL),
    'Evidence: verified · test passed · sandboxed · 1 of 3 candidates verified · 1 of 2 ballots · reviewer: approve · 1 attempt (fast) · 480 tokens · 27 s · task task-1 · receipt 1a2b3c4d5e6f',
  )
})

test('a verified answer is a sentence, the diff and the evidence', () => {
  const text = answer(stateAfter([created, ...happyEvents, complete(verified)]))
  assert.match(text, /^This change passed the project's own test\.\n\n```diff\n/)
  assert.ok(text.includes(`\`\`\`diff\n${DIFF}\`\`\`\n\nEvidence: `))
})

test('an unverified answer says that nothing was proven', () => {
  const text = answer(
    stateAfter([
      created,
      complete({
        kind: 'unverified',
        files: [],
        patch: patch(),
        gates: [],
        reason: 'the project has no checks',
        proof: PROOF,
      }),
    ]),
  )
  assert.match(text, /^Unverified: the project has no checks\. The patch applies; nothing more was proven\./)
  assert.match(text, /no checks were run on it/)
})

test('an abstention claims nothing and shows which gates the closest attempt failed', () => {
  const best = { patch: patch(), gates: [gate('passed', 'lint'), gate('failed')], why: 'tests fail' }
  const text = answer(
    stateAfter([created, complete({ kind: 'abstained', reason: '5 attempts were made', best })]),
  )
  assert.match(text, /^Nothing passed, so there is no change to recommend: 5 attempts were made\./)
  assert.match(text, /it fails test/)
  assert.match(text, /a\.ts:3 TS2322 no such type/)
  assert.ok(text.includes(DIFF))
  assert.match(text, /lint passed, test failed/)
  assert.ok(!/verified change|This change passed/.test(text))
})

test('an abstention without any patch says so', () => {
  const text = answer(stateAfter([created, complete({ kind: 'abstained', reason: 'no luck', best: null })]))
  assert.match(text, /No attempt came as far as a patch/)
  assert.ok(!text.includes('```'))
})

test('faults and cancellations are told in plain words, without a diff', () => {
  const aborted = (cause: 'fault' | 'cancelled') =>
    answer(
      stateAfter([created, { type: 'task_abort', cause, reason: 'the model server is down', outcome: null }]),
    )
  assert.match(aborted('fault'), /^The task broke off, .* The reason: the model server is down\./)
  assert.match(
    aborted('cancelled'),
    /^The task was cancelled: the model server is down\. Nothing was changed\./,
  )
})

test('a diff with a literal thought tag stays as it is, and the reader is warned', () => {
  const diff = DIFF.replace('+world', '+<think>world')
  const text = answer(
    stateAfter([
      created,
      complete({
        kind: 'verified',
        files: [],
        patch: patch(diff),
        gates: [gate()],
        testsChanged: [],
        proof: PROOF,
      }),
    ]),
  )
  assert.ok(text.includes(diff))
  assert.match(text, /Note: the diff holds a literal `think` tag/)
})

const fenced = (text: string): string => {
  const [, ticks, rest] = /^(`{3,})diff\n([\s\S]*)$/m.exec(text)!
  return rest!.slice(0, rest!.indexOf(`\n${ticks}\n`) + 1)
}

test('the fence is longer than any run of backticks in the diff, and gives the diff back', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('`', '``', '````', 'x', '\n', ' ')), (parts) => {
      const diff = `+${parts.join('')}\n`
      const text = answer(
        stateAfter([
          created,
          complete({
            kind: 'verified',
            files: [],
            patch: patch(diff),
            gates: [gate()],
            testsChanged: [],
            proof: PROOF,
          }),
        ]),
      )
      assert.equal(fenced(text), diff)
    }),
  )
})

test('git applies the fenced diff, with and without a line end at the end of the file', () => {
  const withoutEnd = `diff --git a/greet.txt b/greet.txt
--- a/greet.txt
+++ b/greet.txt
@@ -1 +1,2 @@
 hello
+\`\`\`world
\\ No newline at end of file
`
  for (const [diff, after] of [
    [DIFF, 'hello\nworld\n'],
    [withoutEnd, 'hello\n```world'],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'quorum-answer-'))
    try {
      writeFileSync(join(folder, 'greet.txt'), 'hello\n')
      const text = answer(
        stateAfter([
          created,
          complete({
            kind: 'verified',
            files: [],
            patch: patch(diff),
            gates: [gate()],
            testsChanged: [],
            proof: PROOF,
          }),
        ]),
      )
      const { status, stderr } = spawnSync('git', ['apply', '-'], { cwd: folder, input: fenced(text) })
      assert.equal(status, 0, stderr.toString())
      assert.equal(readFileSync(join(folder, 'greet.txt'), 'utf8'), after)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
})

const looked = (more: Partial<Extract<SwarmEvent, { type: 'planner_looked' }>>): SwarmEvent => ({
  type: 'planner_looked',
  by: 'calls',
  files: [],
  names: [],
  searches: [],
  unanswered: 0,
  ...more,
})

const tellings: readonly (readonly [SwarmEvent, string])[] = [
  [
    looked({ files: ['src/a.ts'], names: ['parseLine'] }),
    'the planner looked at src/a.ts and where parseLine is used',
  ],
  [
    looked({ names: ['one', 'two'], searches: ['the project as a whole'], unanswered: 2 }),
    'the planner looked at where one, two are used and the project as a whole; 2 questions could not be answered',
  ],
  [looked({ unanswered: 1 }), 'the planner wanted to look: 1 question could not be answered'],
  [looked({}), 'the planner looked, and there was nothing it may see'],
  [
    {
      type: 'plan_ready',
      plan: {
        subtasks: [{ id: '1', description: 'greet', filesOwned: ['src/a.ts'], dependsOn: [] }],
        fallback: null,
        remarks: ['scr/a.ts is taken for src/a.ts'],
      },
    },
    'plan: 1 part (1: greet); scr/a.ts is taken for src/a.ts',
  ],
]
for (const [event, line] of tellings) {
  test(`it is told: ${line}`, () => assert.equal(narrate(event), line))
}
