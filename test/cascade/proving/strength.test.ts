import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureStrength } from '../../../src/cascade/proving/strength.ts'
import { isStrong } from '../../../src/core/mutants.ts'
import type { FileChange } from '../../../src/core/task.ts'
import { DISCOUNT, heard, never, proving, testOf } from '../../support/proving.ts'
import { only } from '../../support/story.ts'

const CLOSE_LOOK: FileChange = {
  path: 'test/discount.test.js',
  content: testOf(
    'ten pieces cost one less',
    '[9, 10, 11].forEach((count) => assert.equal(price(count, 3), [27, 29, 32][count - 9]))',
  ),
}

test('tests that look closely notice every fault: the gates are strong', async (t) => {
  await proving(t, {}, async ({ setting, project, verified }) => {
    const candidate = await verified(2, DISCOUNT, CLOSE_LOOK)
    const { story, result } = await heard(measureStrength(candidate, setting, never))
    assert.deepEqual(result, { exercised: true, mutants: 4, killed: 4, survived: [], unmeasured: null })
    assert.equal(isStrong(result), true)
    const [event, ...others] = only(story, 'gate_strength')
    assert.deepEqual([event?.place, event?.strength, others.length], [{ subtask: '1', seat: 2 }, result, 0])
    // the tree that was measured is what it was
    assert.equal(await project.read(candidate.patch.tree, 'src/price.js'), DISCOUNT.content)
  })
})

test('what nobody noticed is named: the gates are weak', async (t) => {
  await proving(t, { strategy: { mutants: 3 } }, async ({ setting, verified }) => {
    const { result } = await heard(measureStrength(await verified(1, DISCOUNT), setting, never))
    assert.equal(result.mutants, 3)
    assert.ok(result.survived.includes('src/price.js:2 >= became >'), result.survived.join())
    assert.equal(isStrong(result), false)
  })
})

test('lines that no test runs are told', async (t) => {
  await proving(t, {}, async ({ setting, verified }) => {
    const content = "export function label(name) {\n  if (!name) return '-'\n  return name.trim()\n}\n"
    const candidate = await verified(1, { path: 'src/label.js', content })
    const { result } = await heard(measureStrength(candidate, setting, never))
    assert.equal(result.exercised, false)
    assert.equal(result.killed, 0)
  })
})

test('a fault without an end is noticed', async (t) => {
  await proving(t, { strategy: { mutants: 1 } }, async ({ setting, verified }) => {
    const content =
      'export function price(count, each) {\n  let sum = 0\n  while (count-- > 0) sum = sum + each\n  return sum\n}\n'
    const candidate = await verified(1, { path: 'src/price.js', content })
    const { result } = await heard(measureStrength(candidate, setting, never))
    assert.deepEqual([result.mutants, result.exercised], [1, true])
  })
})

for (const [why, { changes, scene, gates }] of Object.entries({
  'the project has no tests': {
    changes: [DISCOUNT],
    scene: { gates: { lint: { command: ['true'] } } },
    gates: {},
  },
  'not at this effort': { changes: [DISCOUNT], scene: { strategy: { mutants: 0 } }, gates: {} },
  'the changed lines hold nothing that a small fault fits into': {
    changes: [{ path: 'README.md', content: 'a < b\n' }],
    scene: {},
    gates: {},
  },
  'a run of the tests takes 31 s': { changes: [DISCOUNT], scene: {}, gates: { ms: 31_000 } },
})) {
  test(`not measured, and said so: ${why}`, async (t) => {
    await proving(t, scene, async ({ setting, verified }) => {
      const candidate = await verified(1, ...changes)
      const slow = candidate.gates.map((gate) => ({ ...gate, ...gates }))
      const { story, result } = await heard(measureStrength({ ...candidate, gates: slow }, setting, never))
      assert.equal(result.unmeasured, why)
      assert.equal(isStrong(result), false)
      assert.equal(only(story, 'gate_strength').length, 1)
    })
  })
}

test('a task that is cancelled leaves no fault running', async (t) => {
  await proving(t, {}, async ({ setting, verified }) => {
    const candidate = await verified(1, DISCOUNT)
    const cancel = new AbortController()
    const measured = heard(measureStrength(candidate, setting, cancel.signal))
    cancel.abort(new Error('the client left'))
    await assert.rejects(measured, /the client left/)
  })
})
