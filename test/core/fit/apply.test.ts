import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addedLines } from '../../../src/core/added-lines.ts'
import { settingsFor, type Shown } from '../../../src/core/fit/apply.ts'

const HERE = 'http://localhost:11434/v1'
const SHOWN: Shown[] = [
  { tier: 'fast', model: 'small', url: HERE },
  { tier: 'deep', model: 'large', url: HERE },
]

test('only what the configuration does not have yet is written', () => {
  const settings = settingsFor(SHOWN, { fast: { model: 'small' }, deep: { url: HERE } }, null)
  assert.deepEqual(settings, [
    { path: ['tiers', 'fast', 'url'], value: HERE },
    { path: ['tiers', 'deep', 'model'], value: 'large' },
  ])
  assert.deepEqual(
    settingsFor(SHOWN, { fast: { model: 'x', url: 'y' }, deep: { model: 'x', url: 'y' } }, null),
    [],
  )
})

test('a server that is named for all of them is not named once more', () => {
  assert.deepEqual(
    settingsFor(SHOWN, {}, HERE).map(({ path }) => path.join('.')),
    ['tiers.fast.model', 'tiers.deep.model'],
  )
})

test('a diff shows what is added, and a little around it', () => {
  assert.deepEqual(addedLines('', '{}\n'), ['+{}'])
  assert.deepEqual(addedLines('a\nb\nc\nd\ne\n', 'a\nb\nc\nX\nd\ne\n'), [' b', ' c', '+X', ' d', ' e'])
  assert.deepEqual(addedLines('a\nb\n', 'a\nc\n'), [' a', '-b', '+c'])
  assert.deepEqual(addedLines('a\n', 'a\n'), [' a'])
  assert.deepEqual(addedLines('a\na\n', 'a\na\na\n'), [' a', ' a', '+a'])
})
