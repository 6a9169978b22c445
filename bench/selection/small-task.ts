import type { TaskKind } from '../../src/core/experience.ts'

/** A version of the project: the body of the task's function, or whole files by their path. */
export type Version = string | Readonly<Record<string, string>>

/** A small change somebody could ask for, with answers to it whose worth is known. */
export type SmallTask = {
  readonly name: string
  readonly kind: Extract<TaskKind, 'fix' | 'feature' | 'refactor'>
  readonly request: string
  /** The file that holds the function, and what it exports for the tests. */
  readonly path: string
  readonly exports: string
  /** Everything before the body; null where versions are whole files. */
  readonly head: string | null
  readonly base: Version
  /** The first two are the same code in other words; then the same behaviour in another structure. */
  readonly right: readonly [Version, Version, ...Version[]]
  /** Passes types and visible tests, and is wrong. */
  readonly logic: readonly [Version, ...Version[]]
  /** Fails a visible test. */
  readonly caught: Version
  readonly mistyped: Version
  /** Name and assertions of each test. The server sees the first kind only. */
  readonly visible: Readonly<Record<string, string>>
  readonly hidden: Readonly<Record<string, string>>
}

export type Files = Readonly<Record<string, string>>

/** The files a version writes. */
export function filesOf(task: SmallTask, version: Version): Files {
  if (typeof version !== 'string') return version
  if (task.head === null) return { [task.path]: version }
  const body = version.replaceAll(/^(?=.)/gm, '  ')
  return { [task.path]: `${task.head}\n${body}\n}\n` }
}

/** The project as the server is given it. */
export function projectOf(task: SmallTask): Files {
  return {
    ...filesOf(task, task.base),
    'test/visible.test.ts': testsOf(task, task.visible),
    'package.json': `${JSON.stringify({ name: task.name, private: true, type: 'module' }, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['src'] }, null, 2)}\n`,
  }
}

/** As strict as a careful project is. */
export const COMPILER_OPTIONS = {
  target: 'es2023',
  lib: ['es2023'],
  module: 'nodenext',
  types: [],
  strict: true,
  noEmit: true,
  allowJs: true,
  checkJs: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
}

/** A test file of the task, as `node --test` runs it. */
export function testsOf(task: SmallTask, tests: Readonly<Record<string, string>>): string {
  const bodies = Object.entries(tests).map(
    ([name, assertions]) =>
      `test(${JSON.stringify(name)}, () => {\n${assertions.replaceAll(/^/gm, '  ')}\n})\n`,
  )
  return [
    "import { deepEqual, equal, throws } from 'node:assert/strict'",
    "import { test } from 'node:test'",
    `import { ${task.exports} } from '../${task.path}'`,
    '',
    ...bodies,
  ].join('\n')
}
