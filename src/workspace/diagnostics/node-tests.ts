import { FRAME } from './linters.ts'
import { explained, finding, nextLine, type Reader } from './reader.ts'

/** TAP: `not ok 3 - name`, and node's spec reporter: `✖ name (1.2ms)`, whose list at the end gives the reasons. */
export const tests: Reader = (lines) => {
  const start = lines.findLastIndex((line) => line.trim() === '✖ failing tests:') + 1
  return lines.flatMap((line, at) => {
    const code = at < start ? undefined : failedTest(line)
    // a linter's headline begins in the same way, but a frame with the place follows it
    return code === undefined || FRAME.test(lines[at + 1] ?? '')
      ? []
      : [{ at, finding: finding({ code, message: reasonBelow(lines, at) }) }]
  })
}

const failedTest = (line: string): string | undefined =>
  /^\s*not ok \d+ - (.+?)(?: # .*)?$/.exec(line)?.[1] ??
  /^\s*[✖×] (?!\d+ problems? \()(.+?)(?: \([\d.]+m?s\))?$/.exec(line)?.[1]

/** vitest: `FAIL  src/a.test.ts > suite > name`, and the reason below. */
export const vitest: Reader = (lines) => {
  if (!lines.some((line) => SUITE.exec(line)?.slice(2).some(Boolean))) return []
  return lines.flatMap((line, at) => {
    // what it will explain is marked already while it runs
    if (/^\s+×/.test(line)) return explained(at, at + 1)
    const [, file, code] = SUITE.exec(line) ?? []
    return file === undefined
      ? []
      : [{ at, finding: finding({ file, code, message: reasonBelow(lines, at) }) }]
  })
}

/** jest: `FAIL src/a.test.js`, and below it `  ● suite › name` for each test that failed. */
export const jest: Reader = (lines) => {
  // many failures are told once more at the end
  const start = lines.indexOf('Summary of all failing tests')
  let file: string | undefined
  return lines.flatMap((line, at) => {
    const [, suite] = SUITE.exec(line) ?? []
    file = suite ?? file
    const [, code] = JEST_TEST.exec(line) ?? []
    if (code === undefined || file === undefined) return suite === undefined ? [] : explained(at, at + 1)
    const told = at < start ? null : finding({ file, code, message: reasonBelow(lines, at) })
    return [{ at, finding: told }]
  })
}

const SUITE = /^\s*FAIL\s+(?:\|\S+\| )?(\S+\.[cm]?[jt]sx?)(?: > (.+)|( \[ .+ \]))?(?: \([\d.]+ m?s\))?$/
/** What else jest says with a dot is no failure. */
const JEST_TEST = /^ {2}● (?!Console$|.*(?:Warning|Deprecat))(.+)$/

/** mocha's list at the end: `  1) suite`, deeper titles below, the last with a colon, then the reason. */
export const mocha: Reader = (lines) => {
  const start = lines.findLastIndex((line) => /^ +\d+ failing$/.test(line))
  if (start === -1) return []
  const isFirst = (line: string): boolean => /^ {2}\d+\) /.test(line)
  return lines.flatMap((line, at) => {
    if (at < start || !isFirst(line)) return []
    const end = nextLine(lines, at, isFirst)
    const last = lines.slice(at, end).findIndex((title) => title.endsWith(':'))
    if (last === -1) return []
    const titles = lines.slice(at, at + last + 1).map((title) => title.replace(/^ *(?:\d+\) )?/, ''))
    const below = lines.slice(at + last + 1, end)
    const place = below.map((frame) => /\((?:file:\/\/)?([^():]+):(\d+):\d+\)$/.exec(frame)).find(isOwn)
    const [, file, position] = place ?? []
    const message = below.map((text) => text.trim()).find((text) => text !== '')
    const code = titles.join(' ').slice(0, -1)
    return [{ at, finding: finding({ file, line: position, code, message }) }, ...explained(at + 1, end)]
  })
}

const isOwn = (match: RegExpExecArray | null): boolean =>
  match !== null && !/node_modules|^\(node:/.test(match[0])

/** The first line below a failed test, and above the next one, that gives a reason. */
function reasonBelow(lines: readonly string[], at: number): string {
  const below = lines.slice(at + 1, at + 30)
  const next = below.findIndex((line) => failedTest(line) !== undefined || JEST_TEST.test(line))
  const own = next === -1 ? below : below.slice(0, next)
  // YAML puts a text of several lines below its key
  const block = own.findIndex((line) => /^\s*error: [|>]-?$/.test(line))
  if (block !== -1) return own[block + 1]?.trim() ?? 'failed'
  const reason = own
    .map((line) => /(?:error: ['"]?|(?:\w*Error)(?: \[\w+\])?: )(.+)$/.exec(line)?.[1])
    .find((text) => text !== undefined)
  return reason?.replace(/^['"]|['"]$/g, '') ?? expectation(own) ?? 'failed'
}

/** jest says what was expected, not that it is an error: `expect(received).toBe(expected)`, and both values below. */
function expectation(below: readonly string[]): string | undefined {
  const said = below.map((line) => line.trim()).filter((line) => /^(?:expect\(|Expected|Received)/.test(line))
  return said.length === 0 ? below.map((line) => line.trim()).find((line) => line !== '') : said.join(' ')
}
