import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatesConfig } from '../../src/config.ts'
import { detectGates } from '../../src/workspace/gates.ts'

type Case = {
  name: string
  manifest: unknown
  files?: string[]
  installed?: string[]
  config?: GatesConfig
  expected: string[]
}

const scripts = { lint: 'eslint .', typecheck: 'tsc', build: 'vite build', test: 'vitest run' }
const CASES: Case[] = [
  {
    name: 'scripts are found in the order they run',
    manifest: { scripts: { test: 't', build: 'b', typecheck: 'c', lint: 'l', start: 's' } },
    expected: ['node --run lint', 'node --run typecheck', 'node --run build', 'node --run test'],
  },
  {
    name: 'scripts have other names too',
    manifest: { scripts: { eslint: 'x', 'type-check': 'x' } },
    expected: ['node --run eslint', 'node --run type-check'],
  },
  {
    name: 'the placeholder of npm init is no test',
    manifest: { scripts: { test: 'echo "Error: no test specified" && exit 1' } },
    expected: [],
  },
  { name: 'an empty script is none', manifest: { scripts: { lint: ' ' } }, expected: [] },
  {
    name: 'TypeScript with a tsconfig is checked without a script',
    manifest: { devDependencies: { typescript: '^7' } },
    files: ['tsconfig.json'],
    expected: ['tsc --noEmit'],
  },
  {
    name: 'TypeScript without a tsconfig is not',
    manifest: { devDependencies: { typescript: '^7' } },
    expected: [],
  },
  { name: 'a tsconfig without TypeScript is not', manifest: {}, files: ['tsconfig.json'], expected: [] },
  {
    name: 'pnpm runs them where it is installed',
    manifest: { scripts: { lint: 'x' } },
    files: ['pnpm-lock.yaml'],
    installed: ['pnpm'],
    expected: ['pnpm run lint'],
  },
  {
    name: 'scripts that need something of npm are run by it',
    manifest: {
      scripts: { lint: 'x', prelint: 'y', build: 'z', postbuild: 'y', test: 'echo $npm_package_name' },
    },
    expected: ['npm run --silent lint', 'npm run --silent build', 'npm run --silent test'],
  },
  {
    name: 'npm stands in for a pnpm that is not',
    manifest: { scripts: { lint: 'x' } },
    files: ['pnpm-lock.yaml'],
    expected: ['node --run lint'],
  },
  {
    name: 'packageManager beats the lock file',
    manifest: { scripts: { lint: 'x' }, packageManager: 'yarn@4.1.0' },
    files: ['pnpm-lock.yaml'],
    installed: ['pnpm', 'yarn'],
    expected: ['yarn run lint'],
  },
  {
    name: 'the configuration replaces, adds and switches off',
    manifest: { scripts },
    config: { lint: { command: false }, test: { command: ['make', 'test'] } },
    expected: ['node --run typecheck', 'node --run build', 'make test'],
  },
  {
    name: 'the configuration is enough',
    manifest: undefined,
    config: { build: { command: ['make'] } },
    expected: ['make'],
  },
  { name: 'a manifest that is odd has no gates', manifest: { scripts: ['lint'] }, expected: [] },
]

for (const { name, manifest, files = [], installed = [], config = {}, expected } of CASES) {
  test(name, () => {
    const packageJson = manifest === undefined ? undefined : JSON.stringify(manifest)
    const facts = {
      packageJson,
      has: (path: string) => files.includes(path),
      installed: (program: string) => installed.includes(program),
    }
    assert.deepEqual(
      detectGates(facts, config).map(({ command }) => command.join(' ')),
      expected,
    )
  })
}

test('a gate has a minute unless the configuration says otherwise', () => {
  const facts = { packageJson: JSON.stringify({ scripts }), has: () => false, installed: () => false }
  const gates = detectGates(facts, { test: { timeoutMs: 5 } })
  assert.deepEqual(
    gates.map(({ timeoutMs }) => timeoutMs),
    [60_000, 60_000, 60_000, 5],
  )
})

test('a package.json that is no JSON has no gates', () => {
  assert.deepEqual(detectGates({ packageJson: '{', has: () => false, installed: () => false }, {}), [])
})
