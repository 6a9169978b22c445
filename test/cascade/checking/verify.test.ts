import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatesConfig } from '../../../src/config.ts'
import { createVerifier, type Verifier } from '../../../src/cascade/checking/verify.ts'
import { verifyDiff } from '../../../src/cascade/checking/verify-diff.ts'
import type { Project } from '../../../src/cascade/ports.ts'
import { GATES, only, parts, PROJECT, RIGHT, setStage, TYPE_ERROR, type Scene } from '../../support/story.ts'

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
        timeoutMs: 3_000,
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

type Bench = {
  project: Project
  verifier: Verifier
  /** A tree in which `greet` is this. */
  tree: (content: string) => Promise<string>
  right: string
}

/** A project and a verifier of it, without any model. */
async function bench(
  t: Parameters<typeof setStage>[0],
  work: (bench: Bench) => Promise<void>,
  gates: GatesConfig = { typecheck: GATES.typecheck },
): Promise<void> {
  const { workspaces, ports } = await setStage(t, { cast: { coder: () => '' }, gates })
  await using project = await workspaces.open({ kind: 'named', name: 'app' }, never)
  await using verifier = createVerifier(project, '', ports.clock, never)
  const tree = (content: string) =>
    project.write(project.base, [{ path: 'src/greet.js', content: `${content}\n` }], never)
  await work({
    project,
    verifier,
    tree,
    right: await tree('export const greet = (name) => `Hello, ${name}`'),
  })
}

async function verified(verifier: Verifier, tree: string, seat: number, signal = never, form?: string) {
  const events: string[] = []
  const stage = verifier.verify(tree, { subtask: '1', seat }, signal, form)
  for (;;) {
    const next = await stage.next()
    if (next.done) {
      const { gates, failed, with: other } = next.value
      return { events, passed: failed === null, gates, with: other?.seat ?? null }
    }
    events.push(next.value.type)
  }
}

const CHECKED = ['verification_start', 'gate_complete', 'verification_pass']

test('who brings a tree that is being checked waits for the result instead of checking again', async (t) => {
  await bench(t, async ({ verifier, right }) => {
    const all = await Promise.all([1, 2, 3].map((seat) => verified(verifier, right, seat)))
    assert.deepEqual(
      all.map(({ events }) => events),
      [CHECKED, ['verification_pass'], ['verification_pass']],
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

/** The same code in three wordings, and their form. */
async function wordings({ project, tree }: Bench, body: string) {
  const trees = await Promise.all(
    [body, `// said otherwise\n${body.replaceAll('name', 'who')}`, `${body}\n\n// at last`].map(tree),
  )
  const forms = await Promise.all(trees.map((tree) => project.formOf(project.base, tree, never)))
  assert.equal(new Set(trees).size, 3)
  assert.equal(new Set(forms).size, 1)
  return { trees, form: forms[0]! }
}

test('of candidates that differ in wording one is checked, and the others agree with it', async (t) => {
  await bench(t, async (bench) => {
    const { trees, form } = await wordings(bench, 'export const greet = (name) => `Hello, ${name}`')
    const all = await Promise.all(
      trees.map((tree, index) => verified(bench.verifier, tree, index + 1, never, form)),
    )
    assert.deepEqual(
      all.map(({ events, passed, with: other }) => ({ events, passed, with: other })),
      [
        { events: CHECKED, passed: true, with: null },
        { events: ['candidate_agreed'], passed: true, with: 1 },
        { events: ['candidate_agreed'], passed: true, with: 1 },
      ],
    )
    assert.deepEqual(all[1]?.gates, all[0]?.gates)
  })
})

test('a tree on which no gate ran is never verified, however often it comes', async (t) => {
  await bench(t, async (bench) => {
    const { verifier } = bench
    const { trees, form } = await wordings(bench, 'export const greet = (name) => `Hello, ${name}`')
    assert.equal((await verified(verifier, trees[0]!, 1, never, form)).with, null)
    assert.equal((await verified(verifier, trees[1]!, 2, never, form)).with, 1)
    assert.equal((await verified(verifier, trees[1]!, 3, never, form)).with, 1)
    // who asks for this very tree gets gates that ran on it, and from then on it is known
    assert.deepEqual((await verified(verifier, trees[1]!, 4)).events, CHECKED)
    assert.deepEqual(await verified(verifier, trees[1]!, 5, never, form), {
      ...(await verified(verifier, trees[1]!, 6)),
      with: null,
    })
  })
})

test('a test that fails, fails for all that say the same', async (t) => {
  await bench(
    t,
    async (bench) => {
      const { trees, form } = await wordings(bench, "export const greet = (name) => 'Hello' + name.length")
      const all = await Promise.all(
        trees.map((tree, index) => verified(bench.verifier, tree, index + 1, never, form)),
      )
      assert.deepEqual(
        all.map(({ events, passed, with: other }) => [events.join(' '), passed, other]),
        [
          ['verification_start gate_complete verification_fail', false, null],
          ['verification_fail', false, null],
          ['verification_fail', false, null],
        ],
      )
    },
    { test: GATES.test },
  )
})

test('a check that reads the text fails nobody else: the next is checked itself, and then agreed with', async (t) => {
  await bench(t, async (bench) => {
    const { project, tree, verifier } = bench
    const { trees, form } = await wordings(bench, 'export const greet = (name) => `Hello, ${name}`')
    const noted = await tree('// a TYPO\nexport const greet = (name) => `Hello, ${name}`')
    assert.equal(await project.formOf(project.base, noted, never), form)
    const all = await Promise.all(
      [noted, ...trees].map((tree, index) => verified(verifier, tree, index + 1, never, form)),
    )
    assert.deepEqual(
      all.map(({ passed, with: other }) => [passed, other]),
      [
        [false, null],
        [true, null],
        [true, 2],
        [true, 2],
      ],
    )
    assert.deepEqual(all[1]?.events, CHECKED)
  })
})

test('when the one who checks is cancelled, another who says the same takes over', async (t) => {
  await bench(t, async (bench) => {
    const { trees, form } = await wordings(bench, 'export const greet = (name) => `Hello, ${name}`')
    const leader = new AbortController()
    const [first, second, third] = trees.map((tree, index) =>
      verified(bench.verifier, tree, index + 1, index === 0 ? leader.signal : never, form),
    )
    leader.abort(new Error('cancelled'))
    await assert.rejects(first!, new Error('cancelled'))
    assert.deepEqual([(await second!).events, (await second!).with], [CHECKED, null])
    assert.equal((await third!).with, 2)
  })
})

test('nobody agrees with a candidate whose contest is over: it is not there to stand behind', async (t) => {
  await bench(t, async (bench) => {
    const { trees, form } = await wordings(bench, 'export const greet = (name) => `Hello, ${name}`')
    const contest = new AbortController()
    await verified(bench.verifier, trees[0]!, 1, contest.signal, form)
    contest.abort(new Error('decided'))
    const next = await verified(bench.verifier, trees[1]!, 1, never, form)
    assert.deepEqual([next.events, next.with], [CHECKED, null])
    assert.equal((await verified(bench.verifier, trees[2]!, 2, never, form)).with, 1)
  })
})

test('a failure is remembered beyond its contest', async (t) => {
  await bench(
    t,
    async (bench) => {
      const { trees, form } = await wordings(bench, "export const greet = (name) => 'Hello' + name.length")
      const contest = new AbortController()
      await verified(bench.verifier, trees[0]!, 1, contest.signal, form)
      contest.abort(new Error('decided'))
      assert.deepEqual((await verified(bench.verifier, trees[1]!, 1, never, form)).events, [
        'verification_fail',
      ])
    },
    { test: GATES.test },
  )
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
