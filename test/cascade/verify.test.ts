import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatesConfig } from '../../src/config.ts'
import { createVerifier, type Verifier } from '../../src/cascade/verify.ts'
import { verifyDiff } from '../../src/cascade/verify-diff.ts'
import type { Project } from '../../src/cascade/ports.ts'
import { GATES, only, parts, PROJECT, RIGHT, setStage, TYPE_ERROR, type Scene } from '../support/story.ts'

const never = new AbortController().signal
const ONE = { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } }
/** `part` has a type error from before. */
const RED_BASE = {
  ...PROJECT,
  'src/part.js': "export function part(name) {\n  return 'bye ' + name // TYPO\n}\n",
}

const onRedBase = (coder: string, gates: GatesConfig = { typecheck: GATES.typecheck }): Scene => ({
  cast: { planner: () => 'no plan', coder: () => coder },
  files: RED_BASE,
  limits: { ...ONE, attempts: 1 },
  gates,
})

test('a failure that was there before does not count, and the result says how many there were', async (t) => {
  const { tell, prompts } = await setStage(t, onRedBase(RIGHT))
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(
    outcome.gates.map(({ gate, status, exitCode, knownFailures }) => [gate, status, exitCode, knownFailures]),
    [['typecheck', 'passed', 1, 1]],
  )
  assert.equal(only(story, 'verification_pass').length, 1)
  assert.match(prompts('reviewer')[0]!, /typecheck: passed, apart from 1 failures that were there before/)
})

test('a failure that only moved down does not count either', async (t) => {
  const moved =
    'src/part.js\n<<<<<<< SEARCH\nexport function part(name) {\n=======\n/** Parts. */\n\nexport function part(name) {\n>>>>>>> REPLACE\n'
  const { tell } = await setStage(t, onRedBase(moved))
  assert.equal((await tell()).outcome?.kind, 'verified')
})

test('a new failure beside the old one counts, and it alone is told', async (t) => {
  const { tell } = await setStage(t, onRedBase(TYPE_ERROR))
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'abstained')
  const [fail] = only(story, 'verification_fail')
  assert.equal(fail?.gate, 'typecheck')
  assert.equal(fail.summary, 'typecheck:\n  src/greet.js:3 no such name')
  assert.equal(only(story, 'gate_complete')[0]?.result.knownFailures, 1)
})

test('gates run in order and stop at the first that fails', async (t) => {
  const both =
    "src/greet.js\n<<<<<<< SEARCH\n  return 'hello ' + name\n=======\n  var it = TYPO\n>>>>>>> REPLACE\n"
  const { tell } = await setStage(t, {
    cast: { coder: () => both },
    limits: { ...ONE, attempts: 1 },
  })
  const { story } = await tell()
  assert.deepEqual(
    only(story, 'gate_complete').map(({ result }) => [result.gate, result.status]),
    [['lint', 'failed']],
  )
})

test('a gate that hangs is killed with all it started, and its time-out is told', async (t) => {
  const { tell, nothingIsLeft } = await setStage(t, {
    cast: { coder: () => RIGHT },
    limits: { ...ONE, attempts: 1 },
    gates: {
      // quick on the base, endless on the candidate
      test: {
        command: ['sh', '-c', 'grep -q Hello src/greet.js || exit 0; sleep 60 & sleep 60'],
        timeoutMs: 300,
      },
    },
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'abstained')
  const [gate] = only(story, 'gate_complete')
  assert.deepEqual(
    [gate?.result.status, gate?.result.timedOut, gate?.result.exitCode],
    ['failed', true, null],
  )
  assert.match(only(story, 'verification_fail')[0]!.summary, /test: no result within \d+ s \(killed\)/)
  await nothingIsLeft()
})

test('a gate whose program is not installed fails on every tree alike, so it proves nothing: not held against a candidate, nor for it', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: () => RIGHT },
    limits: ONE,
    gates: { lint: { command: ['no-such-linter'] } },
  })
  const { outcome } = await tell()
  assert.ok(outcome?.kind === 'unverified')
  assert.match(outcome.reason, /lint could not be run/)
})

type Bench = { project: Project; verifier: Verifier; right: string }

/** A project and a verifier of it, without any model. */
async function bench(
  t: Parameters<typeof setStage>[0],
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const { workspaces, ports } = await setStage(t, {
    cast: { coder: () => '' },
    gates: { typecheck: GATES.typecheck },
  })
  await using project = await workspaces.open({ kind: 'named', name: 'app' }, never)
  await using verifier = createVerifier(project, '', ports.clock, never)
  const content = 'export const greet = (name) => `Hello, ${name}`\n'
  const right = await project.write(project.base, [{ path: 'src/greet.js', content }], never)
  await work({ project, verifier, right })
}

async function verified(verifier: Verifier, tree: string, seat: number, signal = never) {
  const events: string[] = []
  const stage = verifier.verify(tree, { subtask: '1', seat }, signal)
  for (;;) {
    const next = await stage.next()
    if (next.done) return { events, passed: next.value.failed === null }
    events.push(next.value.type)
  }
}

test('who brings a tree that is being checked waits for the result instead of checking again', async (t) => {
  await bench(t, async ({ verifier, right }) => {
    const all = await Promise.all([1, 2, 3].map((seat) => verified(verifier, right, seat)))
    assert.deepEqual(
      all.map(({ events }) => events),
      [
        ['verification_start', 'gate_complete', 'verification_pass'],
        ['verification_pass'],
        ['verification_pass'],
      ],
    )
  })
})

test('when the one who checks is cancelled, another who waits for the same tree takes over', async (t) => {
  await bench(t, async ({ verifier, right }) => {
    const leader = new AbortController()
    const first = verified(verifier, right, 1, leader.signal)
    const second = verified(verifier, right, 2)
    const third = verified(verifier, right, 3)
    leader.abort(new Error('cancelled'))
    await assert.rejects(first, new Error('cancelled'))
    assert.deepEqual([(await second).passed, (await third).passed], [true, true])
    const checks = [await second, await third].filter(({ events }) => events.includes('verification_start'))
    assert.equal(checks.length, 1)
  })
})

test('who waits for another and is cancelled leaves at once, and the other goes on', async (t) => {
  await bench(t, async ({ verifier, right }) => {
    const waiting = new AbortController()
    const first = verified(verifier, right, 1)
    const second = verified(verifier, right, 2, waiting.signal)
    waiting.abort(new Error('cancelled'))
    await assert.rejects(second, new Error('cancelled'))
    assert.equal((await first).passed, true)
  })
})

test('a diff is checked by the contract of a tool: success, or errors and logs', async (t) => {
  const { workspaces, ports } = await setStage(t, { cast: { coder: () => '' } })
  await using project = await workspaces.open({ kind: 'named', name: 'app' }, never)
  const check = (diff: string) => verifyDiff(project, diff, ports.clock, never)
  const diff = (line: string): string =>
    `--- a/src/greet.js\n+++ b/src/greet.js\n@@ -2,3 +2,3 @@\n export function greet(name) {\n-  return 'hello ' + name\n+  ${line}\n }\n`
  const good = await check(diff("return 'Hello, ' + name"))
  assert.equal(good.success, true)
  assert.match(good.logs!, /== test\nok - greet names somebody/)
  const bad = await check(diff('return TYPO'))
  assert.deepEqual([bad.success, bad.errors], [false, ['typecheck:\n  src/greet.js:3 no such name']])
  assert.equal((await check('prose')).success, false)
  assert.equal((await check(parts('return 1').replace('bye', 'boo'))).success, false)
})
