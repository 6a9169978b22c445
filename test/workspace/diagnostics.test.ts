import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { GateRun } from '../../src/core/task.ts'
import { readDiagnostics } from '../../src/workspace/diagnostics.ts'
import { runGate } from '../../src/workspace/run-gate.ts'
import { UNHELD } from '../support/unheld.ts'
import { never } from './served-scene.ts'

const BIN = join(import.meta.dirname, '../../node_modules/.bin')
const FILES = {
  'a.ts': `export const a: number = 'x'\nexport function f(): void {\n  debugger\n}\n`,
  'tsconfig.json': '{ "include": ["a.ts"] }',
  'a.test.mjs': `import test from 'node:test'\nimport assert from 'node:assert/strict'
test('adds', () => assert.equal(1 + 1, 3))
test('throws', () => { throw new TypeError('boom in ' + import.meta.dirname) })
test('passes', () => {})\n`,
}

/** Runs a real tool over the sample in a new folder. */
async function runTool(t: TestContext, ...command: string[]): Promise<GateRun> {
  const at = await realpath(await mkdtemp(join(tmpdir(), 'quorum-sample-')))
  t.after(() => rm(at, { recursive: true, force: true }))
  await mkdir(join(at, 'home', 'tmp'), { recursive: true })
  await mkdir(join(at, 'tree'))
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(at, 'tree', name), text)
  const desk = { root: join(at, 'tree'), home: join(at, 'home') }
  return runGate(
    { name: 'test', command, timeoutMs: 30_000 },
    { ...desk, overlays: [], readable: [] },
    UNHELD.cage,
    never,
  )
}

const typeError = {
  file: 'a.ts',
  line: 1,
  code: 'TS2322',
  message: `Type 'string' is not assignable to type 'number'.`,
}
const failedTests = [
  { file: null, line: null, code: 'adds', message: 'Expected values to be strictly equal:' },
  { file: null, line: null, code: 'throws', message: 'boom in .' },
]
const TOOLS = [
  { name: 'tsc', command: [join(BIN, 'tsc'), '--noEmit', '--pretty', 'false'], expected: [typeError] },
  { name: 'tsc, pretty', command: [join(BIN, 'tsc'), '--noEmit', '--pretty'], expected: [typeError] },
  {
    name: 'oxlint',
    command: [join(BIN, 'oxlint'), '-D', 'no-debugger', 'a.ts'],
    expected: [
      { file: 'a.ts', line: 3, code: 'eslint(no-debugger)', message: '`debugger` statement is not allowed' },
    ],
  },
  {
    name: 'node --test, spec',
    command: ['node', '--test', '--test-reporter=spec', 'a.test.mjs'],
    expected: failedTests,
  },
  {
    name: 'node --test, tap',
    command: ['node', '--test', '--test-reporter=tap', 'a.test.mjs'],
    expected: failedTests,
  },
]

for (const { name, command, expected } of TOOLS) {
  test(`${name}: the findings are read from its real output, the same in every folder`, async (t) => {
    const first = await runTool(t, ...command)
    assert.deepEqual(first.diagnostics, expected, first.log)
    assert.deepEqual((await runTool(t, ...command)).diagnostics, first.diagnostics)
  })
}

const OUTPUTS = [
  {
    name: 'eslint stylish',
    output: `\n/w/src/a.ts\n  3:5   error    'x' is assigned a value but never used  @typescript-eslint/no-unused-vars\n  4:1   warning  Unexpected console statement            no-console\n\n✖ 2 problems (1 error, 1 warning)\n`,
    expected: {
      file: 'src/a.ts',
      line: 3,
      code: '@typescript-eslint/no-unused-vars',
      message: `'x' is assigned a value but never used`,
    },
  },
  {
    name: 'vitest',
    output: ` FAIL  src/a.test.ts > adds > two numbers\nAssertionError: expected 2 to be 3 // Object.is equality\n ❯ src/a.test.ts:4:19\n`,
    expected: {
      file: 'src/a.test.ts',
      line: null,
      code: 'adds > two numbers',
      message: 'expected 2 to be 3 // Object.is equality',
    },
  },
  {
    name: 'jest',
    output: `  ● adds › two numbers\n\n    TypeError: boom\n\n      at Object.<anonymous> (src/a.test.ts:4:19)\n`,
    expected: { file: null, line: null, code: 'adds › two numbers', message: 'boom' },
  },
  {
    name: 'next build',
    output: `Failed to compile.\n\n./app/page.tsx:3:9\nType error: Type 'string' is not assignable to type 'number'.\n`,
    expected: {
      file: 'app/page.tsx',
      line: 3,
      code: null,
      message: `Type error: Type 'string' is not assignable to type 'number'.`,
    },
  },
]

for (const { name, output, expected } of OUTPUTS) {
  test(`${name}: the finding and nothing else is read`, () => {
    assert.deepEqual(readDiagnostics(output, '/w'), [expected])
  })
}

test('of an unknown tool the last lines that say something are kept, without folder and times', () => {
  const found = readDiagnostics('start\n\nit broke in /w/src after 12.5 ms\n', '/w')
  assert.deepEqual(found.at(-1), { file: null, line: null, code: null, message: 'it broke in src after …' })
  assert.deepEqual(readDiagnostics('', '/w'), [])
})
