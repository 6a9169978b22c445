import { isExistingTest } from '../../core/protected.ts'
import type { RedFlag } from '../../core/red-flags.ts'
import { readChanges } from '../../core/red-flags/changes.ts'
import { answeredByHeart, FEWEST_BY_HEART, specialCase } from '../../core/red-flags/special-cases.ts'
import { languageOf } from '../../core/source-text.ts'
import type { Patch } from '../../core/task.ts'
import { readFiles } from '../read-files.ts'
import type { Setting } from '../setting.ts'

/** Tests that are read for it, those that sound like the changed files first. */
const MOST_TESTS = 20
/** A test longer than this is a table of data. */
const LONGEST_TEST = 100_000

/** The flag of a change that knows the tests' answers by heart; tests are read only where there is something to compare. */
export async function specialCasing(
  { diff, files }: Patch,
  base: string,
  existing: ReadonlySet<string>,
  { project, task }: Setting,
): Promise<RedFlag | null> {
  const branches = answeredByHeart(readChanges(diff), isExistingTest)
  if (branches.length < FEWEST_BY_HEART) return null
  const isNear = (path: string): boolean => files.some((file) => path.includes(stemOf(file)))
  const paths = [...existing].filter((path) => isExistingTest(path) && languageOf(path) !== null)
  const nearest = [...paths.filter(isNear), ...paths.filter((path) => !isNear(path))].slice(0, MOST_TESTS)
  const tests = [...(await readFiles(project, nearest, base)).values()]
  const sources = await readFiles(
    project,
    files.filter((file) => existing.has(file)),
    base,
  )
  const found = specialCase(
    branches,
    tests.filter(({ length }) => length <= LONGEST_TEST),
    [task.request, task.conversation, ...sources.values()],
  )
  if (!found) return null
  const reason = `${found.path} answers what the tests ask by heart: ${found.line.slice(0, 120)}`
  return { code: 'special_casing', reason }
}

const stemOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '')
