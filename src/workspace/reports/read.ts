import type { ReportKind, TestCase } from '../../core/task.ts'
import { readGo } from './go.ts'
import { readJest } from './jest.ts'
import { readJunit } from './junit.ts'
import { readLibtest } from './libtest.ts'

/** A test as its report names it; the same name may come twice. */
export type Reported = Omit<TestCase, 'id'> & { readonly path: readonly string[] }

const READERS: Readonly<Record<ReportKind, (text: string) => Reported[] | null>> = {
  junit: readJunit,
  jest: readJest,
  go: readGo,
  libtest: readLibtest,
}

/** Reading takes about a second for this much; no honest run of a project comes near. */
const LARGEST = 16 * 2 ** 20
const MOST_TESTS = 100_000
const LONGEST_ID = 1_000
const LONGEST_MESSAGE = 1_000

/** What became of each test, or null where the text is no such report. Never throws, whatever the text holds. */
export function readReport(kind: ReportKind, text: string): TestCase[] | null {
  if (text.length > LARGEST) return null
  const reported = READERS[kind](text)
  if (reported === null || reported.length > MOST_TESTS) return null
  return withIds(reported)
}

/** Tests of one name are numbered in the order they come: the second becomes `name #2`. */
function withIds(reported: readonly Reported[]): TestCase[] {
  const seen = new Map<string, number>()
  return reported.map(({ path, status, message }) => {
    const name = nameOf(path)
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const id = count === 1 ? name : `${name} #${count}`
    return { id, status, message: status === 'failed' ? (message?.slice(0, LONGEST_MESSAGE) ?? null) : null }
  })
}

/** Tools repeat themselves: a file is its own suite, a suite bears the name of its class. */
function nameOf(path: readonly string[]): string {
  const parts = path.map((part) => part.trim()).filter((part) => part !== '')
  return parts
    .filter((part, index) => part !== parts[index - 1])
    .join(' > ')
    .slice(0, LONGEST_ID)
}
