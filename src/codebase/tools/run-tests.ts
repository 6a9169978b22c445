import { z } from 'zod'
import type { Judge, Project } from '../../cascade/ports.ts'
import { judge, summarise } from '../../core/gates.ts'
import { isExistingTest } from '../../core/protected.ts'
import { stepsOf } from '../../core/steps.ts'
import type { Gate, RanGate, TestCase } from '../../core/task.ts'
import { fitLines, joined, note } from '../../core/tools/bounded.ts'
import { refused, said, type ToolAnswer } from '../../core/tools/tool-card.ts'
import { fileOf, Path, tool, unlessPrivate, WORKSPACE, type Place } from './tool.ts'

/** The project's own tests, on a copy. */
export const runTests = tool(
  {
    name: 'run_tests',
    onlyReads: false,
    description:
      "Run the project's own tests, all of them or one test file, on a copy of the workspace as it is now, uncommitted changes included; nothing in the workspace itself is changed. Says what failed and where.",
    input: z.strictObject({
      path: Path.optional().describe('one test file, such as test/parse.test.ts; default: all tests'),
      ...WORKSPACE,
    }),
  },
  async ({ path }, place, signal) => {
    if (path !== undefined) {
      const file = await fileOf(path, place)
      if ('no' in file) return file.no
    }
    await using project = await place.workspaces.open({ kind: 'named', name: place.name }, signal)
    const judged = await project.judgeOf(project.base, '', signal)
    if (judged.kind === 'refused') return refused(summarise(judge(judged.run, ALONE)))
    const tests = testsFor(path, judged.gates)
    if (tests.length === 0) return refused(noTests(path, project, place))
    // the project stays open until the last of them has ended
    return unlessPrivate(await run({ tests, path, judged, project }, signal), place)
  },
)

type Judged = Extract<Judge, { kind: 'judge' }>
type Job = {
  readonly tests: readonly Gate[]
  readonly path: string | undefined
  readonly judged: Judged
  readonly project: Project
}

/** There is nothing to hold a run against: every failure counts. */
const ALONE = { run: null, flaky: new Set<string>(), testsChanged: false }

/** All that test, or the one of the innermost folder that the file lies in. */
function testsFor(path: string | undefined, gates: readonly Gate[]): Gate[] {
  const tests = gates.filter(({ kind }) => kind === 'test')
  if (path === undefined) return tests
  return tests
    .filter(({ folder }) => folder === '' || path.startsWith(`${folder}/`))
    .toSorted((one, other) => other.folder.length - one.folder.length)
    .slice(0, 1)
}

function noTests(path: string | undefined, { leftOut }: Project, { name, workspaces }: Place): string {
  if (leftOut.includes('test')) {
    const { cage } = workspaces.confinement
    const mend = cage.kind === 'none' ? `: ${cage.mend}` : ''
    return `The tests of ${name} are not run, because nothing here would hold them${mend}`
  }
  return path === undefined
    ? `${name} has no tests that are recognised here; name a command under "gates" in quorum.config.json`
    : `no tests of ${name} that are recognised here would run ${path}`
}

async function run({ tests, path, judged, project }: Job, signal: AbortSignal): Promise<ToolAnswer> {
  await using workspace = await judged.checkout(project.base, signal)
  const told: string[] = []
  // tests of a project that builds may run what was built
  for (const gate of [...judged.gates.filter(({ kind }) => kind === 'build'), ...tests]) {
    const isBuild = gate.kind === 'build'
    const [step] = isBuild ? [] : stepsOf([gate], path === undefined ? [] : [path], false)
    const ran = await workspace.run(step?.gate ?? gate, signal)
    signal.throwIfAborted()
    if (isBuild && isGood(ran)) continue
    told.push(step?.scope === 'all' && path !== undefined ? reportOf(path, ran) : report(ran))
    if (isBuild) break
  }
  if (path !== undefined && !isExistingTest(path)) told.push(note(`${path} is not named as a test`))
  // red tests are an answer, and no error of the tool
  return said(joined(told))
}

/** Characters of the log that are shown: its end, where the summary stands. */
const MOST_LOG = 12_000

const isGood = ({ exitCode, timedOut }: RanGate): boolean => exitCode === 0 && !timedOut

function report(ran: RanGate): string {
  if (isGood(ran)) return headOf(ran)
  return joined([headOf(ran), summarise(judge(ran, ALONE), MOST_FINDINGS), logOf(ran)])
}

/** Findings that are listed one by one. */
const MOST_FINDINGS = 30

/** Of a command that runs all tests and nothing less, what it says of this file, where it tells files apart. */
function reportOf(path: string, ran: RanGate): string {
  const cases = ran.cases?.filter(({ id }) => id.startsWith(`${path} > `)) ?? []
  const all = note(`the project's test command cannot run ${path} alone: all were run`)
  if (cases.length === 0) return joined([all, report(ran)])
  const count = (status: TestCase['status']): number => cases.filter((one) => one.status === status).length
  const failed = cases.filter(({ status }) => status === 'failed').slice(0, MOST_FINDINGS)
  return joined([
    `${path}: ${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`,
    ...failed.map(
      ({ id, message }) => fitLines(`${id}: ${message ?? 'failed'}`.split('\n'), MOST_OF_ONE).text,
    ),
    all,
  ])
}

/** Characters of one test's failure. */
const MOST_OF_ONE = 2_000

function headOf(ran: RanGate): string {
  const { gate, tests, ms, timedOut, exitCode } = ran
  const failed = timedOut ? 'was killed: too slow' : `failed with exit code ${exitCode ?? 'none'}`
  const counts = tests && `${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`
  const parts = [`${gate} ${isGood(ran) ? 'passed' : failed}`, counts, `${(ms / 1_000).toFixed(1)} s`]
  return parts.filter((part) => part !== null).join(', ')
}

function logOf({ log }: RanGate): string {
  const end = log.slice(-MOST_LOG)
  const lines = end.split('\n').slice(end.length < log.length ? 1 : 0)
  const { text } = fitLines(lines, MOST_LOG * 2)
  return `${end.length < log.length ? note('the end of what it printed') : 'It printed:'}\n${text.trimEnd()}`
}
