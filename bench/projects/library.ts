import { numbered, type BenchProject } from './project.ts'

const MODULES = 3_000
const TESTED = 60

const packageJson = {
  name: 'bench-library',
  private: true,
  type: 'module',
  scripts: { lint: 'eslint .', typecheck: 'tsc --noEmit', test: 'vitest run' },
  devDependencies: {
    '@eslint/js': '9.39.5',
    eslint: '9.39.5',
    typescript: '5.9.3',
    'typescript-eslint': '8.73.0',
    vitest: '5.1.1',
  },
}

const tsconfig = {
  compilerOptions: {
    target: 'ES2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['src', 'tests'],
}

const folder = (index: number): string => `src/part${Math.floor(index / 100)}`

const source = (index: number): string => {
  const before = index % 100 === 0 ? null : index - 1
  return `${before === null ? '' : `import { step${before} } from './module${before}'\n\n`}export type Item${index} = { readonly id: string; readonly weight: number }

/** Adds up what is heavier than the limit. */
export function step${index}(items: readonly Item${index}[], limit = ${index % 7}): number {
  const heavy = items.filter((item) => item.weight > limit)
  return heavy.reduce((sum, item) => sum + item.weight, ${before === null ? '0' : `step${before}([])`})
}
`
}

const check = (index: number): string => `import { expect, test } from 'vitest'
import { step${index} } from '../${folder(index)}/module${index}'

test('only what is heavier counts', () => {
  expect(step${index}([{ id: 'a', weight: 9 }, { id: 'b', weight: 1 }], 5)).toBe(9)
})
`

/** One of those that have a test. */
const CHANGED = 111
const fix = (content: string) => ({ path: `${folder(CHANGED)}/module${CHANGED}.ts`, content })
const right = source(CHANGED).replace('heavy.reduce', '[...heavy].reduce')

/** A repository of some thousand small files that import each other in chains. */
export const libraryProject: BenchProject = {
  name: `TypeScript library, ${MODULES} modules, ${TESTED} test files`,
  files: {
    'package.json': `${JSON.stringify(packageJson, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify(tsconfig, null, 2)}\n`,
    'eslint.config.mjs':
      "import js from '@eslint/js'\nimport { defineConfig } from 'eslint/config'\nimport typescript from 'typescript-eslint'\n\nexport default defineConfig([js.configs.recommended, ...typescript.configs.recommended])\n",
    '.gitignore': 'node_modules\n*.tsbuildinfo\n',
    ...numbered(MODULES, (index) => [`${folder(index)}/module${index}.ts`, source(index)]),
    ...numbered(TESTED, (index) => [`tests/step${index * 37}.test.ts`, check(index * 37)]),
  },
  candidates: [
    { name: 'right', change: fix(right), passes: true },
    { name: 'syntax error', change: fix(right.replace('=> item', '= item')), passes: false },
    { name: 'type error', change: fix(right.replace('sum + item.weight', 'sum + item.id')), passes: false },
    { name: 'lint error', change: fix(`${right}export const loose: any = 1\n`), passes: false },
    { name: 'logic error', change: fix(right.replace('> limit', '< limit')), passes: false },
  ],
  checks: [
    ['npm', 'run', 'lint'],
    ['npm', 'run', 'typecheck'],
    ['npm', 'test'],
  ],
}
