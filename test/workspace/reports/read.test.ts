import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { array, assert as check, constantFrom, oneof, property, string } from 'fast-check'
import type { ReportKind } from '../../../src/core/task.ts'
import { readReport } from '../../../src/workspace/reports/read.ts'

const KINDS: readonly ReportKind[] = ['junit', 'jest', 'go', 'libtest']
const FIXTURES = join(import.meta.dirname, '../../fixtures/reports')
const fixture = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8')

/** One line for each test of a report. */
const lines = (kind: ReportKind, text: string): string[] | null =>
  readReport(kind, text)?.map(({ id, status, message }) =>
    message === null ? `${status} ${id}` : `${status} ${id}: ${message.split('\n', 1)[0]}`,
  ) ?? null

test("node's report names file, suites and test", () => {
  assert.deepEqual(lines('junit', fixture('node.xml')), [
    'passed test/a.test.js > adds',
    'failed test/a.test.js > breaks <b> & &quot;quotes&quot; \u0007 é: Expected values to be strictly equal:',
    'skipped test/a.test.js > is later',
    'skipped test/a.test.js > is skipped',
    'passed test/a.test.js > says',
    'passed test/b.test.js > adds',
    'passed test/early.test.js',
    'passed test/empty.test.js',
    'passed test/helper.js > from elsewhere',
    'passed test/top.test.js',
    'passed test/helper.js > from elsewhere #2',
    'skipped test/a.test.js > outer > skips inside',
    'passed test/a.test.js > outer > inner > works',
    'passed test/a.test.js > outer > inner > works #2',
    'failed test/a.test.js > outer > inner > throws: boom',
    'passed test/a.test.js > parent > child',
    'failed test/a.test.js > parent > child fails: The expression evaluated to a falsy value:',
  ])
})

test("vitest's report names the file once, and a file that exits early fails", () => {
  assert.deepEqual(lines('junit', fixture('vitest.xml')), [
    'passed vt/a.test.ts > outer > works',
    'passed vt/a.test.ts > outer > works #2',
    'skipped vt/a.test.ts > outer > is skipped',
    'skipped vt/a.test.ts > outer > is later',
    'failed vt/a.test.ts > outer > breaks <b> & "q": expected 1 to be 2 // Object.is equality',
    'passed vt/a.test.ts > outer > n 1',
    'passed vt/a.test.ts > outer > n 2',
    'passed vt/a.test.ts > fails on purpose',
    "failed vt/broken.test.ts: Cannot find module './nothing.ts' imported from vt/broken.test.ts",
    'failed vt/exits.test.ts: process.exit unexpectedly called with "0" (test file: vt/exits.test.ts)',
  ])
})

test("pytest's errors before, in and after a test are failures, expected failures are skipped", () => {
  assert.deepEqual(lines('junit', fixture('pytest.xml')), [
    'passed pytest > tests.test_a > test_adds',
    'failed pytest > tests.test_a > test_breaks: AssertionError: said <so> & "so"',
    'skipped pytest > tests.test_a > test_skipped',
    'skipped pytest > tests.test_a > test_xfails',
    'passed pytest > tests.test_a > test_xpasses',
    'failed pytest > tests.test_a > test_error: failed on setup with "ValueError: no fixture"',
    'passed pytest > tests.test_a > test_params[1]',
    'failed pytest > tests.test_a > test_params[2]: assert 2 != 2',
    'passed pytest > tests.test_a > test_params[a b/c]',
    'passed pytest > tests.test_a.TestX > test_method',
    'passed pytest > tests.test_a.Old > test_sub',
    'failed pytest > tests.test_a > test_teardown: failed on teardown with "ValueError: teardown"',
  ])
  assert.deepEqual(lines('junit', fixture('pytest-collection.xml')), [
    'failed pytest > tests.test_b: collection failure',
  ])
})

test("jest's report names a file that cannot be loaded", () => {
  assert.deepEqual(lines('jest', fixture('jest.json')), [
    'passed jt/a.test.cjs > outer > works',
    'passed jt/a.test.cjs > outer > works #2',
    'skipped jt/a.test.cjs > outer > is skipped',
    'skipped jt/a.test.cjs > outer > is later',
    'failed jt/a.test.cjs > outer > breaks <b> & "q": Error: expect(received).toBe(expected) // Object.is equality',
    'passed jt/a.test.cjs > outer > n 1',
    'passed jt/a.test.cjs > outer > n 2',
    'failed jt/broken.test.cjs:   ● Test suite failed to run',
  ])
})

test("go's events name package and test, and a package that does not build", () => {
  assert.deepEqual(lines('go', fixture('go.json')), [
    'failed example.org/app/broken: FAIL\texample.org/app/broken [build failed]',
    'passed example.org/app/calc > TestAdd',
    'failed example.org/app/calc > TestBreaks: got 3',
    'skipped example.org/app/calc > TestSkips',
    'passed example.org/app/calc > TestSubs/a_b',
    'failed example.org/app/calc > TestSubs/c/d: bad <sub>',
    'failed example.org/app/calc > TestSubs: ',
    'passed example.org/app/calc > ExampleAdd',
    'passed example.org/app/exits > TestOne',
    'failed example.org/app/exits > TestExits: panic: unexpected call to os.Exit(0) during test [recovered, repanicked]',
    'passed example.org/app/panics > TestOne',
    'failed example.org/app/panics > TestPanics: panic: assignment to entry in nil map [recovered, repanicked]',
  ])
})

test("cargo's lists name tests without the lines of examples", () => {
  assert.deepEqual(lines('libtest', fixture('cargo.txt')), [
    'passed tests::adds',
    'failed tests::does_not_panic: note: test did not panic as expected at src/lib.rs:16:32',
    'skipped tests::later',
    'passed tests::panics',
    'failed tests::breaks: assertion `left == right` failed: said so',
    'skipped tests::slow',
    'passed adds',
    'failed error: Error: "oh"',
    'passed src/lib.rs - add',
    'passed src/lib.rs - add #2',
  ])
})

test('what is no such report is none', () => {
  for (const text of ['', 'all is well', '{}', '[]', 'null', '<html></html>', '# pass 12', '{"Action":1}']) {
    for (const kind of KINDS) assert.equal(readReport(kind, text), null, `${kind} ${text}`)
  }
})

test('a report that was cut off is none, or only what it still says', () => {
  for (const name of ['node.xml', 'vitest.xml', 'pytest.xml']) {
    const text = fixture(name).trimEnd()
    for (let length = 0; length < text.length; length += 97) {
      assert.equal(readReport('junit', text.slice(0, length)), null, `${name} ${length}`)
    }
  }
  assert.equal(readReport('jest', fixture('jest.json').slice(0, -2)), null)
  assert.equal(readReport('go', fixture('go.json').slice(0, 3_000))?.length, 3)
})

test('an empty report is a report of no tests', () => {
  assert.deepEqual(readReport('junit', '<testsuites/>'), [])
  assert.deepEqual(readReport('junit', '<testsuites><testsuite name="a"></testsuite></testsuites>'), [])
  assert.deepEqual(readReport('jest', '{"testResults":[]}'), [])
  assert.deepEqual(readReport('libtest', 'running 0 tests\n\ntest result: ok.'), [])
})

test('entities of a document are not believed', () => {
  const bomb = `<!DOCTYPE t [<!ENTITY a "${'a'.repeat(1_000)}"><!ENTITY b "${'&a;'.repeat(1_000)}">]>`
  assert.equal(readReport('junit', `${bomb}<testsuites><testcase name="&b;"/></testsuites>`), null)
  const inside = `<testsuites>${bomb}<testcase name="&b;"/></testsuites>`
  assert.ok((readReport('junit', inside)?.[0]?.id.length ?? 0) < 10)
})

test('names and messages have a bound, and nothing nests without end', () => {
  const long = 'a'.repeat(100_000)
  const [only] = readReport(
    'junit',
    `<testsuite><testcase name="${long}"><failure message="${long}"/></testcase></testsuite>`,
  )!
  assert.ok(only!.id.length <= 1_000 && only!.message!.length <= 1_000)
  assert.equal(
    readReport('junit', `${'<testsuite name="a">'.repeat(5_000)}${'</testsuite>'.repeat(5_000)}`),
    null,
  )
  assert.equal(readReport('jest', '['.repeat(100_000)), null)
  assert.equal(readReport('junit', `<testsuites>${'<testcase/>'.repeat(100_001)}</testsuites>`), null)
  assert.equal(readReport('libtest', 'running 1 test\n'.padEnd(17 * 2 ** 20)), null)
})

test('whatever a report holds, reading it does not throw and names are never given twice', () => {
  const piece = constantFrom(
    '<testsuites>',
    '</testsuites>',
    '<testsuite name="a">',
    '</testsuite>',
    '<testcase name="t"/>',
    '<failure/>',
    '<testcase name="__proto__" constructor="1"/>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '&#0;',
    '&b;',
    '\n',
    '{"Action":"pass","Test":"T"}',
    '{"testResults":[',
    ']}',
    'running 1 test',
    'test a ... ok',
    '---- a stdout ----',
  )
  const text = oneof(
    string(),
    array(oneof(piece, string())).map((pieces) => pieces.join('')),
  )
  check(
    property(constantFrom(...KINDS), text, (kind, text) => {
      const ids = readReport(kind, text)?.map(({ id }) => id) ?? []
      assert.equal(new Set(ids).size, ids.length)
    }),
  )
})
