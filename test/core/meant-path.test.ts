import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { meantAmong } from '../../src/core/meant-path.ts'

const TREE = new Set([
  'README.md',
  'index.ts',
  'parse.ts',
  'src/core/plan.ts',
  'src/core/index.ts',
  'src/api/chat.ts',
  'src/cli/chat.ts',
  'docs/guide.md',
  'packages/Web/app.ts',
])
const meant = meantAmong(TREE)

for (const [name, path, expected] of [
  ['a file that is there', 'src/core/plan.ts', null],
  ['another case', 'Src/Core/Plan.ts', 'src/core/plan.ts'],
  ['two letters of a folder that changed places', 'scr/core/plan.ts', 'src/core/plan.ts'],
  ['a letter too many', 'srcs/core/plan.ts', 'src/core/plan.ts'],
  ['a folder left out', 'core/plan.ts', 'src/core/plan.ts'],
  ['the name of the project before it', 'quorum/src/core/plan.ts', 'src/core/plan.ts'],
  ['a bare name that is there once', 'plan.ts', 'src/core/plan.ts'],
  ['a bare name that is there twice', 'chat.ts', null],
  ['a bare name that every folder has', 'app.ts', null],
  ['a new file in a folder that is there', 'src/core/chat.ts', null],
  ['a new file in a new folder', 'src/store/plans.ts', null],
  ['a known name in a new folder that is like none', 'src/storage/plan.ts', null],
  ['a name at the top, in a new folder', 'packages/site/parse.ts', null],
  ['a new file in a folder of another case', 'packages/web/page.ts', 'packages/Web/page.ts'],
  ['a folder', 'src/core/', null],
  ['nothing', '', null],
  ['a way out', '../plan.ts', null],
] as const) {
  test(`${name} means ${expected ?? 'itself'}`, () => assert.equal(meant(path), expected))
}

test('whatever is written, what it means is a file, or a new one in a folder that is there', () => {
  const word = fc.stringMatching(/^[a-zA-Z.]{0,8}$/)
  const path = fc.oneof(
    fc.array(word, { maxLength: 5 }).map((words) => words.join('/')),
    fc.constantFrom(...TREE).chain((one) => fc.constantFrom(one.toUpperCase(), one.slice(1), `x/${one}`)),
    fc.string(),
  )
  fc.assert(
    fc.property(path, (written) => {
      const found = meant(written)
      if (found === null || TREE.has(found)) return
      const folder = found.slice(0, found.lastIndexOf('/') + 1)
      assert.ok(folder !== '' && [...TREE].some((one) => one.startsWith(folder)))
    }),
    { numRuns: 500 },
  )
})
