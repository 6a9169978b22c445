import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { trySpecTest, writeSpecTest } from '../../../src/cascade/proving/spec-test.ts'
import type { SpecTest, Subtask } from '../../../src/core/task.ts'
import { DISCOUNT, heard, never, proving, SHOP, testOf, TOO_LATE } from '../../support/proving.ts'
import { edit, only } from '../../support/story.ts'

const SUBTASK: Subtask = { id: '1', description: 'discount', filesOwned: ['src/price.js'], dependsOn: [] }
const spec = (assertion: string): SpecTest => ({
  path: 'test/discount.test.js',
  content: testOf('the request', assertion),
})
const TEN = spec('assert.equal(price(10, 3), 29)')
const ELEVEN = spec('assert.equal(price(11, 3), 32)')

test('the tester sees request, files and a test of the project, and writes one new file', async (t) => {
  const cast = { tester: () => edit('', TEN.content.trimEnd(), TEN.path) }
  await proving(t, { cast }, async ({ setting, project, prompts }) => {
    const { story, result } = await heard(writeSpecTest(SUBTASK, project.base, setting, never))
    assert.equal(result?.path, TEN.path)
    assert.equal(result.content.trimEnd(), TEN.content.trimEnd())
    assert.deepEqual(only(story, 'spec_test'), [])
    const [prompt] = prompts('tester')
    for (const part of [setting.brief.request, SHOP['src/price.js']!, 'one piece costs what a piece costs'])
      assert.ok(prompt?.includes(part), part)
  })
})

for (const [what, { reply, reason }] of Object.entries({
  'no file': { reply: 'I would rather not.', reason: /no patch/ },
  'a change of the sources': {
    reply: edit('', 'assert.ok(test(1))', 'src/new.js'),
    reason: /not named as a test/,
  },
  'a test that does not parse': { reply: edit('', `${TEN.content}}`, TEN.path), reason: /does not parse/ },
  'a test that cannot fail': {
    reply: edit('', testOf('x', 'assert.ok(true)').trimEnd(), TEN.path),
    reason: /asserts nothing/,
  },
  'nothing, because it broke': { reply: { kind: 'status', status: 500 } as const, reason: /500/ },
})) {
  test(`a tester who writes ${what} is told, and the task goes on without`, async (t) => {
    await proving(t, { cast: { tester: () => reply } }, async ({ setting, project }) => {
      const { story, result } = await heard(writeSpecTest(SUBTASK, project.base, setting, never))
      assert.equal(result, null)
      const [told, ...others] = only(story, 'spec_test')
      assert.deepEqual([told?.status, told?.test, others.length], ['dropped', null, 0])
      assert.match(told?.reason ?? '', reason)
    })
  })
}

test('where no tests are run no model is asked for one', async (t) => {
  await proving(t, { gates: { lint: { command: ['true'] } } }, async ({ setting, project, prompts }) => {
    const { story, result } = await heard(writeSpecTest(SUBTASK, project.base, setting, never))
    assert.deepEqual([result, story, prompts('tester')], [null, [], []])
  })
})

test('a test that fails on the base and passes on a survivor holds, twice the same', async (t) => {
  await proving(t, {}, async ({ setting, project, verified }) => {
    const [right, wrong] = [await verified(1, DISCOUNT), await verified(4, TOO_LATE)]
    const { story, result } = await heard(trySpecTest(TEN, [right, wrong], project.base, setting, never))
    assert.equal(result.status, 'holds')
    assert.deepEqual(
      [...result.passed],
      [
        [right.patch.tree, true],
        [wrong.patch.tree, false],
      ],
    )
    assert.notEqual(result.behaviour.get(right.patch.tree), result.behaviour.get(wrong.patch.tree))
    const [told] = only(story, 'spec_test')
    assert.deepEqual([told?.subtask, told?.status, told?.test, told?.reason], ['1', 'holds', TEN, null])
    assert.deepEqual(
      only(story, 'spec_result').map(({ place, passed }) => [place.seat, passed]),
      [
        [1, true],
        [4, false],
      ],
    )
  })
})

test('a test of what is not there yet does not load on the base, and holds', async (t) => {
  await proving(t, {}, async ({ setting, project, verified }) => {
    const half = { path: 'src/half.js', content: 'export const half = (n) => n / 2\n' }
    const content = testOf('half', 'assert.equal(half(4), 2)').replaceAll('price', 'half')
    const { result } = await heard(
      trySpecTest(
        { path: 'test/half.test.js', content },
        [await verified(1, half)],
        project.base,
        setting,
        never,
      ),
    )
    assert.equal(result.status, 'holds')
  })
})

test('a test that passes on the base only tells survivors apart: a probe', async (t) => {
  await proving(t, {}, async ({ setting, project, verified }) => {
    const free = { ...DISCOUNT, content: DISCOUNT.content!.replace('count * each\n', 'count * each || 1\n') }
    const survivors = [await verified(1, DISCOUNT), await verified(2, free)]
    const nothing = spec('assert.equal(price(0, 3), 0)')
    const { story, result } = await heard(trySpecTest(nothing, survivors, project.base, setting, never))
    assert.equal(result.status, 'probe')
    assert.deepEqual([...result.passed.values()], [true, false])
    assert.match(only(story, 'spec_test')[0]?.reason ?? '', /tells candidates apart/)
  })
})

test('a test that everything passes, or nothing, is dropped after one run', async (t) => {
  await proving(t, {}, async ({ setting, project, verified }) => {
    const survivors = [await verified(1, DISCOUNT)]
    for (const assertion of ['assert.equal(price(2, 3), 6)', 'assert.equal(price(10, 3), 28)']) {
      const { story, result } = await heard(
        trySpecTest(spec(assertion), survivors, project.base, setting, never),
      )
      assert.deepEqual([result.status, result.passed.size], ['dropped', 0])
      assert.deepEqual(only(story, 'spec_result'), [])
    }
  })
})

test('a test that wavers is dropped', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-wavering-'))
  t.after(() => rm(folder, { recursive: true }))
  await proving(t, {}, async ({ setting, project, verified }) => {
    // passes on the change the first time, and never again
    const once = `{ if (price(11, 3) === 32) mkdirSync(${JSON.stringify(join(folder, 'seen'))}); assert.equal(price(11, 3), 32) }`
    const content = `import { mkdirSync } from 'node:fs'\n${testOf('once', once)}`
    const { story, result } = await heard(
      trySpecTest({ ...ELEVEN, content }, [await verified(1, DISCOUNT)], project.base, setting, never),
    )
    assert.equal(result.status, 'dropped')
    assert.match(only(story, 'spec_test')[0]?.reason ?? '', /two runs of it .* differ/)
  })
})

test('where tests are not told one by one, the exit code tells', async (t) => {
  const files = {
    ...SHOP,
    'checks/all.mjs':
      "import { globSync } from 'node:fs'\nfor (const file of globSync('test/*.test.js')) await import(`../${file}`)\n",
  }
  const gates = { test: { command: ['node', 'checks/all.mjs'] } }
  await proving(t, { files, gates }, async ({ setting, project, verified }) => {
    const survivors = [await verified(1, DISCOUNT), await verified(2, TOO_LATE)]
    const { result } = await heard(trySpecTest(TEN, survivors, project.base, setting, never))
    assert.equal(result.status, 'holds')
    assert.deepEqual([...result.passed.values()], [true, false])
    assert.equal(result.behaviour.size, 0)
  })
})
