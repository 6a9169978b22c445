import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { exercisesOf, isStrong, mutantsOf, withLines } from '../../src/core/mutants.ts'
import type { Strength } from '../../src/core/task.ts'

/** A new file, as git shows it. */
const written = (path: string, content: string) => ({
  diff: `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${content.split('\n').length} @@\n${content
    .split('\n')
    .map((line) => `+${line}`)
    .join('\n')}\n`,
  contents: new Map([[path, content]]),
})
const faults = (path: string, content: string): string[] => {
  const { diff, contents } = written(path, content)
  return mutantsOf(diff, contents).map(({ told }) => told.replace(`${path}:`, ''))
}
const points = (path: string, content: string): string[] => {
  const { diff, contents } = written(path, content)
  return exercisesOf(diff, contents).map(({ at, line }) => `${at + 1} ${line.trim().split('\n')[0]}`)
}

for (const [line, expected] of Object.entries({
  'if (a < b) return': ['< became <='],
  'while (a >= b) step()': ['>= became >'],
  'const same = a === b && c': ['=== became !==', '&& became ||'],
  'const sum = a + b * c': ['+ became -', '* became /'],
  'total += step(true)': ['+= became -=', 'true became false', 'total += step(true) became nothing'],
  'if (ready) {': ['ready became !(ready)'],
  'if (!ready) {': ['! became nothing'],
  'return names.join()': ['names.join() became undefined'],
  'const half = (n) => share(n)': ['share(n) became undefined'],
  'take(list[0])': ['take(list[0]) became nothing', '0 became 1'],
  'for (let i = 0; i < n; i += 1) {': ['< became <=', '0 became 1', '1 became 2'],
})) {
  test(`JavaScript: ${line} has the faults ${expected.join(', ')}`, () => {
    assert.deepEqual(
      faults('a.js', `  ${line}`),
      expected.map((fault) => `1 ${fault}`),
    )
  })
}

for (const line of [
  "import { a } from '../a.js'",
  "export * from './b.js'",
  '// a < b && c',
  'const text = "a < b && !c"',
  'const map = new Map<string, number>()',
  "const view = <Item kind='big'>text</Item>",
  'return undefined',
  'const handle = (event) => {',
  "console.log('done')",
  '} else {',
  'sleep(5000)[x]',
]) {
  test(`JavaScript: nothing is to be put into ${line}`, () => {
    assert.deepEqual(faults('a.tsx', line), [])
  })
}

test('types are nothing that a test could notice', () => {
  const types = `export type Options = {
  limit: 10 | 20
  now: () => number
}
type Both = A &
  { a: true }
interface Shape extends Base<string> {
  kind: 1
}
export const limit = 3`
  assert.deepEqual(faults('a.ts', types), ['10 3 became 4'])
})

test('what replaces a returned value is of every type where there are types', () => {
  assert.deepEqual(faults('a.ts', '  return names.join()'), ['1 names.join() became undefined as never'])
})

test('an expression that goes on in the next line is not replaced', () => {
  const chained = '  return names\n    .filter(isLong)\n    .join()'
  assert.deepEqual(faults('a.js', chained), [])
})

for (const [line, expected] of Object.entries({
  'if text is not None and a < b:': ['is not became is', '< became <=', 'and became or'],
  'if not text:': ['not became nothing'],
  'return self.total * 2': ['self.total * 2 became None', '* became /', '2 became 3'],
  'def parse(text, *, strict=True):': ['True became False'],
  'out = []': [],
  '"""a < b and c"""': [],
})) {
  test(`Python: ${line} has ${expected.length} faults`, () => {
    assert.deepEqual(
      faults('a.py', `    ${line}`),
      expected.map((fault) => `1 ${fault}`),
    )
  })
}

test('Go: an error that is returned becomes none, and pointers are no products', () => {
  const content = 'func Read(p *Page) (*Page, error) {\n\tif err != nil {\n\t\treturn nil, err\n\t}'
  assert.deepEqual(faults('a.go', content), ['2 != became ==', '3 nil, err became nil, nil'])
})

test('Rust: attributes, and the tests that stand among the sources, have no faults', () => {
  const content = `#[derive(Debug)]
pub fn over(n: u8) -> bool {
    n > 2
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_is_not() { assert_eq!(over(1 + 1), false); }
}`
  assert.deepEqual(faults('lib.rs', content), ['3 > became >=', '3 2 became 3'])
})

test('tests, and files in no known language, are left alone', () => {
  assert.deepEqual(faults('test/a.test.js', 'const a = b + c'), [])
  assert.deepEqual(faults('README.md', 'const a = b + c'), [])
})

test('only lines that the change wrote are touched', () => {
  const content = ['const a = b + c', 'const d = e + f', 'const g = h + i', ''].join('\n')
  const diff = `diff --git a/a.js b/a.js
index 1..2 100644
--- a/a.js
+++ b/a.js
@@ -1,3 +1,3 @@
 const a = b + c
-const d = e
+const d = e + f
 const g = h + i
`
  const mutants = mutantsOf(diff, new Map([['a.js', content]]))
  assert.deepEqual(
    mutants.map(({ told }) => told),
    ['a.js:2 + became -'],
  )
  assert.deepEqual(withLines(new Map([['a.js', content]]), mutants), [
    { path: 'a.js', content: content.replace('e + f', 'e - f') },
  ])
})

test('every line has its turn before one has a second, and files take turns', () => {
  const one = written('a.js', 'const a = b + c + d\nif (a < b) {')
  const other = written('b.js', 'const e = f * g')
  const mutants = mutantsOf(one.diff + other.diff, new Map([...one.contents, ...other.contents]))
  assert.deepEqual(
    mutants.map(({ told }) => told),
    ['a.js:2 < became <=', 'b.js:1 * became /', 'a.js:1 + became -', 'a.js:1 + became -'],
  )
})

test('a fault always differs from the line, in one line, whatever the line is', () => {
  const word = fc.constantFrom(
    'a',
    'if',
    'return',
    '(',
    ')',
    '{',
    ' + ',
    ' < ',
    ' && ',
    '!',
    '1',
    '"x"',
    '=>',
    ';',
    '//',
    ' = ',
  )
  const lines = fc.array(
    fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(lines, fc.constantFrom('a.ts', 'a.py', 'a.go', 'a.rs'), (lines, path) => {
      const { diff, contents } = written(path, lines.join('\n'))
      for (const { at, line } of mutantsOf(diff, contents)) {
        assert.notEqual(line, lines[at])
        assert.ok(!line.includes('\n'))
      }
      assert.deepEqual(mutantsOf(diff, contents), mutantsOf(diff, contents))
    }),
  )
})

test('code breaks off where a function begins, not where a file is loaded', () => {
  const content = `import { a } from './a.js'
export const LIMIT = a(3)
export function pick(items) {
  const first = items[0]
  return first
}
export function other() {
  return 1
}`
  assert.deepEqual(points('a.js', content), [
    "4 throw new Error('broken off on purpose')",
    "8 throw new Error('broken off on purpose')",
  ])
})

test('a function of one line is broken off inside', () => {
  assert.deepEqual(points('a.js', 'export const half = (n) => n / 2'), [
    "1 export const half = (n) => { throw new Error('broken off on purpose') }",
  ])
  assert.deepEqual(points('a.js', 'export function half(n) { return n / 2 }'), [
    "1 export function half(n) { throw new Error('broken off on purpose'); return n / 2 }",
  ])
})

test('a changed line inside of a statement is reached through the statement', () => {
  const content = 'function f() {\n  return {\n    limit: 3,\n  }\n}\n'
  const diff =
    'diff --git a/a.js b/a.js\n--- a/a.js\n+++ b/a.js\n@@ -1,5 +1,5 @@\n function f() {\n   return {\n-    limit: 2,\n+    limit: 3,\n   }\n }\n'
  assert.deepEqual(
    exercisesOf(diff, new Map([['a.js', content]])).map(({ at }) => at),
    [1],
  )
})

test('in Python a class of its own runs nothing that a test would have to call', () => {
  assert.deepEqual(points('a.py', 'class A:\n    limit = 3\n\n    def f(self):\n        self.on = True'), [
    "5 raise RuntimeError('broken off on purpose')",
  ])
})

test('gates are strong when the lines are run, and two faults or more were all noticed', () => {
  const strength: Strength = { exercised: true, mutants: 2, killed: 2, survived: [], unmeasured: null }
  assert.equal(isStrong(strength), true)
  assert.equal(isStrong({ ...strength, mutants: 3 }), false)
  assert.equal(isStrong({ ...strength, mutants: 1, killed: 1 }), false)
  assert.equal(isStrong({ ...strength, exercised: null }), false)
})
