import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { meansPrivate, privateIn, withhold } from '../../../src/core/privacy/withhold.ts'

const isPrivate = (path: string): boolean => path === 'secret/rates.js' || path === '.env'
const block = (path: string, content: string, fence = '```'): string =>
  `${fence} ${path}\n${content}\n${fence}`

test('a private file is cut out of the files of a prompt, with a word in its place', () => {
  const prompt = ['Look:', block('src/a.js', 'one'), block('secret/rates.js', 'RATE = 7'), 'Go.'].join('\n\n')
  const { text, leftOut, inside } = withhold(prompt, isPrivate)
  assert.deepEqual({ leftOut, inside }, { leftOut: ['secret/rates.js'], inside: [] })
  assert.match(text, /``` src\/a\.js\none\n```/)
  assert.match(text, /\(secret\/rates\.js is private and is not shown here\)\n\nGo\.$/)
  assert.doesNotMatch(text, /RATE/)
})

test('a fence inside a longer one does not end it, and one that never ends takes the rest along', () => {
  const long = `${block('secret/rates.js', 'a\n```\nRATE\n```', '````')}\nafter`
  assert.doesNotMatch(withhold(long, isPrivate).text, /RATE/)
  assert.match(withhold(long, isPrivate).text, /after$/)
  assert.equal(withhold('``` .env\nA=1\nB=2', isPrivate).text, '(.env is private and is not shown here)')
})

test('a diff, a patch or a read of a private file is seen, whoever wrote the path how', () => {
  const texts = [
    'diff --git a/secret/rates.js b/secret/rates.js\n@@',
    '--- a/.env\n+++ b/.env\n',
    '--- /dev/null\n+++ b/app/secret/rates.js',
    '*** Begin Patch\n*** Update File: secret/rates.js',
    '<file_content path="/home/ann/app/secret/rates.js">',
    '```js secret/rates.js\nx\n```',
    '```js secret/rates.js:3-9\nx\n```',
    '<source id="1" name="secret/rates.js">x</source>',
  ]
  for (const text of texts) assert.equal(privateIn(text, isPrivate).length, 1, text)
  for (const text of [
    'secret/rates.js',
    'see `.env`',
    'diff --git a/src/a.js b/src/a.js',
    '```js\n.env\n```',
  ])
    assert.deepEqual(privateIn(text, isPrivate), [], text)
  assert.ok(meansPrivate('./.env', isPrivate))
  assert.ok(meansPrivate(String.raw`C:\code\secret\rates.js`, isPrivate))
})

test('whatever stands in the private block of a prompt is gone from it', () => {
  const line = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !text.includes('\n'))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.nat(2), (lines, longer) => {
      const content = ['MARKED LINE', ...lines].join('\n')
      const longest = Math.max(2, ...(content.match(/`+/g) ?? []).map(({ length }) => length))
      const fence = '`'.repeat(longest + 1 + longer)
      const { text } = withhold(`before\n${block('.env', content, fence)}\nafter`, isPrivate)
      assert.doesNotMatch(text, /MARKED LINE/)
      assert.match(text, /^before\n.*\nafter$/)
    }),
  )
})

test('a megabyte of fences is read in one go', () => {
  const text = '``` .env\n````\n'.repeat(70_000)
  assert.equal(withhold(text, isPrivate).leftOut.length, 1)
})
