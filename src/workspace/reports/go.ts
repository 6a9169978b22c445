import { z } from 'zod'
import type { Reported } from './read.ts'
import { jsonOrNull } from '../../core/json.ts'

const Event = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
})

const ENDINGS: Readonly<Record<string, Reported['status']>> = {
  pass: 'passed',
  fail: 'failed',
  skip: 'skipped',
}
const LINES_TOLD = 5

/** What `go test -json` prints: an event a line, the end of a test among them. */
export function readGo(text: string): Reported[] | null {
  const said = new Map<string, string[]>()
  const failedIn = new Set<string>()
  const cases: Reported[] = []
  let isReport = false
  for (const line of text.split('\n')) {
    const event = eventOf(line)
    if (!event) continue
    isReport = true
    const { Package: folder = '', Test: test = '', Action: action, Output: output } = event
    const key = JSON.stringify([folder, test])
    if (output !== undefined) said.set(key, added(said.get(key) ?? [], output))
    const status = ENDINGS[action]
    if (!status) continue
    const isTold = test !== '' || (status === 'failed' && !failedIn.has(folder))
    if (status === 'failed') failedIn.add(folder)
    // a package ends like a test; only its failure to build or to start says more than its tests do
    if (!isTold) continue
    cases.push({ path: [folder, test], status, message: messageOf(said.get(key) ?? []) })
  }
  return isReport ? cases : null
}

/** The last lines; after a panic only stacks follow. */
const added = (lines: string[], line: string): string[] =>
  lines.at(-1)?.startsWith('panic: ') ? lines : [...lines, line].slice(-LINES_TOLD)

/** What a test said, without the marks around it and where it said so. */
const messageOf = (lines: readonly string[]): string =>
  lines
    .map((line) => line.trim().replace(/^\S+\.go:\d+: /, ''))
    .filter((line) => line !== '' && !/^(?:===|---) /.test(line))
    .join('\n')

function eventOf(line: string): z.infer<typeof Event> | null {
  if (!line.startsWith('{')) return null
  // the last line of a run that was killed is no JSON
  return Event.safeParse(jsonOrNull(line)).data ?? null
}
