import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Diagnostic } from '../../../src/core/task.ts'
import { readDiagnostics } from '../../../src/workspace/diagnostics/read.ts'

const OUTPUTS = join(import.meta.dirname, '../../fixtures/outputs')

/** What each tool really printed over a project with mistakes in it, and what is to be read from that, as `tell` writes it. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'biome-check': [
    'src/add.ts:- [format] Formatter would have printed the following content:',
    'src/bad.js:- [format] Formatter would have printed the following content:',
    'src/bio.js:1 [lint/suspicious/noDebugger] This is an unexpected use of the debugger statement.',
    'src/bio.js:2 [lint/suspicious/noDoubleEquals] Using == may be unsafe if you are relying on type coercion.',
    'src/bio.js:2 [lint/security/noGlobalEval] Do not use eval().',
    'src/bio.js:- [format] Formatter would have printed the following content:',
  ],
  'biome-lint': [
    'src/bio.js:1 [lint/suspicious/noDebugger] This is an unexpected use of the debugger statement.',
    'src/bio.js:2 [lint/suspicious/noDoubleEquals] Using == may be unsafe if you are relying on type coercion.',
    'src/bio.js:2 [lint/security/noGlobalEval] Do not use eval().',
  ],
  'cargo-check-long': [
    'src/bad.rs:2 [E0308] mismatched types',
    'src/bad.rs:5 [E0425] cannot find function `missing` in this scope',
  ],
  'cargo-check': [
    'src/bad.rs:2 [E0308] mismatched types: expected `i32`, found `&str`',
    'src/bad.rs:5 [E0425] cannot find function `missing` in this scope: not found in this scope',
  ],
  'cargo-test': [
    '-:- [tests::errs] Error: "boom"',
    'src/lib.rs:14 [tests::adds] assertion `left == right` failed left: 2 right: 3',
    'src/lib.rs:19 [tests::panics] there is one',
  ],
  'clippy-denied': [
    'src/lib.rs:2 [-] unused variable: `unused`: help: if this is intentional, prefix it with an underscore: `_unused`',
    'src/lib.rs:3 [-] unneeded `return` statement',
    'src/lib.rs:19 [-] used `expect()` on `None` value',
  ],
  'eslint-warnings': ['src/warn.js:2 [no-console] Unexpected console statement'],
  eslint: [
    `src/bad.js:1 [no-unused-vars] 'unused' is assigned a value but never used`,
    'src/bad.js:1 [semi] Extra semicolon',
    `src/bad.js:2 [no-undef] 'console' is not defined`,
  ],
  'go-build': [
    'util/bad.go:3 [-] "os" imported and not used',
    'util/bad.go:5 [-] cannot use "text" (untyped string constant) as int value in return statement',
    'util/bad.go:7 [-] undefined: missing',
  ],
  'go-test-json-build': [
    'util/bad.go:3 [-] "os" imported and not used',
    'util/bad.go:5 [-] cannot use "text" (untyped string constant) as int value in return statement',
    'util/bad.go:7 [-] undefined: missing',
    '-:- [example.org/lab.TestAdd] main_test.go: 2 = 2, want 3',
    '-:- [example.org/lab.TestGroup/inner_case] main_test.go: inner is wrong',
  ],
  'go-test-json': [
    '-:- [example.org/lab.TestAdd] main_test.go: 2 = 2, want 3',
    '-:- [example.org/lab.TestGroup/inner_case] main_test.go: inner is wrong',
    '-:- [example.org/lab/util.TestPanics] panic: assignment to entry in nil map',
  ],
  'go-test': [
    '-:- [TestAdd] main_test.go: 2 = 2, want 3',
    '-:- [TestGroup/inner_case] main_test.go: inner is wrong',
    '-:- [TestPanics] panic: assignment to entry in nil map',
  ],
  'go-vet-types': [
    'util/bad.go:5 [-] cannot use "text" (untyped string constant) as int value in return statement',
  ],
  'go-vet': ['util/util.go:5 [-] fmt.Printf format %s has arg n of wrong type int'],
  'jest-broken': [
    'jt/sub.test.js:- [sub › subs] expect(received).toBe(expected) // Object.is equality Expected: 1 Received: 2',
    'jt/sub.test.js:- [sub › throws] boom',
    'jt/top.test.js:- [alone] expect(received).toEqual(expected) // deep equality',
    `jt/broken.test.js:- [Test suite failed to run] Cannot find module './gone' from 'jt/broken.test.js'`,
  ],
  jest: [
    'jt/sub.test.js:- [sub › subs] expect(received).toBe(expected) // Object.is equality Expected: 1 Received: 2',
    'jt/sub.test.js:- [sub › throws] boom',
  ],
  mocha: [
    'mt/a.test.js:2 [math adds] AssertionError [ERR_ASSERTION]: 2 == 3',
    'mt/a.test.js:2 [math deep throws] TypeError: boom',
  ],
  'mypy-pretty': [
    'pkg/a.py:5 [-] Incompatible return value type (got "str", expected "int")',
    'pkg/a.py:9 [name-defined] Name "missing" is not defined',
  ],
  'mypy-syntax': [
    'pkg/b.py:1 [syntax] Expected a parameter or the end of the parameter list',
    'pkg/b.py:2 [syntax] Unexpected EOF while parsing',
  ],
  mypy: [
    'pkg/a.py:5 [return-value] Incompatible return value type (got "str", expected "int")',
    'pkg/a.py:9 [name-defined] Name "missing" is not defined',
  ],
  'next-client': [
    `app/page.tsx:1 [-] Error: You're importing a module that depends on \`useState\` into a React Server Component module. This API is only available in Client Components. To fix, mark the file (or its parent) with the \`"use client"\` directive.`,
  ],
  'next-module': [`app/page.tsx:1 [-] Error: Module not found: Can't resolve './gone'`],
  'next-prerender': ['app/page.tsx:2 [prerendering /] Error: boom at build'],
  'next-syntax': [`app/page.tsx:4 [-] Error: Expected '</', got '<eof>'`],
  'next-types': [`app/page.tsx:2 [TS2322] Type 'string' is not assignable to type 'number'.`],
  'pytest-collect': [`tests/test_b.py:- [-] ModuleNotFoundError: No module named 'not_there'`],
  pytest: [
    `tests/test_a.py:- [test_adds] AssertionError: assert 'text' == 3`,
    'tests/test_a.py:- [TestGroup::test_raises] ValueError: boom',
    'tests/test_a.py:- [TestGroup::test_each[2]] AssertionError: n is not one',
    `tests/test_a.py:- [test_broken_fixture] fixture 'nothing' not found`,
  ],
  'ruff-concise': [
    'pkg/a.py:1 [F401] `os` imported but unused',
    'pkg/a.py:9 [F821] Undefined name `missing`',
    'tests/test_b.py:1 [F401] `not_there` imported but unused',
  ],
  'ruff-full': [
    'pkg/a.py:1 [F401] `os` imported but unused',
    'pkg/a.py:9 [F821] Undefined name `missing`',
    'tests/test_b.py:1 [F401] `not_there` imported but unused',
  ],
  'ruff-syntax': [
    'pkg/a.py:1 [F401] `os` imported but unused',
    'pkg/a.py:9 [F821] Undefined name `missing`',
    'pkg/b.py:1 [invalid-syntax] Expected a parameter or the end of the parameter list',
    'pkg/b.py:2 [invalid-syntax] unexpected EOF while parsing',
  ],
  rustfmt: ['src/lib.rs:24 [rustfmt] write `fn errs() -> Result<(), String> {`'],
  unittest: [
    'tests/unit_c.py:9 [tests.unit_c.Case.test_raises] ValueError: boom',
    'tests/unit_c.py:6 [tests.unit_c.Case.test_adds] AssertionError: 2 != 3',
  ],
  'vite-export': ['src/main.ts:1 [MISSING_EXPORT] "nope" is not exported by "src/other.ts".'],
  'vite-import': [`src/main.ts:1 [UNRESOLVED_IMPORT] Could not resolve './gone.ts' in src/main.ts`],
  'vite-package': ['src/main.ts:- [-] Rolldown failed to resolve import "not-installed" from "src/main.ts"'],
  'vite-syntax': ['src/main.ts:1 [builtin:vite-transform] Unexpected token'],
  'vite6-export': ['src/main.ts:1 [-] "nope" is not exported by "src/other.ts", imported by "src/main.ts".'],
  'vite6-import': ['src/main.ts:- [-] Could not resolve "./gone.ts" from "src/main.ts"'],
  'vite6-package': ['src/main.ts:- [-] Rollup failed to resolve import "not-installed" from "src/main.ts"'],
  'vite6-syntax': ['src/main.ts:1 [-] Unexpected ";"'],
  'vitest-broken': [
    `vt/broken.test.ts:- [-] Cannot find module './gone.ts' imported from vt/broken.test.ts`,
    'vt/add.test.ts:- [add > adds] expected 2 to be 3 // Object.is equality',
  ],
  vitest: ['vt/add.test.ts:- [add > adds] expected 2 to be 3 // Object.is equality'],
}

const tell = ({ file, line, code, message }: Diagnostic): string =>
  `${file ?? '-'}:${line ?? '-'} [${code ?? '-'}] ${message}`

const outputOf = (name: string): string => readFileSync(join(OUTPUTS, `${name}.txt`), 'utf8')

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(`${name}: each finding is read once, and nothing else`, () => {
    assert.deepEqual(readDiagnostics(outputOf(name), '/project').map(tell), expected)
  })
}

test('in another folder and on another day the findings are the same', () => {
  for (const name of Object.keys(EXPECTED)) {
    const there = outputOf(name)
      .replaceAll('/project', '/srv/other place')
      .replaceAll(/\b\d+(?:\.\d+)?( ?m?s)\b/g, '7$1')
    const here = readDiagnostics(outputOf(name), '/project')
    assert.deepEqual(readDiagnostics(there, '/srv/other place'), here, name)
  }
})
