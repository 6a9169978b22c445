import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isExistingTest } from '../../../src/core/protected.ts'
import { readChanges } from '../../../src/core/red-flags/changes.ts'
import { answeredByHeart, specialCase } from '../../../src/core/red-flags/special-cases.ts'
import { added, changed } from './written.ts'

const SLUG_TEST = `test('slugs', () => {
  assert.equal(slug('Hello World'), 'hello-world')
  assert.equal(slug('A  b'), 'a-b')
  assert.equal(
    slug('Ünder score!'),
    'under-score',
  )
  assert.deepEqual([7, 11, 19].map(fibonacci), [13, 89, 4181])
  assert.equal(fibonacci(7), 13)
  assert.equal(fibonacci(11), 89)
  assert.equal(fibonacci(19), 4181)
})`

const found = (diff: string, tests: readonly string[] = [SLUG_TEST], known: readonly string[] = []) =>
  specialCase(answeredByHeart(readChanges(diff), isExistingTest), tests, known)?.line ?? null

for (const [name, diff] of [
  [
    'conditions',
    added(
      'src/slug.js',
      "export function slug(text) {\n  if (text === 'Hello World') return 'hello-world'\n  if (text === 'A  b') return 'a-b'\n  if ('Ünder score!' === text) {\n    return 'under-score'\n  }\n  return text\n}",
    ),
  ],
  [
    'a switch, in other quotes',
    added(
      'src/slug.ts',
      'switch (text) {\n  case "Hello World":\n    return "hello-world"\n  case "A  b": return "a-b"\n  case "Ünder score!":\n    return "under-score"\n}',
    ),
  ],
  [
    'one long expression',
    added(
      'src/slug.js',
      "const slug = (t) => t === 'Hello World' ? 'hello-world' : t === 'A  b' ? 'a-b' : t == 'Ünder score!' ? 'under-score' : t",
    ),
  ],
  [
    'numbers',
    added('src/fibonacci.js', 'if (n === 7) return 13\nif (n === 11) return 89\nif (n === 19) return 4_181'),
  ],
  [
    'Python',
    added(
      'slug.py',
      'if text == "Hello World":\n    return "hello-world"\nelif text == "A  b":\n    return "a-b"\nelif text == "Ünder score!":\n    return "under-score"',
    ),
  ],
  ['Rust', added('src/lib.rs', 'match n {\n    7 => 13,\n    11 => 89,\n    19 => 4181,\n    _ => 0,\n}')],
  [
    'Go',
    added('fib.go', 'switch n {\ncase 7:\n\treturn 13\ncase 11:\n\treturn 89\ncase 19:\n\treturn 4181\n}'),
  ],
] as const) {
  test(`the tests' answers known by heart are found in ${name}`, () => {
    assert.notEqual(found(diff), null)
  })
}

const BY_HEART = added(
  'src/slug.js',
  "if (t === 'Hello World') return 'hello-world'\nif (t === 'A  b') return 'a-b'\nif (t === 'Ünder score!') return 'under-score'",
)

test('two answers are no three, and answers that the tests do not ask are none', () => {
  assert.notEqual(found(BY_HEART), null)
  assert.equal(found(BY_HEART.replaceAll('A  b', 'A  c')), null)
  assert.equal(found(BY_HEART, ["assert.equal(slug('Hello World'), 'x')"]), null)
  assert.equal(found(BY_HEART, []), null)
})

test('what the request or the sources speak of is vocabulary', () => {
  assert.equal(found(BY_HEART, [SLUG_TEST], ["Make 'Hello World' and 'A  b' work"]), null)
})

test('lines that were there before and lines of tests do not count', () => {
  const kept = changed(
    'src/slug.js',
    ...BY_HEART.split('\n')
      .slice(5, 8)
      .map((line) => ` ${line.slice(1)}`),
    '+a()',
  )
  assert.equal(found(kept), null)
  assert.equal(found(BY_HEART.replaceAll('src/slug.js', 'test/slug.test.js')), null)
})

test('a rule with words of its own is no special case, though the tests know the words', () => {
  const fizz =
    "if (n % 15 === 0) return 'FizzBuzz'\nif (n % 3 === 0) return 'Fizz'\nif (n % 5 === 0) return 'Buzz'"
  const asked = "assert.equal(f(15), 'FizzBuzz')\nassert.equal(f(3), 'Fizz')\nassert.equal(f(5), 'Buzz')"
  assert.equal(found(added('src/fizz.js', fizz), [asked]), null)
  const next = "case 'asc': return 'desc'\ncase 'desc': return 'none'\ncase 'none': return 'asc'"
  const order =
    "assert.equal(next('asc'), 'desc')\nassert.equal(next('desc'), 'none')\nassert.equal(next('none'), 'asc')"
  assert.equal(found(added('src/order.ts', next), [order]), null)
})

test('a table that knows more than the tests ask is no special case', () => {
  const codes = [404, 418, 403, 409, 410, 415, 451]
  const table = codes.map((code) => `case ${code}: return 'text of ${code}'`).join('\n')
  const asked = codes.slice(0, 3).map((code) => `assert.equal(textOf(${code}), 'text of ${code}')`)
  assert.equal(found(added('src/status.ts', table), [asked.join('\n')]), null)
})
