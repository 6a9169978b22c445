import { z } from 'zod'
import type { Reported } from './read.ts'
import { jsonOrNull } from '../../core/json.ts'

const Assertion = z.object({
  ancestorTitles: z.array(z.string()).catch([]),
  title: z.string(),
  status: z.string(),
  failureMessages: z.array(z.string()).nullish(),
})
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(Assertion),
    }),
  ),
})
type TestFile = z.infer<typeof Report>['testResults'][number]

/** What `jest --json` writes, and vitest's reporter of the same form. */
export function readJest(text: string): Reported[] | null {
  const read = Report.safeParse(jsonOrNull(text))
  return read.success ? read.data.testResults.flatMap(casesIn) : null
}

function casesIn({ name, status, message, assertionResults }: TestFile): Reported[] {
  const cases = assertionResults.map((test): Reported => {
    const path = [name, ...test.ancestorTitles, test.title]
    if (test.status === 'passed') return { path, status: 'passed', message: null }
    if (test.status !== 'failed') return { path, status: 'skipped', message: null }
    return { path, status: 'failed', message: withoutStack(test.failureMessages?.[0] ?? '') }
  })
  const isToldByATest = status !== 'failed' || cases.some((test) => test.status === 'failed')
  // a file that cannot be loaded has no test that could say so
  return isToldByATest ? cases : [...cases, { path: [name], status: 'failed', message: message ?? '' }]
}

const withoutStack = (message: string): string => message.split(/\n\s+at /, 1)[0]!
