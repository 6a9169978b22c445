import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { edit, only, setStage, type Scene } from '../../support/story.ts'

/** A project whose second test passes or fails by the run: as often as `fails` says, counted from 0. */
async function flakyScene(t: TestContext, fails: readonly number[], coder: string): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-flaky-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const counter = join(folder, 'runs')
  await writeFile(counter, '0')
  return {
    cast: { planner: () => 'no plan', coder: () => coder },
    limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 }, attempts: 1 },
    gates: {},
    files: {
      'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node --test' } }),
      'src/double.js': 'export const double = (number) => number * 3\n',
      'test/double.test.js': `import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { double } from '../src/double.js'

test('nothing doubled is nothing', () => assert.equal(double(0), 0))
test('the network is there', () => {
  const run = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'))
  writeFileSync(${JSON.stringify(counter)}, String(run + 1))
  assert.ok(!${JSON.stringify(fails)}.includes(run), 'no answer')
})
`,
    },
  }
}
const doubles = (body: string): string =>
  edit(
    'export const double = (number) => number * 3',
    `export const double = (number) => ${body}`,
    'src/double.js',
  )
const RIGHT = doubles('number * 2')
const WRONG = doubles('number + 2')

test('a test that fails on the base too when it is run again does not count, and is named', async (t) => {
  const { tell } = await setStage(t, await flakyScene(t, [1, 2], RIGHT))
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  const [gate] = only(story, 'gate_complete')
  assert.equal(gate?.result.flaky.length, 1)
  assert.match(gate.result.flaky[0]!, /the network is there/)
  assert.deepEqual(gate.result.tests, { passed: 1, failed: 1, skipped: 0 })
})

test('a test that passes on the base every time and fails on the candidate counts', async (t) => {
  const { tell } = await setStage(t, await flakyScene(t, [1], RIGHT))
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'abstained')
  assert.match(only(story, 'verification_fail')[0]!.summary, /the network is there no answer/)
})

test('a flaky test hides no other failure', async (t) => {
  const { tell } = await setStage(t, await flakyScene(t, [1, 2], WRONG))
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'abstained')
  const { summary } = only(story, 'verification_fail')[0]!
  assert.match(summary, /nothing doubled is nothing/)
  assert.doesNotMatch(summary, /the network/)
})
