import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { tokenForm } from '../../../src/workspace/normal-form/token-form.ts'

type Language = 'python' | 'rust' | 'go'
const ENDING = { python: 'a.py', rust: 'a.rs', go: 'a.go' }
const form = (language: Language, text: string): string => {
  const form = tokenForm(ENDING[language], text, language)
  assert.ok(form !== null)
  return form
}

const SAME: readonly (readonly [language: Language, one: string, other: string])[] = [
  [
    'python',
    'def f(a, b=1):\n    return a + b\n',
    'def f( a,b = 1 ):   # adds\n\n    # both\n    return a+b',
  ],
  ['python', "x = {'a': 1}\n", "x = { 'a' : 1 }\n\n\n"],
  [
    'go',
    'func f(a int) int {\n\treturn a + 1\n}\n',
    'func f( a int ) int { // adds\n\n  return a+1 /* one */\n}',
  ],
  [
    'rust',
    'fn f(a: &str) -> u8 { a.len() as u8 }',
    '/// Measures.\nfn f(\n    a: &str /* what */\n) -> u8 {\n    // in bytes\n    a.len() as u8\n}',
  ],
  ['rust', "fn f<'a>(x: &'a str) {}", "fn f < 'a > (x: & 'a str) { }"],
]
for (const [index, [language, one, other]] of SAME.entries()) {
  test(`${language}: comments and spacing do not count (${index + 1})`, () => {
    assert.equal(form(language, one), form(language, other))
  })
}

const APART: readonly (readonly [language: Language, one: string, other: string])[] = [
  ['python', 'if a:\n    b()\nc()\n', 'if a:\n    b()\n    c()\n'],
  ['python', 'x = "# a"\n', 'x = "# b"\n'],
  ['python', 'x = "a  b"\n', 'x = "a b"\n'],
  ['python', 'x = f"a"\n', 'x = "a"\n'],
  ['python', 'a\nb\n', 'a; b\n'],
  ['python', 'x = a or b\n', 'x = a and b\n'],
  ['python', 'def f():\n    """One."""\n', 'def f():\n    """Two."""\n'],
  ['go', 'return\nx', 'return x'],
  ['go', 'x <-1', 'x < -1'],
  ['go', 'a := `x\ty`', 'a := `x y`'],
  ['go', '//go:embed a.txt\nvar a string', '//go:embed b.txt\nvar a string'],
  ['rust', 'a & &b', 'a && b'],
  ['rust', 'let a = "// x";', 'let a = "// y";'],
  ['rust', "let a = ' ';", "let a = '  ';"],
  ['rust', 'let a = 1 + 2;', 'let a = 1 - 2;'],
  [
    'rust',
    '/// ```\n/// assert!(a());\n/// ```\nfn a() {}',
    '/// ```\n/// assert!(!a());\n/// ```\nfn a() {}',
  ],
]
for (const [language, one, other] of APART) {
  test(`${language}: ${JSON.stringify(one)} is not ${JSON.stringify(other)}`, () => {
    assert.notEqual(form(language, one), form(language, other))
  })
}

test('where comments are part of the program there is no form', () => {
  assert.equal(tokenForm('a_test.go', 'func ExampleF() {\n\t// Output: 1\n}', 'go'), null)
  assert.equal(tokenForm('a.go', '// #include <stdio.h>\nimport "C"\n', 'go'), null)
})

test('white space between tokens never makes two programs one', () => {
  const token = fc.constantFrom('a', 'if', '1', '-', '&', '<', '=', '(', ')', '"s"', '.', ',')
  const tokens = fc.array(token, { minLength: 1, maxLength: 8 })
  const lexed = (text: string): string[] => text.match(/[a-z]+|\d+|"s"|&&|--|<-|<=|==|\.|[-&<=(),]/g) ?? []
  fc.assert(
    fc.property(tokens, fc.array(fc.boolean()), fc.array(fc.boolean()), (tokens, one, other) => {
      const [left, right] = [one, other].map((spaces) =>
        tokens.map((token, index) => token + (spaces[index] ? ' ' : '')).join(''),
      )
      if (form('go', left!) === form('go', right!)) assert.deepEqual(lexed(left!), lexed(right!))
    }),
    { numRuns: 3000 },
  )
})

test('a comment at the end of any line changes nothing', () => {
  const lines = ['def f(a):', '    if a:', '        return "#"', '    b = [1,', '         2]', '    return b']
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('', '  ', ' # note "x', '\n', '\n    # more'), { minLength: 6, maxLength: 6 }),
      (noise) => {
        const text = lines.map((line, index) => `${line}${noise[index]}\n`).join('')
        assert.equal(form('python', text), form('python', lines.join('\n')))
      },
    ),
  )
})
