import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { scriptForm } from '../../../src/workspace/normal-form/script-form.ts'

/** Local names are written $0, $1 … */
const PROGRAM = `import { readFile as $0, writeFile } from 'node:fs/promises'
import * as $1 from 'node:path'
import $2 from './settings.ts'

const $3: number = 60 * 1000
const $4 = new Map<string, number>()

/** Reads a list. */
export async function readList($5: string, { limit: $6 = 10, ...$7 }: Options = {}): Promise<string[]> {
  const $8 = await $0($1.join($2.folder, $5), 'utf8')
  const $9: string[] = []
  for (const $10 of $8.split('\\n')) {
    if ($10 === '' || $9.length >= $6) continue
    $9.push($10.trim())
  }
  try {
    await writeFile($5 + '.seen', String($9.length + $3), $7)
  } catch ($11) {
    if (!($11 instanceof Error)) throw $11
    $4.set($5, ($4.get($5) ?? 0) + 1)
  }
  return $9.filter(($10) => $10 < 'm' && !$10.startsWith(\`#\${$6}\`))
}

export class Counter {
  #count = 0
  add($5: number): this {
    this.#count += $5 * 2
    return this
  }
  get total() { return this.#count }
}
`
const NAMES = 12
const KEYWORDS =
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'
const GLOBALS = 'async Array Counter Error Map Options Promise String number of readList string writeFile'
const taken = new Set(`${KEYWORDS} ${GLOBALS}`.split(' '))

const program = (names: readonly string[], text = PROGRAM): string =>
  text.replaceAll(/\$(\d+)/g, (_, index) => names[Number(index)]!)

const plain = Array.from({ length: NAMES }, (_, index) => `name${index}`)
const form = (text: string, path = 'a.ts'): string => {
  const form = scriptForm(path, text)
  assert.ok(form !== null, text)
  return form
}

const names = fc.uniqueArray(
  fc.stringMatching(/^[a-zA-Z_$][a-zA-Z0-9_$]{0,9}$/).filter((name) => !taken.has(name)),
  { minLength: NAMES, maxLength: NAMES },
)

test('renaming local names does not change the form', () => {
  const expected = form(program(plain))
  fc.assert(
    fc.property(names, (names) => {
      assert.equal(form(program(names)), expected)
    }),
    { numRuns: 200 },
  )
})

test('comments, line breaks, indentation and the order of imports do not change the form', () => {
  const expected = form(program(plain))
  const [head, body] = [program(plain).split('\n').slice(0, 3), program(plain).split('\n').slice(3)]
  const noise = fc.constantFrom('\n', '  ', '\t', '// a note\n', '/* another */ ', '\n\n/** A third. */\n')
  fc.assert(
    fc.property(
      fc.shuffledSubarray(head, { minLength: head.length }),
      fc.array(noise, { minLength: body.length, maxLength: body.length }),
      (imports, noise) => {
        const lines = body.map((line, index) => `${noise[index]}${line}`)
        assert.equal(form([...imports, ...lines].join('\n')), expected)
      },
    ),
    { numRuns: 100 },
  )
})

const FORMS: readonly (readonly [name: string, ...texts: string[]])[] = [
  ['quotes and semicolons', `export const a = "b";`, `export const a = 'b'`],
  ['names within one import', `import { a, b } from 'm'\nf(a, b)`, `import {b, a} from "m";\nf(a, b)`],
  [
    'one import or two',
    `import d, { a } from 'm'\nf(a, d)`,
    `import { a } from 'm'\nimport d from 'm'\nf(a, d)`,
  ],
  [
    'types',
    `import type { T } from 't'\nexport const f = (a: T): T => a`,
    `export function g() {}\nexport const f = <U,>(a: U) => a as U`.replace('export function g() {}\n', ''),
  ],
  ['an arrow with and without a block', `export const f = (a) => a`, `export const f = (a) => { return a }`],
  [
    'early return and else',
    `export function f(a) { if (a) { return 1 } else { return 2 } }`,
    `export function f(b) { if (b) return 1\n  return 2 }`,
  ],
  [
    'the outer names of a CommonJS module',
    `const fs = require('fs')\nmodule.exports = { read: (a) => fs.read(a) }`,
    `const files = require("fs");\nmodule.exports = { read: (path) => files.read(path) };`,
  ],
]
for (const [name, ...texts] of FORMS) {
  test(`the form does not tell apart: ${name}`, () => {
    const forms = texts.map((text) => form(text))
    assert.equal(new Set(forms).size, 1, forms.join('\n'))
  })
}

const CHANGES: readonly (readonly [from: string, to: string])[] = [
  ['60 * 1000', '60 + 1000'],
  ['1000', '1001'],
  ["=== ''", "!== ''"],
  ['>= $6', '> $6'],
  ['||', '&&'],
  ['?? 0', '|| 0'],
  ['+ 1)', '- 1)'],
  ['= 10', '= 11'],
  ["'m'", "'n'"],
  ["'.seen'", "'.saw'"],
  ['readList', 'readLists'],
  ['class Counter', 'class Counters'],
  ['get total', 'get sum'],
  ['.trim()', '.trimEnd()'],
  ['await writeFile', 'writeFile'],
  ['throw $11', 'return []'],
  ['+= $5', '-= $5'],
  ["from './settings.ts'", "from './setting.ts'"],
  ['readFile as', 'readdir as'],
  ['$2.folder', '$2.path'],
  ['join($2.folder, $5)', 'join($5, $2.folder)'],
  ['!$10.starts', '$10.starts'],
  ['return this\n', 'return\n'],
  ['const $9: string[] = []', "const $9: string[] = ['']"],
]
for (const [from, to] of CHANGES) {
  test(`the form tells apart ${JSON.stringify(from)} and ${JSON.stringify(to)}`, () => {
    assert.ok(PROGRAM.includes(from))
    assert.notEqual(form(program(plain, PROGRAM.replace(from, to))), form(program(plain)))
  })
}

const APART: readonly (readonly [name: string, one: string, other: string])[] = [
  [
    'a constant that is assigned to, and a variable',
    `export function f() { const a = g(); a = 2; return a }`,
    `export function f() { let a = g(); a = 2; return a }`,
  ],
  [
    'a call whose result nobody uses, and none',
    `export const f = () => { const a = g() }`,
    `export const f = () => {}`,
  ],
  [
    'a getter that is read for its effect, and not',
    `export const f = (a) => { a.b }`,
    `export const f = (a) => {}`,
  ],
  ['modules that are only loaded, in another order', `import 'a'\nimport 'b'`, `import 'b'\nimport 'a'`],
  [
    'an import before and after one for its effect',
    `import 'e'\nimport { a } from 'm'\na()`,
    `import { a } from 'm'\nimport 'e'\na()`,
  ],
  ['an import that nobody uses and none', `import { a } from 'm'\nexport const b = 1`, `export const b = 1`],
  ['a field without a value, and none', `export class A { a: string }`, `export class A {}`],
  ['a function that nobody calls, and none', `function a() {}\nexport const b = 1`, `export const b = 1`],
  [
    'imports of one module about one for its effect',
    `import { a } from 'm'\nimport 'e'\nimport { b } from 'n'\na(b)`,
    `import { a } from 'm'\nimport { b } from 'n'\nimport 'e'\na(b)`,
  ],
  [
    'an import of nothing but types, and a type import',
    `import { type A } from 'm'\nf()`,
    `import type { A } from 'm'\nf()`,
  ],
  [
    'two names of one module changed about',
    `import { a, b } from 'm'\nf(a, b)`,
    `import { a, b } from 'm'\nf(b, a)`,
  ],
  ['default and namespace', `import a from 'm'\nf(a)`, `import * as a from 'm'\nf(a)`],
  ['outer names of a script', `var one = 1`, `var two = 1`],
  ['text between tags', `export const a = <b>c</b>`, `export const a = <b>d</b>`],
  ['a comment that a test runner reads', `/** @jest-environment jsdom */\nf()`, `f()`],
  ['with and without use client', `'use client'\nexport const a = 1`, `export const a = 1`],
  [
    'a string that becomes a directive without its import',
    `import { a } from 'm'; 'use client'\na()`,
    `'use client'; import { a } from 'm'\na()`,
  ],
]
for (const [name, one, other] of APART) {
  test(`the form tells apart: ${name}`, () => {
    assert.notEqual(form(one, 'a.tsx'), form(other, 'a.tsx'))
  })
}

test('what cannot be read, and what means more than it does, has no form', () => {
  assert.equal(scriptForm('a.ts', 'let = = 1'), null)
  assert.equal(scriptForm('types.d.ts', 'export declare const a: string'), null)
  assert.equal(scriptForm('b.ts', 'class A { constructor(@Inject() private b: B) {} }'), null)
  assert.equal(scriptForm('b.ts', 'export const mail = "a@b.c" // @see'), 'export const mail=`a@b.c`;')
})
