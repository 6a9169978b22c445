import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Gate } from '../../../src/core/task.ts'
import { gatesOf } from './facts-of.ts'

/** The gate of a script, in a project whose eslint has rules that each look at one file only. */
function gateOf(kind: Gate['kind'], script: string, eslintConfig = 'export default []'): Gate {
  const [gate] = gatesOf({
    'package.json': { scripts: { [kind]: script } },
    'eslint.config.js': eslintConfig,
  })
  assert.ok(gate)
  return gate
}

const added = ({ command }: Gate): string => command.slice(4).join(' ')
const quick = (gate: Gate): string | undefined => gate.quick?.command.join(' ')
const ESLINT_CACHE = '--cache --cache-strategy content --cache-location {cache}/lint.eslint'
const VITEST_REPORT = '--reporter=default --reporter=junit --outputFile.junit={report}'
const JEST_REPORT = '--json --outputFile={report}'
const BUILD_INFO = '--incremental --tsBuildInfoFile {cache}/typecheck.tsbuildinfo'

const ARGUMENTS: [kind: Gate['kind'], script: string, expected: string][] = [
  ['lint', 'eslint .', ESLINT_CACHE],
  ['lint', 'prettier --check . && eslint src', ESLINT_CACHE],
  ['lint', 'NODE_OPTIONS=--max-old-space-size=8192 eslint .', ESLINT_CACHE],
  ['lint', `npx eslint --ext ".js,.ts" 'src/**/*.ts'`, ESLINT_CACHE],
  ['lint', 'eslint . --cache --fix', '--no-fix'],
  ['lint', 'eslint . | cat', ''],
  ['lint', 'eslint . || true', ''],
  ['lint', 'eslint . > out.txt', ''],
  ['lint', 'eslint . & wait', ''],
  ['lint', 'eslint "src', ''],
  ['lint', 'eslint . && prettier --check .', ''],
  ['lint', 'echo eslint .', ''],
  ['lint', 'biome ci', '--max-diagnostics=200'],
  ['lint', 'biome check --max-diagnostics 9', ''],
  ['typecheck', 'tsc --noEmit -p tsconfig.json', BUILD_INFO],
  ['typecheck', 'tsc -b', ''],
  ['typecheck', 'tsc --incremental', ''],
  ['build', 'tsc -p tsconfig.build.json', ''],
  ['test', 'vitest run', VITEST_REPORT],
  ['test', 'vitest', `--run ${VITEST_REPORT}`],
  ['test', 'vitest --run --dir test', VITEST_REPORT],
  ['test', 'vitest bench', ''],
  ['test', 'vitest run --outputFile.json=x.json', ''],
  ['test', 'tsc && jest --ci', JEST_REPORT],
  ['test', 'jest --json', ''],
  ['test', 'bun test', '--reporter=junit --reporter-outfile={report}'],
  ['test', 'toString', ''],
]

for (const [kind, script, expected] of ARGUMENTS) {
  test(`\`${script}\` is given ${expected === '' ? 'nothing' : `\`${expected}\``}`, () => {
    assert.equal(added(gateOf(kind, script)).replace(/^-- /, ''), expected)
  })
}

const QUICK: [kind: Gate['kind'], script: string, expected: string | undefined][] = [
  ['lint', 'eslint .', 'eslint'],
  ['lint', 'eslint --max-warnings 0 --fix . -c my.config.js', 'eslint --max-warnings 0 -c my.config.js'],
  // a folder that is left out may be the one that changed
  ['lint', 'eslint src', undefined],
  ['lint', 'tsc && eslint .', undefined],
  ['lint', 'DEBUG=x eslint .', undefined],
  ['lint', 'oxlint --type-aware -D no-debugger', 'oxlint --type-aware -D no-debugger'],
  ['lint', 'biome check --write .', 'biome check --no-errors-on-unmatched'],
  ['lint', 'biome format .', undefined],
  ['test', 'vitest run --dir test --coverage', `vitest related --run --dir test ${VITEST_REPORT}`],
  ['test', 'vitest run unit', undefined],
  ['test', 'jest -c a.json', `jest -c a.json ${JEST_REPORT} --passWithNoTests --findRelatedTests`],
  ['test', 'node --test', undefined],
  ['typecheck', 'tsc', undefined],
]

for (const [kind, script, expected] of QUICK) {
  const told = expected === undefined ? 'has no quick check' : `is quick as \`${expected}\``
  test(`\`${script}\` ${told}`, () => assert.equal(quick(gateOf(kind, script)), expected))
}

test('rules that look into other files are not answered from a cache of one', () => {
  assert.equal(added(gateOf('lint', 'eslint .', 'export default [{ projectService: true }]')), '')
})

test('each package keeps a cache of its own', () => {
  const scripts = { typecheck: 'tsc' }
  const gates = gatesOf({
    'package.json': { workspaces: ['packages/*'] },
    'packages/a/package.json': { scripts },
    'packages/b/package.json': { scripts },
  })
  const files = gates.map(({ command }) => command.at(-1))
  assert.deepEqual(files, [
    '{cache}/typecheck+packages+a.tsbuildinfo',
    '{cache}/typecheck+packages+b.tsbuildinfo',
  ])
})

const NODE_TESTS: [script: string, isReported: boolean][] = [
  ['node --test', true],
  ["tsc && node --import tsx --test-concurrency=2 --test 'test/**/*.test.ts'", true],
  ['tsx --test', true],
  ['node --test --test-reporter=tap', false],
  ['NODE_OPTIONS=--no-warnings node --test', false],
  ['node test.js && mocha --test', false],
  ['node --test-only x.js', false],
]

for (const [script, isReported] of NODE_TESTS) {
  test(`\`${script}\` is ${isReported ? '' : 'not '}told test by test`, () => {
    const gate = gateOf('test', script)
    assert.equal(gate.report, isReported ? 'junit' : null)
    assert.equal(gate.environment['NODE_OPTIONS']?.includes('"{report}"') ?? false, isReported)
  })
}
