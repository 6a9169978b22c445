import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recallOf, seenLines } from '../../bench/context/seen.ts'

const SHOWN = [
  '``` src/a.ts',
  '[… code not shown: lines 1 to 9 …]',
  'ten',
  'eleven',
  '[… code not shown: line 12 …]',
  'thirteen',
  '```',
  '',
  '``` src/b.ts',
  '3| export function one()',
  '```',
].join('\n')

test('what counts as seen is what stands there to the letter, and no declaration', () => {
  assert.deepEqual(
    [...seenLines(SHOWN)].map(([path, lines]) => [path, [...lines]]),
    [['src/a.ts', [10, 11, 13]]],
  )
})

test('of the lines that have to change, the share that is seen is counted over all files', () => {
  const lines = new Map([
    ['src/a.ts', [9, 10]],
    ['src/b.ts', [3]],
    ['src/c.ts', [1]],
  ])
  assert.equal(recallOf(lines, SHOWN), 1 / 4)
})
