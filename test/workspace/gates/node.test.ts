import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatesOf, toldShort, type Tree } from './facts-of.ts'

type Case = { name: string; tree: Tree; installed?: string[]; expected: string[] }

const manifest = (scripts: Record<string, string>, more: object = {}): object => ({ scripts, ...more })
const dev = (...names: string[]): object => ({
  devDependencies: Object.fromEntries(names.map((name) => [name, '*'])),
})
const BUILD_INFO = '--incremental --tsBuildInfoFile {cache}/typecheck.tsbuildinfo'

const CASES: Case[] = [
  {
    name: 'scripts are found in the order they run',
    tree: { 'package.json': manifest({ test: 't', build: 'b', typecheck: 'c', lint: 'l', start: 's' }) },
    expected: [
      'lint: node --run lint',
      'typecheck: node --run typecheck',
      'build: node --run build',
      'test: node --run test',
    ],
  },
  {
    name: 'scripts have other names too',
    tree: { 'package.json': manifest({ eslint: 'x', 'type-check': 'x' }) },
    expected: ['lint: node --run eslint', 'typecheck: node --run type-check'],
  },
  {
    name: 'the placeholder of npm init is no test',
    tree: { 'package.json': manifest({ test: 'echo "Error: no test specified" && exit 1' }) },
    expected: [],
  },
  { name: 'an empty script is none', tree: { 'package.json': manifest({ lint: ' ' }) }, expected: [] },
  {
    name: 'a manifest that is odd has no gates',
    tree: { 'package.json': { scripts: ['lint'] } },
    expected: [],
  },
  { name: 'a manifest that is no JSON has no gates', tree: { 'package.json': '{' }, expected: [] },
  {
    name: 'TypeScript with a tsconfig is checked without a script, and remembers what it checked',
    tree: { 'package.json': dev('typescript'), 'tsconfig.json': '{}' },
    expected: [`typecheck: tsc --noEmit ${BUILD_INFO}`],
  },
  {
    name: 'a tsconfig that only points to others is built, for by itself it checks nothing',
    tree: { 'package.json': dev('typescript'), 'tsconfig.json': '{ "files": [], "references": [] }' },
    expected: ['typecheck: tsc -b --noEmit'],
  },
  { name: 'TypeScript without a tsconfig is not', tree: { 'package.json': dev('typescript') }, expected: [] },
  {
    name: 'a tsconfig without TypeScript is not',
    tree: { 'package.json': {}, 'tsconfig.json': '{}' },
    expected: [],
  },
  {
    name: 'Next.js is built without a script',
    tree: { 'package.json': { dependencies: { next: '16' } } },
    expected: ['build: next build'],
  },
  {
    name: 'Vite is built where it has a page to build',
    tree: { 'package.json': dev('vite'), 'index.html': '' },
    expected: ['build: vite build'],
  },
  { name: 'Vite that only serves the tests is not', tree: { 'package.json': dev('vite') }, expected: [] },
  {
    name: 'a linter that is configured and installed is run without a script',
    tree: { 'package.json': dev('@biomejs/biome'), 'biome.json': '' },
    expected: ['lint: biome lint --max-diagnostics=200'],
  },
  { name: 'one that is no dependency is not', tree: { 'package.json': {}, 'biome.json': '' }, expected: [] },
  {
    name: 'scripts that need something of npm are run by it',
    tree: {
      'package.json': manifest({
        lint: 'x',
        prelint: 'y',
        build: 'z',
        postbuild: 'y',
        test: 'echo $npm_package_name',
      }),
    },
    expected: ['lint: npm run --silent lint', 'build: npm run --silent build', 'test: npm run --silent test'],
  },
  {
    name: 'pnpm runs them where it is installed, and is given no separator it would pass on',
    tree: { 'package.json': manifest({ lint: 'x', typecheck: 'tsc' }), 'pnpm-lock.yaml': '' },
    installed: ['pnpm'],
    expected: ['lint: pnpm run lint', `typecheck: pnpm run typecheck ${BUILD_INFO}`],
  },
  {
    name: 'npm stands in for a pnpm that is not',
    tree: { 'package.json': manifest({ lint: 'x' }), 'pnpm-lock.yaml': '' },
    expected: ['lint: node --run lint'],
  },
  {
    name: 'packageManager beats the lock file',
    tree: { 'package.json': manifest({ lint: 'x' }, { packageManager: 'yarn@4.1.0' }), 'pnpm-lock.yaml': '' },
    installed: ['pnpm', 'yarn'],
    expected: ['lint: yarn run lint'],
  },
  {
    name: 'what the root of a monorepo has for a kind stands for all of it; else each package speaks for itself',
    tree: {
      'package.json': manifest({ lint: 'x' }, { workspaces: ['packages/*', '!packages/old'] }),
      'packages/a/package.json': manifest({ lint: 'x', test: 'y' }),
      'packages/b/package.json': manifest({ test: 'y' }),
      'packages/old/package.json': manifest({ test: 'y' }),
      'packages/a/node_modules/c/package.json': manifest({ test: 'y' }),
      'other/package.json': manifest({ test: 'y' }),
    },
    expected: [
      'lint: node --run lint',
      'test packages/a: node --run test (in packages/a)',
      'test packages/b: node --run test (in packages/b)',
    ],
  },
  {
    name: 'pnpm lists its packages in a file of its own',
    tree: {
      'package.json': {},
      'pnpm-lock.yaml': '',
      'pnpm-workspace.yaml': "packages:\n  # ours\n  - 'apps/**'\n  - tools/x # one\ncatalog:\n  - no/*\n",
      'apps/web/shop/package.json': manifest({ test: 'y' }),
      'tools/x/package.json': manifest({ test: 'y' }),
      'no/a/package.json': manifest({ test: 'y' }),
    },
    installed: ['pnpm'],
    expected: [
      'test apps/web/shop: pnpm run test (in apps/web/shop)',
      'test tools/x: pnpm run test (in tools/x)',
    ],
  },
  {
    name: 'without a package at the root the topmost ones are projects, but none that are material',
    tree: {
      'frontend/package.json': manifest({ test: 'y' }),
      'frontend/sub/package.json': manifest({ lint: 'y' }),
      'examples/one/package.json': manifest({ lint: 'y' }),
      'test/fixtures/two/package.json': manifest({ lint: 'y' }),
      'node_modules/three/package.json': manifest({ lint: 'y' }),
    },
    expected: ['test: node --run test (in frontend)'],
  },
]

for (const { name, tree, installed, expected } of CASES) {
  test(name, () => assert.deepEqual(toldShort(gatesOf(tree, installed)), expected))
}

test('a Next.js build starts from what the last one kept, with a script or without', () => {
  for (const scripts of [{}, { build: 'next build' }]) {
    const [build] = gatesOf({ 'package.json': { scripts, dependencies: { next: '16' } } })
    assert.deepEqual(build?.caches, ['.next/cache'])
  }
})
