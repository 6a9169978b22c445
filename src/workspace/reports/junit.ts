import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { z } from 'zod'
import type { Reported } from './read.ts'

/** Some tools leave elements empty, which come as empty text, and give them any attribute they like. */
const Problem = z.array(z.union([z.string(), z.object({ '@message': z.string().optional() })]))
const Case = z.object({
  '@name': z.string().catch(''),
  '@classname': z.string().catch(''),
  '@file': z.string().optional(),
  failure: Problem.optional(),
  error: Problem.optional(),
  skipped: z.array(z.unknown()).optional(),
})
const Suite = z.object({
  '@name': z.string().catch(''),
  testcase: z.array(z.union([z.literal(''), Case])).default([]),
  testsuite: z.array(z.unknown()).default([]),
})
const Report = z.object({ testsuites: z.unknown().optional(), testsuite: z.array(z.unknown()).optional() })

const LISTS = new Set(['testsuite', 'testcase', 'failure', 'error', 'skipped'])
const MOST_TESTS = 100_000

/** JUnit's XML as node:test, vitest, bun and pytest write it. */
export function readJunit(text: string): Reported[] | null {
  const root = rootOf(text)
  return root === null ? null : [...casesIn(root, [])]
}

/** Only what is plainly a report: no document type, so no entities of its own; whole to its last tag. */
function rootOf(text: string): unknown {
  if (!/^\uFEFF?\s*(?:<\?xml[^>]{0,200}\?>\s*)?<testsuites?[\s/>]/.test(text)) return null
  if (text.split('<testcase', MOST_TESTS + 2).length > MOST_TESTS + 1) return null
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    // `&#10;`, a line's end in a message, is one of these
    htmlEntities: true,
    isArray: (name) => LISTS.has(name),
  })
  try {
    if (XMLValidator.validate(text) !== true) return null
    const { testsuites, testsuite } = Report.parse(parser.parse(text))
    return testsuites ?? { testsuite }
  } catch {
    // code under test may have written there anything, nested as deep as it likes
    return null
  }
}

function* casesIn(element: unknown, suites: readonly string[]): Generator<Reported> {
  const read = Suite.safeParse(element)
  if (!read.success) return
  const { testcase, testsuite } = read.data
  for (const test of testcase) {
    if (test === '') continue
    const { '@name': name, '@classname': classname, '@file': file } = test
    // a class name is made of the suites' names where the file is told, and of file and class where it is not
    const path = file === undefined ? [...suites, classname, name] : [file, ...suites, name]
    yield { path, ...outcomeOf(test) }
  }
  for (const suite of testsuite) yield* casesIn(suite, [...suites, nameOf(suite)])
}

const nameOf = (suite: unknown): string =>
  z.object({ '@name': z.string() }).safeParse(suite).data?.['@name'] ?? ''

function outcomeOf({ skipped, failure, error }: z.infer<typeof Case>): Omit<Reported, 'path'> {
  // a test that is still to be done may fail, and says both
  if (skipped) return { status: 'skipped', message: null }
  const problem = failure?.[0] ?? error?.[0]
  if (problem === undefined) return { status: 'passed', message: null }
  return { status: 'failed', message: typeof problem === 'string' ? problem : (problem['@message'] ?? '') }
}
