import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Project } from '../../../src/cascade/ports.ts'
import { createVerifier } from '../../../src/cascade/checking/verify.ts'
import type { Gate } from '../../../src/core/task.ts'
import { gateOf } from '../../support/gate.ts'
import { PROJECT, setStage } from '../../support/story.ts'

const never = new AbortController().signal

/** Looks for a word in all sources, or in the files that are named. */
const looksFor = (word: string, kind: Gate['kind'], quick: string): Gate =>
  gateOf(['sh', 'checks/forbid.sh', word, `no ${word}`], {
    kind,
    quick: { command: ['sh', '-c', quick, 'quick'], endings: ['.js'], names: 'files' },
  })
const FINDS =
  'grep -n BAD "$@" /dev/null | sed -E "s/^([^:]+):([0-9]+):.*/\\1:\\2:1: error: no BAD/"; ! grep -q BAD "$@"'

/** What was run on a tree in which `greet` has this body, and how it ended. */
async function verified(
  t: TestContext,
  gates: readonly Gate[],
  body: string,
  base: Record<string, string> = PROJECT,
) {
  const { workspaces, ports } = await setStage(t, { cast: { coder: () => '' }, files: base, gates: {} })
  await using opened = await workspaces.open({ kind: 'named', name: 'app' }, never)
  const judgeOf: Project['judgeOf'] = async () => {
    const checkout: Project['checkout'] = (tree, signal) => opened.checkout(tree, signal)
    return { kind: 'judge', isNew: false, gates, checkout }
  }
  const project = { ...opened, gates, judgeOf }
  await using verifier = createVerifier(project, '', ports.clock, never)
  const content = `export function greet(name) {\n  return ${body}\n}\n`
  const tree = await project.write(project.base, [{ path: 'src/greet.js', content }], never)
  const runs: string[] = []
  const stage = verifier.verify(tree, { subtask: '1', seat: 1 }, never)
  for (;;) {
    const next = await stage.next()
    if (next.done) return { runs, ...next.value }
    if (next.value.type === 'gate_complete') {
      const { gate, scope, status } = next.value.result
      runs.push(`${gate} ${scope} ${status}`)
    }
  }
}

test('a new finding in a changed file is an early no: the whole check and all later ones are spared', async (t) => {
  const gates = [looksFor('BAD', 'lint', FINDS), gateOf(['true'], { kind: 'typecheck' })]
  const { runs, failed } = await verified(t, gates, "'BAD' + name")
  assert.deepEqual(runs, ['lint changed failed'])
  assert.deepEqual(failed?.diagnostics, [{ file: 'src/greet.js', line: 2, code: null, message: 'no BAD' }])
})

test('what is clean is checked as a whole, and only that is the proof', async (t) => {
  const gates = [looksFor('BAD', 'lint', FINDS), gateOf(['true'], { kind: 'typecheck' })]
  const { runs, gates: proof } = await verified(t, gates, "'hello ' + name")
  assert.deepEqual(runs, ['typecheck all passed', 'lint all passed'])
  assert.deepEqual(
    proof.map(({ scope }) => scope),
    ['all', 'all'],
  )
})

test('a finding that was there before is no early no, and no late one', async (t) => {
  const base = { ...PROJECT, 'src/greet.js': "export function greet(name) {\n  return 'BAD'\n}\n" }
  const { runs, failed } = await verified(t, [looksFor('BAD', 'lint', FINDS)], "'BAD' + name", base)
  assert.deepEqual(runs, ['lint all passed'])
  assert.equal(failed, null)
})

test('a quick check that breaks, and names nothing, is left to the whole check', async (t) => {
  const gates = [looksFor('BAD', 'lint', 'echo "unknown option" >&2; exit 2')]
  const { runs } = await verified(t, gates, "'hello ' + name")
  assert.deepEqual(runs, ['lint all passed'])
})
