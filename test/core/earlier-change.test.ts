import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  earlierParts,
  sayOnTop,
  sectionsOf,
  standingOf,
  type Section,
} from '../../src/core/earlier-change.ts'
import type { OnTop } from '../../src/core/task.ts'

const [OLD, NEW, NONE] = ['a'.repeat(40), 'b'.repeat(40), '0'.repeat(40)]
const section = (path: string, from: string, to: string, ...more: string[]): string =>
  [
    `diff --git a/${path} b/${path}`,
    ...more,
    `index ${from}..${to} 100644`,
    '--- x',
    '+++ y',
    '@@ -1 +1 @@',
    '',
  ]
    .join('\n')
    .concat('-diff --git a/x b/x\n+index 1..2\n')

test("git's own diff is read file by file, with the blobs each stands between", () => {
  const diff = [
    section('src/a b.ts', OLD, NEW),
    section('new.ts', NONE, NEW, 'new file mode 100644'),
    section('gone.ts', OLD, NONE, 'deleted file mode 100644'),
    section('run.sh', OLD, NEW, 'old mode 100644', 'new mode 100755'),
    'diff --git a/mode.sh b/mode.sh\nold mode 100644\nnew mode 100755\n',
    `diff --git a/p.png b/p.png\nindex ${OLD}..${NEW} 100644\nGIT binary patch\nliteral 1\nIcmZPo000310RR91\n`,
  ]
  const sections = sectionsOf(diff.join(''))
  assert.equal(sections.map(({ text }) => text).join(''), diff.join(''))
  assert.deepEqual(
    sections.map(({ path, blobs }) => [path, blobs?.before, blobs?.after]),
    [
      ['src/a b.ts', OLD, NEW],
      ['new.ts', null, NEW],
      ['gone.ts', OLD, null],
      ['run.sh', undefined, undefined],
      ['mode.sh', undefined, undefined],
      ['p.png', OLD, NEW],
    ],
  )
  assert.deepEqual(sectionsOf(''), [])
})

test('a file holds the change, is as it was before it, or has gone its own way', () => {
  const of = (before: string | null, after: string | null): Section => ({
    path: 'a',
    text: '',
    blobs: { before, after },
  })
  const cases: [Section, string | null, ReturnType<typeof standingOf>][] = [
    [of(OLD, NEW), NEW, 'changed'],
    [of(OLD, NEW), OLD, 'unchanged'],
    [of(OLD, NEW), null, 'elsewhere'],
    [of(null, NEW), null, 'unchanged'],
    [of(null, NEW), OLD, 'elsewhere'],
    [of(OLD, null), null, 'changed'],
    [{ path: 'a', text: '', blobs: null }, null, 'elsewhere'],
    [{ path: 'a', text: '', blobs: null }, OLD, 'elsewhere'],
  ]
  for (const [section, now, standing] of cases) assert.equal(standingOf(section, now), standing)
})

const onTop = (how: OnTop['how']): OnTop => ({ task: 't1', how, tree: OLD, clashes: ['src/a.ts'] })

test('the answer says which change it holds', () => {
  assert.match(sayOnTop(onTop('in-place')), /only what is new/)
  assert.match(sayOnTop(onTop('added')), /both together, in place of the earlier one/)
  assert.match(sayOnTop(onTop('left-out')), /does not fit onto your files any more \(src\/a\.ts\)/)
})

test('of the earlier change prompts carry what was asked and the beginning of its diff, however long it is', () => {
  const change = { task: 't1', request: 'greet', diff: '+x\n'.repeat(100_000), tree: OLD }
  const { request, overview } = earlierParts(change, onTop('added'))
  assert.match(request, /It is in these files already\. What was asked for then: greet/)
  assert.ok(overview.length < 5_000)
  assert.match(earlierParts(change, onTop('left-out')).request, /It is not in these files/)
})
