import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnostic } from '../../../src/core/task.ts'
import { readDiagnostics } from '../../../src/workspace/diagnostics/read.ts'

const found = (message: string, more: Partial<Diagnostic> = {}): Diagnostic => ({
  file: null,
  line: null,
  code: null,
  message,
  ...more,
})

const CASES: { name: string; output: string; expected: Diagnostic[] }[] = [
  {
    name: 'eslint: a warning is no reason to fail',
    output: `\n/w/src/a.ts\n  3:5   error    'x' is never used  no-unused-vars\n  4:1   warning  Unexpected console  no-console\n\n✖ 2 problems (1 error, 1 warning)\n`,
    expected: [found(`'x' is never used`, { file: 'src/a.ts', line: 3, code: 'no-unused-vars' })],
  },
  {
    name: 'next 15',
    output: `Failed to compile.\n\n./app/page.tsx:3:9\nType error: Type 'string' is not assignable to type 'number'.\n`,
    expected: [
      found(`Type error: Type 'string' is not assignable to type 'number'.`, {
        file: 'app/page.tsx',
        line: 3,
      }),
    ],
  },
  {
    name: 'biome: where nothing is worse, the warnings are why it failed',
    output: `a.js:1:7 lint/a/b ━━━━━━━━━━\n\n  ! Unused.\n\nlint ━━━━━━━━━━\n\n  × Some warnings were emitted while running checks.\n`,
    expected: [found('Unused.', { file: 'a.js', line: 1, code: 'lint/a/b' })],
  },
  {
    name: 'jest: failures told once more at the end count once',
    output: `FAIL a.test.js\n  ● adds\n\n    Error: boom\n\nSummary of all failing tests\nFAIL a.test.js\n  ● adds\n\n    Error: boom\n\n`,
    expected: [found('boom', { file: 'a.test.js', code: 'adds' })],
  },
  {
    name: 'a C compiler: warnings and notes are no reason to fail',
    output: `/w/a.c:3:5: warning: unused\n/w/a.c:4:5: error: expected ';'\n/w/a.c:4:5: note: here\n`,
    expected: [found(`expected ';'`, { file: 'a.c', line: 4 })],
  },
  {
    name: 'a test that prints a line like one of the report breaks nothing',
    output: `{"Action": broken\n{"Time":"x","Action":"fail","Package":"p","Test":"TestA"}\n`,
    expected: [found('failed', { code: 'p.TestA' })],
  },
]

for (const { name, output, expected } of CASES) {
  test(name, () => assert.deepEqual(readDiagnostics(output, '/w'), expected))
}

test('of an unknown tool the last lines that say something are kept, without folder and times', () => {
  const read = readDiagnostics('start\n\nit broke in /w/src after 12.5 ms\n', '/w')
  assert.deepEqual(read.at(-1), found('it broke in src after …'))
  assert.deepEqual(readDiagnostics('', '/w'), [])
})

test('an output of many megabytes is read in bounded time', () => {
  const lines = [
    '  1) ',
    'FAIL: a (b)',
    '==========',
    '---- x stdout ----',
    'Diff in a.rs:1:',
    '× y',
    'a.py:1: error: z',
  ]
  const output = Array.from(
    { length: 60_000 },
    (_, index) => `${lines[index % lines.length]}${' x'.repeat(50)}`,
  )
  assert.ok(readDiagnostics(output.join('\n'), '/w').length > 0)
})
