import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findNames } from '../../../src/core/code-map/find-names.ts'
import type { Definition, MappedFile } from '../../../src/core/code-map/symbols.ts'
import { conventionsIn } from '../../../src/core/excerpt/conventions.ts'
import { foreignNames, signaturesIn } from '../../../src/core/excerpt/signatures.ts'

const defines = (name: string, kind: Definition['kind'] = 'function', line = 3): Definition => ({
  name,
  kind,
  line,
  end: line + 2,
  signature: `export ${kind} ${name}(items: Item[])`,
})
const file = (
  path: string,
  definitions: Definition[],
  references: MappedFile['symbols']['references'] = [],
): MappedFile => ({ path, symbols: { definitions, references } })

const OWNED = file(
  'src/cart.ts',
  [defines('totalOf')],
  [
    ['priceOf', [4]],
    ['totalOf', [9]],
    ['.add', [5]],
    ['format', [6]],
  ],
)
const OTHERS = [
  file('src/price.ts', [defines('priceOf')]),
  file('src/old/price-list.ts', [defines('format', 'function', 8)]),
  file('src/format.ts', [defines('format')]),
  file('src/a.ts', [defines('add', 'method')]),
  file('src/b.ts', [defines('format')]),
]

test('of what a file uses, it is shown how the files it imports declare it', () => {
  const names = foreignNames([OWNED])
  assert.deepEqual(names, ['priceOf', '.add', 'format'])
  const text = "import { priceOf } from './price.ts'\nimport { format } from './format.ts'\n"
  const shown = signaturesIn(findNames(OTHERS, names), [text])
  assert.deepEqual(shown, [
    { path: 'src/format.ts', text: '``` src/format.ts\n3| export function format(items: Item[])\n```' },
    { path: 'src/price.ts', text: '``` src/price.ts\n3| export function priceOf(items: Item[])\n```' },
  ])
})

test('a name is found where it is defined and used, as a member as well', () => {
  const [add] = findNames([OWNED, ...OTHERS], ['add'])
  assert.deepEqual(
    add?.definitions.map(({ path, definition }) => [path, definition.line]),
    [['src/a.ts', 3]],
  )
  assert.deepEqual(add?.uses, [{ path: 'src/cart.ts', lines: [5] }])
})

for (const [path, content, short] of [
  [
    'package.json',
    '{"name":"x","type":"module","scripts":{"a":"b"},"dependencies":{"zod":"4"},"devDependencies":{}}',
    'type: module\ndependencies: zod\ndevDependencies: none',
  ],
  ['package.json', '[', null],
  ['tsconfig.json', '{\n  // strict as can be\n  "strict": true\n}\n', '{\n  "strict": true\n}'],
  [
    'pyproject.toml',
    '[project]\nname = "x"\n[tool.ruff]\nline-length = 90\n[tool.poetry]\nname = "x"\n',
    '[tool.ruff]\nline-length = 90',
  ],
  ['.editorconfig', '# nothing\n\n', null],
] as const) {
  test(`of ${path} ${content.length} characters long, coders are shown ${short === null ? 'nothing' : 'what they need'}`, () => {
    const found = conventionsIn({ path, content })
    assert.equal(found === null ? null : found.content, short)
  })
}

test('of long settings the beginning is shown, in whole lines', () => {
  const found = conventionsIn({ path: 'tsconfig.json', content: '  "strict": true,\n'.repeat(500) })
  assert.ok(found && found.content.length <= 700)
  assert.ok(found.content.endsWith('"strict": true,'))
})
