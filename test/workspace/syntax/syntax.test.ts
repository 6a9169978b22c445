import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { jsonMistake } from '../../../src/workspace/syntax/json-syntax.ts'
import { findMistakes } from '../../../src/workspace/syntax/syntax.ts'

const never = new AbortController().signal

const mistakes = (files: Readonly<Record<string, string>>) =>
  findMistakes(
    Object.entries(files).map(([path, content]) => ({ path, content })),
    never,
  )

test('a file that does not parse is named with the line', async () => {
  const found = await mistakes({
    'a.ts': 'const a: number = 1\n\nconst b: = 2\n',
    'b.tsx': 'export const B = () => (\n  <div>\n)\n',
    'c.js': '// é and 🎈 count as what they are\nfoo(\n',
    'd.mjs': 'let a\nlet b = }\n',
    'e.cts': '<<<<<<< ours\nlet a\n=======\nlet b\n>>>>>>> theirs\n',
    'package.json': '{\n  "name": "a",\n  "scripts": {,}\n}\n',
  })
  const places = found.map(({ path, line }) => `${path}:${line}`)
  assert.deepEqual(places.toSorted(), ['a.ts:3', 'b.tsx:2', 'c.js:3', 'd.mjs:2', 'e.cts:1', 'package.json:3'])
  for (const { path, message } of found) assert.ok(message.length > 5 && message.length <= 500, path)
})

test('what is right in its own dialect passes', async () => {
  const good = {
    'react.js': 'export const A = () => <><B {...c} /></>\n',
    'script.js': '#!/usr/bin/env node\nwith (a) b()\n',
    'require.cjs': 'if (done) return\nmodule.exports = await_\n',
    'module.mjs': 'const a = await import("b")\nexport { a as "c d" }\n',
    'types.d.ts': 'declare module "a" { const b: string; export = b }\nexport declare function f(): void\n',
    'types.ts':
      'enum A { B }\nexport const c = <T,>(d: T) => d satisfies unknown as T\nconst e = <string>f\n@g class H { constructor(private i: J) {} accessor k = 1 }\nusing l = m()\n',
    'generic.tsx': 'export const a = <T,>(b: T): T => <C<T> d={b} /> as never\n',
    'flow.js': '// @flow\ntype A = {| +b: ?string |}\n',
    'tsconfig.json': '{ // strict\n  "compilerOptions": { "strict": true, }, /* ok */\n}\n',
    '.eslintrc.json': '{ "rules": {} // none\n}\n',
    'settings.jsonc': '\u{feff}{ "a": [1, 2,], }\n',
    'data.json': '\u{feff}{"a": "\\u00e9\u007f"}',
    'style.css': 'a { b',
    'App.vue': '<template><a></template>',
    Makefile: 'all:',
  }
  assert.deepEqual(await mistakes(good), [])
})

test('comments are a mistake where the tool does not read them', async () => {
  const found = await mistakes({ 'package.json': '{\n// no\n}', 'tsconfig.build.json': '{ "a": [1 2] }' })
  assert.deepEqual(
    found.map(({ path, line }) => [path, line]),
    [
      ['package.json', 2],
      ['tsconfig.build.json', 1],
    ],
  )
})

test('code that ends the parser is let through, and what stood before it is still told', async () => {
  const hostile = {
    brackets: '['.repeat(100_000),
    sum: `a = 1${'+1'.repeat(100_000)}`,
    else: 'if (a) ; else '.repeat(100_000),
    types: `type A = ${'keyof '.repeat(100_000)}`,
    elements: '<a>'.repeat(100_000),
  }
  for (const [name, content] of Object.entries(hostile)) {
    const found = await mistakes({ 'before.ts': 'let = = 1', 'hostile.tsx': content, 'after.ts': 'let a' })
    assert.equal(found[0]?.path, 'before.ts', name)
    assert.ok(found.every(({ path }) => path !== 'after.ts'))
  }
})

test('five megabytes and deep data are no burden', async () => {
  const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`
  const found = await mistakes({
    'large.ts': `export const a = "${'a'.repeat(5_000_000)}`,
    'large.json': '['.repeat(5_000_000),
    'deep.json': deep,
    'deep.jsonc': `// deep\n${deep}`,
    // too deep to be read at all, so nobody says that it is cut
    'cut.json': deep.slice(0, -1),
    'comments.jsonc': '/*'.repeat(400_000),
  })
  assert.deepEqual(found.map(({ path }) => path).toSorted(), ['comments.jsonc'])
})

test('a parse check that nobody waits for any more throws', async () => {
  const signal = AbortSignal.abort(new Error('gone'))
  await assert.rejects(findMistakes([{ path: 'a.ts', content: 'a' }], signal), /gone/)
})

test('the place of a mistake agrees with JSON.parse about there being one', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    '-0.5e+3',
    '01',
    'true',
    'nul',
    ' ',
    '\n',
  )
  const text = fc.oneof(
    fc.json(),
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  )
  fc.assert(
    fc.property(text, (text) => {
      const found = jsonMistake(text, { comments: false })
      assert.equal(found === null, isJson(text))
      // with comments allowed the small reader judges alone; it may only be more lenient
      if (isJson(text)) assert.equal(jsonMistake(text, { comments: true }), null)
    }),
    { numRuns: 2000 },
  )
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
