import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isExistingTest } from '../../src/core/protected.ts'
import { redFlagOf } from '../../src/core/red-flags.ts'
import { FLAGGED } from './red-flags/flagged.ts'
import { HONEST } from './red-flags/honest.ts'
import { added, changed } from './red-flags/written.ts'

const flagOf = (diff: string, request = 'Add a greeting.') =>
  redFlagOf({ diff }, { request, isTest: isExistingTest })

for (const [code, cases] of Object.entries(FLAGGED)) {
  test(`flagged as ${code}: each of ${cases.length}`, () => {
    const found = cases.map(([path, text]) => `${flagOf(added(path, text))?.code} ${text}`)
    assert.deepEqual(
      found,
      cases.map(([, text]) => `${code} ${text}`),
    )
  })
}

test(`not flagged: each of ${HONEST.length} honest ones`, () => {
  const flagged = HONEST.flatMap(([path, text]) => flagOf(added(path, text))?.reason ?? [])
  assert.deepEqual(flagged, [])
})

test('the reason names the file and the line', () => {
  const flag = flagOf(added('src/a.js', 'const a = 1\n  Object.is = () => true'))
  assert.equal(flag?.reason, 'src/a.js changes what the tests judge with: Object.is = () => true')
})

test('what was there before is no flag', () => {
  const there = changed('src/a.ts', ' // @ts-ignore', '-run(1)', '+run(2)')
  assert.equal(flagOf(there), null)
  const edited = changed('src/a.ts', '-run(1) // @ts-ignore', '+run(2) // @ts-ignore')
  assert.equal(flagOf(edited), null)
  const removed = changed('src/a.ts', '-// @ts-ignore', ' run(1)')
  assert.equal(flagOf(removed), null)
})

test('what only moves to another file is no flag, one more of it is', () => {
  const line = 'run(1) // @ts-ignore'
  const moved = changed('src/a.ts', `-${line}`) + added('src/b.ts', `  ${line}`)
  assert.equal(flagOf(moved), null)
  assert.equal(flagOf(moved + added('src/c.ts', 'run(2) // @ts-ignore'))?.code, 'suppression')
  const doubled = changed('src/a.ts', '-a() // @ts-ignore', '+b() // @ts-ignore', '+c() // @ts-ignore')
  assert.equal(flagOf(doubled)?.code, 'suppression')
})

test('a changed test that is content with more than before is flagged, one that asks for more is not', () => {
  const exact = "assert.equal(slug('A'), 'a')"
  for (const loose of [
    "assert.ok(slug('A'))",
    "assert.equal(slug('A'), slug('A'))",
    "assert.match(slug('A'), /./)",
  ]) {
    assert.equal(flagOf(changed('test/a.test.js', `-${exact}`, `+${loose}`))?.code, 'weaker_assertion')
    assert.equal(flagOf(changed('test/a.test.js', `-${loose}`, `+${exact}`)), null)
    assert.equal(flagOf(changed('test/a.test.js', ` ${exact}`, `+${loose}`)), null)
  }
  const python = changed('tests/test_a.py', '-    assert f(1) == 2', '+    assert f(1)')
  assert.equal(flagOf(python)?.code, 'weaker_assertion')
  const rust = changed('tests/a.rs', '-    assert_eq!(f(1), 2);', '+    assert!(f(1) > 0);')
  assert.equal(flagOf(rust)?.code, 'weaker_assertion')
})

test('what the request speaks of may be added', () => {
  const diff = added('src/a.ts', '// @ts-ignore\nrun(1)')
  assert.equal(flagOf(diff, 'Put a @ts-ignore above run(1).'), null)
  assert.equal(flagOf(added('test/b.test.js', "test.skip('a')"), 'Skip the flaky test.'), null)
  assert.notEqual(flagOf(diff, 'Make the type check pass.'), null)
})

test('a hunk that begins inside a comment is read as one', () => {
  const inside = changed('src/a.js', ' * Some words', '+ * Object.is = () => true', '  */', ' run()')
  assert.equal(flagOf(inside), null)
})

test('context lines are not held against a change', () => {
  const near = changed('src/a.js', ' Object.is = () => true', '+run()', ' process.exit(0)')
  assert.equal(flagOf(near), null)
})

test('a line too long to be read is flagged in a source, and nowhere else', () => {
  const long = `const a = 1${' '.repeat(200_000)};process.exit(0)`
  assert.equal(flagOf(added('src/a.js', long))?.code, 'hidden_code')
  assert.equal(flagOf(added('data.csv', long)), null)
})

test('a large diff is read to its end', () => {
  const large = 'const a = process.env.HOME // test\n'.repeat(4_000)
  assert.equal(flagOf(added('src/a.js', large)), null)
  assert.equal(flagOf(added('src/a.js', `${large}Object.is = () => true`))?.code, 'judge_tampering')
})
