import assert from 'node:assert/strict'
import { posix, win32 } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { findJson } from '../../src/core/json.ts'
import { applyEdits } from '../../src/core/patch/apply.ts'
import { checkPath } from '../../src/core/paths.ts'
import { readReply } from '../../src/core/reply.ts'
import { base, cases, judge } from './patch-corpus.ts'
import { ALL, LONG } from '../support/long.ts'

const SEED = 20_260_102

/** Pieces of all the forms, so that random text comes close to being a patch. */
const PIECES = [
  '```',
  '```diff',
  '```ts src/cart.ts',
  '```md docs/guide.md',
  '~~~',
  '````',
  '<think>',
  '</think>',
  '<<<<<<< SEARCH',
  '=======',
  '>>>>>>> REPLACE',
  '------- SEARCH',
  '+++++++ REPLACE',
  'src/cart.ts',
  '../x.ts',
  '*** Begin Patch',
  '*** End Patch',
  '*** Update File: src/cart.ts',
  '*** Add File: .git/hooks/x',
  '*** Move to: /x',
  '*** Delete File: test/check.ts',
  '*** End of File',
  '@@',
  '@@ -1,3 +1,4 @@',
  '@@ -9,0 +9 @@ export function',
  'diff --git a/src/cart.ts b/src/cart.ts',
  '--- a/src/cart.ts',
  '+++ b/src/cart.ts',
  '--- /dev/null',
  '+++ /dev/null',
  'new file mode 120000',
  'new file mode 100644',
  'rename to ../x',
  '\\ No newline at end of file',
  '-- ',
  '// ...',
  '{"edits":[',
  '{"path":"src/cart.ts","search":"let sum = 0","replace":"let sum = 1"}',
  ']}',
  '{',
  '"',
  '&lt;',
  '\u0000',
  '   let sum = 0',
  '-  let sum = 0',
  '+  let sum = 1',
  '  let sum = 0',
  ' ',
  '',
  '\r',
  '’',
  '# src/cart.ts',
  '**src/a.ts**',
]

const soup = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 12 })), { maxLength: 40 })
  .map((pieces) => pieces.join('\n'))

/** A reply of the corpus with pieces of itself cut out, doubled, swapped or overwritten. */
const mutated = fc
  .record({
    reply: fc.constantFrom(...cases.filter(({ reply }) => reply.length < 4_000).map(({ reply }) => reply)),
    cuts: fc.array(
      fc.record({
        kind: fc.constantFrom('cut', 'double', 'overwrite', 'line'),
        at: fc.nat(),
        length: fc.integer({ min: 1, max: 60 }),
        text: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ reply, cuts }) =>
    cuts.reduce((text, { kind, at, length, text: other }) => {
      const start = at % (text.length + 1)
      const piece = text.slice(start, start + length)
      const put =
        { cut: '', double: piece + piece, overwrite: other, line: `${piece}\n${other}\n` }[kind] ?? ''
      return text.slice(0, start) + put + text.slice(start + length)
    }, reply),
  )

test('whatever a reply holds, reading it ends in a tree inside the rules or in a refusal', () => {
  const replies = fc.oneof(
    soup,
    mutated,
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  )
  fc.assert(
    fc.property(replies, (reply) => {
      const verdict = judge(reply, base)
      if ('code' in verdict) {
        assert.match(verdict.code, /^[a-z_]+$/)
        return
      }
      for (const [path, content] of verdict.tree) if (base.get(path) !== content) assertInside(path)
      for (const path of ['package.json', 'test/check.ts'])
        assert.equal(verdict.tree.get(path), base.get(path))
    }),
    { seed: SEED, numRuns: 4_000 },
  )
})

const odd = fc.constantFrom(
  '..',
  '.',
  '.git',
  '.GIT',
  'git~1',
  'node_modules',
  '.env',
  'NUL.ts',
  'a ',
  'a.',
  'C:',
  'src',
  'a.ts',
  '',
)
const separator = fc.constantFrom('/', '//', '\\', ':', '\u0000', '\u200d', '')
const paths = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(fc.tuple(odd, separator), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.map((part) => part.join('')).join('')),
)

test('no path that may be written leads out of the workspace, into git or into dependencies', () => {
  let allowed = 0
  const rules = {
    filesOwned: [],
    callerOwned: [],
    allowTests: false,
    judges: new Set<string>(),
    existing: new Set(base.keys()),
  }
  fc.assert(
    fc.property(paths, (path) => {
      if (!checkPath(path, rules).ok) return
      allowed += 1
      assertInside(path)
    }),
    { seed: SEED, numRuns: 5_000 },
  )
  assert.ok(allowed > 100)
})

/** A path that stays inside whatever folder it is joined to, on any system. */
function assertInside(path: string): void {
  assert.ok(posix.join('/ws', path).startsWith('/ws/'), path)
  assert.ok(win32.resolve('C:\\ws', path).startsWith('C:\\ws\\'), path)
  assert.ok(!/(?:^|\/)(?:\.git|node_modules|\.env[^/]*)(?:\/|$)/i.test(path.normalize('NFKC')), path)
  assert.ok(!path.includes('\0') && !path.includes('\\') && !path.includes(':'), path)
}

const repeat =
  (unit: string, before = '', after = '') =>
  (size: number): string =>
    before + unit.repeat(Math.floor(size / unit.length)) + after

const HEAD = '--- a/src/cart.ts\n+++ b/src/cart.ts\n'

/** Texts that make a careless reader slow: each by its size. */
const TRAPS: Readonly<Record<string, (size: number) => string>> = {
  backticks: repeat('`'),
  fences: repeat('```\n'),
  'fences with a path': repeat('```ts a.ts\n'),
  'fences in a document': repeat('```ts\nx\n```\n', '```md a.md\n'),
  'indented fences': repeat('   ```diff\n'),
  'openings of blocks': repeat('<<<<<<< SEARCH\n'),
  blocks: repeat('a.ts\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n'),
  dividers: repeat('=======\n', 'a.ts\n<<<<<<< SEARCH\n'),
  'hunk headers': repeat('@@ @@\n', HEAD),
  hunks: repeat('@@ @@\n a\n-b\n+c\n', HEAD),
  'file headers': repeat(HEAD),
  'git headers': repeat('diff --git a/a.ts b/a.ts\n'),
  'prose in a hunk': repeat('\nThis is prose.\n', `${HEAD}@@ @@\n a\n`, '\n+x'),
  'blank lines': repeat('\n'),
  'blank lines in a hunk': repeat('\n', `${HEAD}@@ @@\n-a\n`),
  'sections of apply_patch': repeat('*** Add File: a.ts\n+x\n', '*** Begin Patch\n'),
  braces: repeat('{'),
  keys: repeat('{"a":'),
  'bare keys': repeat('{a:'),
  brackets: repeat('['),
  'open strings': repeat('{"a'),
  'open comments': repeat('{/*'),
  'empty objects': repeat('{} '),
  entities: repeat('&lt;&lt;&lt;&lt;&lt;\n'),
  'quoted lines': repeat('> a\n'),
  'spelled line ends': repeat('\\n', '--- a/x'),
  blanks: repeat(' '),
  hashes: repeat('#'),
  headings: repeat('a.ts (new)\n'),
  thoughts: repeat('<think></think>'),
  'ends of thoughts': repeat('</think>\n'),
}

// no clock: at this length a reader that is quadratic in any of these would be at it for minutes
const CHARACTERS = 300_000

test('a long reply is read to its end, whatever it is made of', () => {
  for (const make of Object.values(TRAPS)) {
    const reading = readReply(make(CHARACTERS))
    assert.match(reading.ok ? 'read' : reading.code, /^[a-z_]+$/)
    findJson(make(CHARACTERS))
  }
})

test(
  'finding a place in the largest of files is given up in the end, and refused',
  { skip: !ALL && LONG },
  () => {
    const lines = (count: number, line: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => line(index)).join('')
    const traps: [string, string][] = [
      [`${HEAD}@@ @@\n${' x\n'.repeat(1_000)}-y\n+c\n`, 'x\n'.repeat(190_000)],
      [`${HEAD}@@ @@\n${' x\n // ...\n'.repeat(500)}-y\n+c\n`, `${'x\n'.repeat(100_000)}y\n`],
      [
        `${HEAD}@@ @@\n${lines(1_500, (index) => ` x${index % 7}\n`)}-y\n+c\n`,
        lines(90_000, (index) => `x${index % 5}\n`),
      ],
      [`${HEAD}${lines(900, () => '@@ foo\n x\n-y\n+c\n')}`, 'x\ny\n'.repeat(90_000)],
      [
        lines(
          600,
          (index) => `src/cart.ts\n<<<<<<< SEARCH\nv${index}\n=======\nv${index + 1}\n>>>>>>> REPLACE\n`,
        ),
        `v0\n${'x\n'.repeat(100_000)}`,
      ],
    ]
    for (const [reply, content] of traps) {
      const reading = readReply(reply)
      assert.ok(reading.ok)
      const applied = applyEdits(reading.edits, { paths: new Set(['src/cart.ts']), read: () => content })
      assert.equal(applied.ok, false)
    }
  },
)
