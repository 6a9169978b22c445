import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { rankFiles } from '../../src/core/context.ts'

test('owned files come first, then those the request names, then those that share its words', () => {
  const paths = [
    'README.md',
    'src/date/parse.ts',
    'src/deep/down/below/money.ts',
    'src/http.ts',
    'src/format.ts',
  ]
  assert.deepEqual(
    rankFiles(paths, 'mend parsing in format.ts: the date is wrong', ['src/deep/down/below/money.ts']),
    ['src/deep/down/below/money.ts', 'src/format.ts', 'src/date/parse.ts', 'src/http.ts', 'README.md'],
  )
})

test('words are found inside camelCase', () => {
  const [first] = rankFiles(['src/aaaaaa.ts', 'src/parseInvoice.ts'], 'the invoice total is wrong', [])
  assert.equal(first, 'src/parseInvoice.ts')
})

test('lockfiles, generated files and binaries are never shown to a model', () => {
  const paths = [
    'package-lock.json',
    'app/yarn.lock',
    'dist/app.min.js',
    'dist/app.js.map',
    'logo.png',
    'a.woff2',
    'a.ts',
  ]
  assert.deepEqual(rankFiles(paths, 'package-lock.json logo.png', []), ['a.ts'])
})

test('the order does not depend on the order of the listing, and nothing is lost', () => {
  const path = fc
    .array(fc.constantFrom('src', 'lib', 'date', 'money', 'parse', 'a', 'b'), { minLength: 1, maxLength: 4 })
    .map((parts) => `${parts.join('/')}.ts`)
  fc.assert(
    fc.property(fc.uniqueArray(path), fc.string(), (paths, request) => {
      const ranked = rankFiles(paths, request, [])
      assert.deepEqual(rankFiles(paths.toReversed(), request, []), ranked)
      assert.deepEqual([...ranked].sort(), [...paths].sort())
    }),
  )
})
