import { z } from 'zod'
import { explained, finding, lineReader, type Reader } from './reader.ts'
import { jsonOrNull } from '../../core/json.ts'

const COMPILED = /^(?:vet: )?(?:\.\/)?([^\s:]+\.go):(\d+)(?::\d+)?: (.+)$/

/** The compiler and `go vet`: `./a.go:3:5: message`. */
export const go = lineReader(COMPILED, ([, file, line, message]) => ({ file, line, message }))

const FAILED = /^\s*--- FAIL: (\S+) \([\d.]+s\)$/

/** `--- FAIL: TestName (0.01s)`, and indented below it what it said; a group that failed by a part of it says nothing. */
export const goTest: Reader = (lines) =>
  lines.flatMap((text, at) => {
    const [, code] = FAILED.exec(text) ?? []
    if (code === undefined) return []
    const below = lines[at + 1] ?? ''
    if (FAILED.test(below) && below.includes(`${code}/`)) return explained(at, at + 1)
    return [{ at, finding: finding({ code, message: reasonOf([below]) }) }]
  })

const Line = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
})
type Line = z.infer<typeof Line>

/** `go test -json`: a line for each word a test says. */
export const goTestJson: Reader = (lines) => {
  const events = lines.flatMap((text, at) => {
    const event = text.startsWith('{"') ? eventOf(text) : null
    return event ? [{ at, event }] : []
  })
  const said = Map.groupBy(events, ({ event }) => nameOf(event))
  const failed = events.filter(({ event }) => event.Action === 'fail' && event.Test !== undefined)
  const groups = new Set(failed.flatMap(({ event }) => groupOf(event) ?? []))
  return events.map(({ at, event }) => {
    const name = nameOf(event)
    if (event.Action === 'build-output') return { at, finding: compiled(event.Output ?? '') }
    if (event.Action !== 'fail' || event.Test === undefined) return { at, finding: null }
    const output = (said.get(name) ?? []).flatMap(({ event }) => event.Output ?? [])
    const message = reasonOf(output)
    const isGroup = groups.has(name) && message === 'failed'
    return { at, finding: isGroup ? null : finding({ code: name, message }) }
  })
}

/** As Go itself names a test: its package and it. */
const nameOf = ({ Package = '', Test = '' }: Line): string => `${Package}.${Test}`

/** The test this one is a part of: `TestGroup/a case`. */
const groupOf = (event: Line): string | null =>
  event.Test?.includes('/') ? nameOf(event).slice(0, nameOf(event).lastIndexOf('/')) : null

function eventOf(text: string): Line | null {
  // a test may print what begins like a line of the report
  return Line.safeParse(jsonOrNull(text)).data ?? null
}

const compiled = (text: string) => go([text.trimEnd()])[0]?.finding ?? null

/** The first thing it said, or why it panicked; the line it said it at is a position. */
function reasonOf(output: readonly string[]): string {
  const said = output.map((text) => text.trim()).filter((text) => text !== '' && !/^(?:===|---) /.test(text))
  const reason = said.find((text) => text.startsWith('panic: ')) ?? said[0] ?? 'failed'
  return reason.replace(/^(\S+\.go):\d+: /, '$1: ').replace(/ \[recovered.*\]$/, '')
}
