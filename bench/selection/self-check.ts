import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runNode } from './run-node.ts'
import {
  COMPILER_OPTIONS,
  filesOf,
  projectOf,
  testsOf,
  type Files,
  type SmallTask,
  type Version,
} from './small-task.ts'

export const TSC = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc')

/** A version of a task, and what must be so of it. */
type Claim = {
  readonly task: SmallTask
  readonly label: string
  readonly version: Version
  readonly types: boolean
  /** null where it may be either. */
  readonly visible: boolean | null
  readonly hidden: boolean | null
}

/** What is not as the tasks say, found by running it all: types, visible and hidden tests of every version. */
export async function checkTasks(tasks: readonly SmallTask[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-tasks-'))
  try {
    const claims = tasks.flatMap(claimsOf)
    await Promise.all(claims.map(({ task, version }, index) => lay(join(folder, `v${index}`), task, version)))
    const [mistyped, green] = await Promise.all([findMistyped(folder), findGreen(folder)])
    return claims.flatMap((claim, index) => complaintsOf(claim, `v${index}`, mistyped, green))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function claimsOf(task: SmallTask): Claim[] {
  const unchanged = task.kind === 'refactor'
  const claim = (
    label: string,
    version: Version,
    types: boolean,
    visible: boolean | null,
    hidden: boolean | null,
  ) => ({
    task,
    label,
    version,
    types,
    visible,
    hidden,
  })
  return [
    claim('base', task.base, true, true, unchanged),
    ...task.right.map((version, at) => claim(`right ${at}`, version, true, true, true)),
    ...task.logic.map((version, at) => claim(`logic ${at}`, version, true, true, false)),
    claim('caught', task.caught, true, false, null),
    claim('mistyped', task.mistyped, false, null, null),
  ]
}

async function lay(folder: string, task: SmallTask, version: Version): Promise<void> {
  const files: Files = {
    ...projectOf(task),
    ...filesOf(task, version),
    'test/hidden.test.ts': testsOf(task, task.hidden),
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** Folders in which something does not type-check; one run of the compiler for all. */
async function findMistyped(folder: string): Promise<Set<string>> {
  const options = { compilerOptions: COMPILER_OPTIONS, include: ['*/src'] }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
  const { output } = await runNode([TSC, '--noEmit', '--pretty', 'false'], folder)
  if (output.includes('error TS18003')) throw new Error('the compiler found no source')
  return new Set([...output.matchAll(/^(v\d+)\/src\/\S+\(\d+,\d+\): error/gm)].map(([, version]) => version!))
}

/** Test files (`v3/hidden`) in which every test passed; one that does not load has none. All of them in one process. */
async function findGreen(folder: string): Promise<Set<string>> {
  const options = ['--test-isolation=none', '--test-reporter=junit', '--test-reporter-destination=stdout']
  const { output: report } = await runNode(['--test', ...options, '*/test/*.test.ts'], folder)
  const cases = report.matchAll(
    /<testcase name="[^"]*" [^<]*?file="[^"]*?\/(v\d+)\/test\/(\w+)\.test\.ts"( failure=)?/g,
  )
  const results = [...cases].map(([, version, kind, failed]) => ({ file: `${version}/${kind}`, failed }))
  const red = new Set(results.filter(({ failed }) => failed !== undefined).map(({ file }) => file))
  return new Set(results.map(({ file }) => file).filter((file) => !red.has(file)))
}

function complaintsOf(claim: Claim, at: string, mistyped: Set<string>, green: Set<string>): string[] {
  const found = {
    types: !mistyped.has(at),
    visible: green.has(`${at}/visible`),
    hidden: green.has(`${at}/hidden`),
  }
  return (['types', 'visible', 'hidden'] as const).flatMap((what) => {
    if (claim[what] === null || claim[what] === found[what]) return []
    return [`${claim.task.name}, ${claim.label}: ${what} ${found[what] ? 'pass' : 'fail'}`]
  })
}
