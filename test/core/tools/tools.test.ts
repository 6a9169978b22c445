import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fitLines, LONGEST_LINE } from '../../../src/core/tools/bounded.ts'
import { passagesIn } from '../../../src/core/tools/passages.ts'
import { entryPoints, scriptsIn } from '../../../src/core/tools/project-sheet.ts'
import { whyHidden, whyNoPath } from '../../../src/core/tools/readable.ts'
import { isRevision } from '../../../src/core/tools/revision.ts'

test('what fits is a beginning of the lines, and never larger than was asked for', () => {
  const Lines = fc.array(fc.string({ maxLength: 3 * LONGEST_LINE, size: 'max' }), { maxLength: 30 })
  fc.assert(
    fc.property(Lines, fc.nat(20_000), (lines, most) => {
      const { text, shown } = fitLines(lines, most)
      assert.ok(text.length <= most)
      assert.equal(text, fitLines(lines.slice(0, shown), Infinity).text)
      const all = lines.reduce((sum, { length }) => sum + length + 1, 0)
      if (all <= most && lines.every(({ length }) => length <= LONGEST_LINE))
        assert.equal(shown, lines.length)
    }),
    { numRuns: 60 },
  )
})

const DOCUMENTED: [path: string, text: string, expected: [line: number, title: string, text: string][]][] = [
  [
    'a.md',
    'Before.\n# One\ntext\n```\n# no heading\n```\n## Two\nmore\n',
    [
      [1, '', 'Before.'],
      [2, 'One', '# One\ntext\n```\n# no heading\n```'],
      [7, 'Two', '## Two\nmore'],
    ],
  ],
  [
    'a.ts',
    '/** Adds. */\nexport const add = 1\n\n/**\n * Takes\n * away.\n */\nfunction take() {}\n/* not this */\n',
    [
      [1, 'export const add = 1', 'Adds.'],
      [4, 'function take() {}', 'Takes\naway.'],
    ],
  ],
  ['a.rs', '/// Adds.\n/// Twice.\nfn add() {}\n// not this\n', [[1, 'fn add() {}', 'Adds.\nTwice.']]],
  ['a.go', '// Add adds.\nfunc Add() {}\n', [[1, 'func Add() {}', 'Add adds.']]],
  [
    'a.py',
    '"""The file."""\ndef add():\n    """Adds.\n\n    Twice.\n    """\n',
    [
      [1, '', 'The file.'],
      [3, 'def add():', 'Adds.\n\nTwice.'],
    ],
  ],
  ['a.py', '"""never closed\n', [[1, '', 'never closed']]],
  ['a.ts', '/** never closed', [[1, '', 'never closed']]],
  ['a.json', '{"a": "b"}', []],
]

test('documentation is found in texts and in the comments of code', () => {
  for (const [path, text, expected] of DOCUMENTED) {
    const found = passagesIn(path, text).map(({ line, title, text }) => [line, title, text])
    assert.deepEqual([path, found], [path, expected])
  }
})

test('whatever a file holds, its passages begin where they say', () => {
  const Text = fc
    .array(fc.constantFrom('/**', '*/', ' * a', '"""', '# b', '```', '', 'x', '/// c', '// d'))
    .map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(fc.constantFrom('a.md', 'a.ts', 'a.py', 'a.rs', 'a.go'), Text, (path, text) => {
      const lines = text.split('\n')
      for (const { line, text: said } of passagesIn(path, text)) {
        assert.ok(line >= 1 && line <= lines.length)
        assert.ok(said.trim() !== '')
      }
    }),
    { numRuns: 200 },
  )
})

test('a revision is the name of a commit', () => {
  for (const good of ['HEAD', 'HEAD~2', 'HEAD^', 'main', 'feature/ä-1', 'v1.2.3', '4bc2c46', '@'])
    assert.ok(isRevision(good), good)
  for (const bad of [
    '',
    '-p',
    '--output=x',
    'a..b',
    'a:b',
    ':/x',
    'a b',
    'a\nb',
    '@{u}',
    'HEAD^{tree}',
    '^main',
    'x'.repeat(300),
  ])
    assert.ok(!isRevision(bad), bad)
})

test('a path is relative and plain, and no secret', () => {
  for (const good of ['a.ts', 'src/a b.ts', 'docs/keys.md'])
    assert.deepEqual([whyNoPath(good), whyHidden(good)], [null, null])
  for (const bad of ['', '/a', '../a', 'a/../b', 'a//b', 'C:/a', '~/a', 'a\\b', 'a\0'])
    assert.notEqual(whyNoPath(bad), null, bad)
  for (const secret of ['.env', 'a/.env.local', '.git/config', 'id_rsa', 'x.pem', 'secrets.json'])
    assert.notEqual(whyHidden(secret), null, secret)
})

test('scripts and entry points are read from manifests, whatever is in them', () => {
  const manifest = JSON.stringify({
    scripts: { test: 'node --test', odd: 3 },
    bin: { shop: 'cli.js' },
    main: 'main.js',
  })
  assert.deepEqual(scriptsIn('package.json', manifest), ['package.json: test = node --test'])
  assert.deepEqual(scriptsIn('Makefile', 'VAR := 1\nall: build\n\tcc\nbuild:\n'), [
    'Makefile: make all',
    'Makefile: make build',
  ])
  const manifests = new Map([['package.json', manifest]])
  assert.deepEqual(entryPoints(['src/x.ts', 'src/deep/main.go', 'app.ts'], manifests), [
    'cli.js (package.json)',
    'main.js (package.json)',
    'app.ts',
    'src/deep/main.go',
  ])
  for (const text of ['', '[]', '{"scripts": []}', 'no json'])
    assert.deepEqual(scriptsIn('package.json', text), [])
})
