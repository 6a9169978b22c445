import assert from 'node:assert/strict'
import { stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import { EXAM_PAIRS } from '../../../src/core/exam-pairs/all-pairs.ts'
import { diffsOf, type ExamPair } from '../../../src/core/exam-pairs/exam-pair.ts'
import { EXAM_BALLOTS } from '../../../src/core/voter-record.ts'

type Check = (module: unknown, assertions: typeof assert) => void

/** What the pair's own check says of this version of its file. */
async function passes({ check }: ExamPair, source: string): Promise<boolean> {
  const code = stripTypeScriptTypes(source)
  const module: unknown = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-type-assertion -- the checks are ours, and text
  const run = new Function('module', 'assert', check) as Check
  try {
    run(module, assert)
    return true
  } catch {
    return false
  }
}

for (const pair of EXAM_PAIRS) {
  test(`${pair.path}: its check passes on the right change, and on neither the wrong one nor none`, async () => {
    assert.equal(await passes(pair, pair.right), true, 'right')
    assert.equal(await passes(pair, pair.wrong), false, 'wrong')
    assert.equal(await passes(pair, pair.before), false, 'before')
  })
}

test('there are enough pairs for an examination, in which some calls may fail', () => {
  assert.ok(EXAM_PAIRS.length >= 60)
  assert.ok(EXAM_PAIRS.length * 2 >= EXAM_BALLOTS + 8)
  assert.equal(new Set(EXAM_PAIRS.map(({ path }) => path)).size, EXAM_PAIRS.length)
})

test('neither the longer nor the shorter change is the right one more often: a voter of that habit learns nothing', () => {
  const longer = EXAM_PAIRS.filter(({ right, wrong }) => right.length > wrong.length).length
  const shorter = EXAM_PAIRS.filter(({ right, wrong }) => right.length < wrong.length).length
  assert.ok(Math.abs(longer - shorter) <= EXAM_PAIRS.length * 0.15, `${longer} longer, ${shorter} shorter`)
})

/** The file as it is before or after a diff that shows all of it. */
const sideOf = (diff: string, mark: '-' | '+'): string =>
  diff
    .split(/^@@ .*\n/m)[1]!
    .replace(mark === '-' ? /^\+.*\n/gm : /^-.*\n/gm, '')
    .replace(/^[ +-]/gm, '')

test('the diffs of a pair lead from the file as it was to either change', () => {
  for (const pair of EXAM_PAIRS) {
    const [right, wrong] = diffsOf(pair)
    assert.equal(sideOf(right, '-'), pair.before)
    assert.equal(sideOf(right, '+'), pair.right)
    assert.equal(sideOf(wrong, '+'), pair.wrong)
  }
})
