import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { findJson } from '../../src/core/json.ts'
import { applyEdits, neededPaths } from '../../src/core/patch/apply.ts'
import { checkPath } from '../../src/core/paths.ts'
import { readReply } from '../../src/core/reply.ts'
import { ALL } from '../support/long.ts'

const EXISTING = new Map([
  ['src/api.ts', 'export const api = 1\n'],
  ['test/api.test.ts', 'test()\n'],
  ['package.json', '{}\n'],
])
const tree = { paths: new Set(EXISTING.keys()), read: (path: string) => EXISTING.get(path) }
const anything = {
  filesOwned: [],
  callerOwned: [],
  allowTests: false,
  judges: new Set<string>(),
  existing: tree.paths,
}

const OUT_OF_BOUNDS = [
  '../up.ts',
  'src/../../up.ts',
  '/etc/passwd',
  '~/.bashrc',
  'C:/windows/x',
  'src\\x.ts',
  '.git/hooks/pre-commit',
  'src/.GIT/config',
  'git~1/config',
  'node_modules/one/index.js',
  'packages/a/node_modules/one.js',
  '.env',
  '.env.local',
  '.npmrc',
  '.husky/pre-commit',
  '.github/workflows/ci.yml',
  '.vscode/tasks.json',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'eslint.config.js',
  'vitest.config.ts',
  'Makefile',
  'test/api.test.ts',
  'NUL.ts',
  'src/con',
  'a.ts:stream',
  'src/a.ts ',
  'src/a.ts.',
  'src/API.ts',
  'src/a\u0000b.ts',
  'src/a\u202Eb.ts',
  'a/'.repeat(200),
]

test('what a model may not write is refused, each with a code', () => {
  for (const path of OUT_OF_BOUNDS) {
    const verdict = checkPath(path, anything)
    assert.equal(verdict.ok, false, path)
    assert.match(verdict.code, /^(?:path_\w+|protected)$/, path)
  }
})

test('what it may write is not: source, new tests, documents', () => {
  for (const path of ['src/api.ts', 'src/new/deep.ts', 'test/new.test.ts', 'docs/guide.md', 'a b/ü.ts']) {
    assert.deepEqual(checkPath(path, anything), { ok: true }, path)
  }
})

test('owned files bound a seat, and the user’s own word unlocks tests and configuration, never git or secrets', () => {
  const seat = { ...anything, filesOwned: ['src/api.ts'] }
  assert.equal(checkPath('src/api.ts', seat).ok, true)
  assert.equal(checkPath('src/beside.ts', seat).ok, true)
  assert.equal(checkPath('lib/other.ts', seat).ok, false)
  for (const [path, ok] of [
    ['test/api.test.ts', true],
    ['package.json', true],
    ['.git/config', false],
    ['.env', false],
  ] as const) {
    assert.equal(
      checkPath(path, { ...anything, filesOwned: [path], callerOwned: [path], allowTests: false }).ok,
      ok,
      path,
    )
  }
})

/** Scraps of every patch form, in any order: what a confused or a hostile model might write. */
const SCRAPS = [
  '<<<<<<< SEARCH',
  '=======',
  '>>>>>>> REPLACE',
  '```',
  '```ts src/api.ts',
  '~~~~diff',
  'diff --git a/src/api.ts b/../../etc/passwd',
  '--- a/src/api.ts',
  '+++ b/src/api.ts',
  '+++ /dev/null',
  '@@ -1,1 +1,1 @@',
  '@@',
  '*** Begin Patch',
  '*** Update File: /etc/passwd',
  '*** Add File: .git/hooks/x',
  '*** End Patch',
  'new file mode 120000',
  'export const api = 1',
  '-export const api = 1',
  '+export const api = 2',
  ' ',
  '...',
  '{"path": "src/api.ts", "content": "',
  '<think>',
  '</think>',
  '&lt;&lt;&lt;&lt;&lt;&lt;&lt; SEARCH',
]
const reply = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...SCRAPS) }, fc.string()), { maxLength: 60 })
  .map((lines) => lines.join('\n'))

test('no reply makes the reader throw, and no change leads out of the workspace unseen', () => {
  fc.assert(
    fc.property(reply, (text) => {
      const reading = readReply(text)
      if (!reading.ok) return assert.ok(reading.code !== '' && reading.reason !== '')
      assert.ok(neededPaths(reading.edits, tree.paths).every((path) => tree.paths.has(path)))
      const applied = applyEdits(reading.edits, tree)
      if (!applied.ok) return assert.ok(applied.code !== '' && applied.reason !== '')
      for (const { path } of applied.changes) {
        const allowed = checkPath(path, anything).ok
        assert.ok(!allowed || !/(?:^|\/)\.\.(?:\/|$)|^\/|\.git\//.test(path), path)
      }
      return undefined
    }),
    { numRuns: 3_000, seed: 20_261_121 },
  )
})

// no clock decides here: a reader that took the square of the length would not end within the runner's patience
test('a long stretch of the same hostile text is read to an answer', { timeout: 120_000 }, () => {
  const flood = (scrap: string): string => scrap.repeat(Math.floor((ALL ? 900_000 : 200_000) / scrap.length))
  const diff = '```diff\n--- a/src/api.ts\n+++ b/src/api.ts\n@@\n'
  const floods = ['`', '<<<<<<< SEARCH\n', '@@ -1 +1 @@\n', '{"a":', '```\n', '<think>', '...\n'].map(flood)
  for (const text of [...floods, diff + flood('-export const api = 1\n')]) {
    const reading = readReply(text)
    assert.equal(reading.ok && applyEdits(reading.edits, tree).ok, false, text.slice(0, 20))
    assert.equal(findJson(text), undefined)
  }
})
