import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Diagnostic } from '../../../src/core/task.ts'
import { readDiagnostics } from '../../../src/workspace/diagnostics/read.ts'

const BIN = join(import.meta.dirname, '../../../node_modules/.bin')
const FILES = {
  'a.ts': `export const a: number = 'x'\nexport function f(): void {\n  debugger\n}\n`,
  'tsconfig.json': '{ "include": ["a.ts"] }',
  'a.test.mjs': `import test from 'node:test'\nimport assert from 'node:assert/strict'
test('adds', () => assert.equal(1 + 1, 3))
test('throws', () => { throw new TypeError('boom in ' + import.meta.dirname) })
test('passes', () => {})\n`,
}

/** Runs a real tool over the sample in a new folder. */
async function runTool(t: TestContext, program: string, args: readonly string[]): Promise<Diagnostic[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'quorum-sample-')))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text)
  const { stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    // without the word that this is a test already, the runner would not run
    env: { PATH: process.env['PATH'], CI: 'true', NO_COLOR: '1' },
  })
  return readDiagnostics(stdout + stderr, folder)
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
const statement = '`debugger` statement is not allowed'
const TOOLS = [
  { name: 'tsc', program: 'tsc', args: ['--noEmit', '--pretty', 'false'], expected: [typeError] },
  { name: 'tsc, pretty', program: 'tsc', args: ['--noEmit', '--pretty'], expected: [typeError] },
  {
    name: 'oxlint',
    program: 'oxlint',
    args: ['-D', 'no-debugger', 'a.ts'],
    expected: [{ file: 'a.ts', line: 3, code: 'eslint(no-debugger)', message: statement }],
  },
  {
    name: 'node --test, spec',
    program: 'node',
    args: ['--test', '--test-reporter=spec', 'a.test.mjs'],
    expected: failedTests,
  },
  {
    name: 'node --test, tap',
    program: 'node',
    args: ['--test', '--test-reporter=tap', 'a.test.mjs'],
    expected: failedTests,
  },
]

for (const { name, program, args, expected } of TOOLS) {
  test(`${name}: the findings are read from its real output, the same in every folder`, async (t) => {
    const at = program === 'node' ? process.execPath : join(BIN, program)
    assert.deepEqual(await runTool(t, at, args), expected)
    assert.deepEqual(await runTool(t, at, args), expected)
  })
}
