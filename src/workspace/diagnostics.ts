import { stripVTControlCharacters } from 'node:util'
import { MOST_DIAGNOSTICS } from '../core/gates.ts'
import type { Diagnostic } from '../core/task.ts'

/** What a pattern caught; a group that took no part is undefined. */
type Caught = Partial<Record<'file' | 'line' | 'code' | 'message', string | undefined>>
type Reader = (lines: readonly string[]) => Diagnostic[]

const LONGEST_MESSAGE = 500
/** Lines of output that are read; what is beyond is as good as the same again. */
const MOST_LINES = 20_000

/**
 * Turns the output of a failed gate into findings. Positions are kept apart from the message and everything that differs
 * between two runs (folder, times, counts) is taken out, so that the same failure on two trees gives the same finding.
 */
export function readDiagnostics(output: string, root: string): Diagnostic[] {
  const text = stripVTControlCharacters(output)
    .replaceAll('\r\n', '\n')
    .replaceAll(`${root}/`, '')
    .replaceAll(root, '.')
  const lines = text.split('\n').slice(0, MOST_LINES)
  const found = READERS.flatMap((read) => read(lines))
  const findings = found.length > 0 ? found : lastLines(lines)
  return findings.slice(0, MOST_DIAGNOSTICS).map(tidy)
}

/** `src/a.ts(3,5): error TS2322: …` and the pretty form `src/a.ts:3:5 - error TS2322: …`. */
const typescript: Reader = (lines) =>
  matches(
    lines,
    /^(\S.*?)(?:\((\d+),\d+\)|:(\d+):\d+)(?: -|:) error (TS\d+): (.*)$/,
    ([, file, plain, pretty, code, message]) => ({
      file,
      line: plain ?? pretty,
      code,
      message,
    }),
  )

/** eslint and oxlint, one finding a line: `  3:5  error  message  rule`, below a line that names the file. */
const stylish: Reader = (lines) => {
  let file: string | null = null
  return lines.flatMap((line) => {
    if (/^\S*[\w.-]+\.[a-z]+$/i.test(line)) file = line.replace(/^\.\//, '')
    const [, at, message, code] = /^\s+(\d+):\d+\s+error\s+(.*?)(?:\s{2,}(\S+))?$/.exec(line) ?? []
    if (file === null || message === undefined) return []
    return [{ file, line: Number(at), code: code ?? null, message }]
  })
}

/** oxlint and biome: a headline, then `,-[file:line:column]` or `file:line:column rule`. */
const framed: Reader = (lines) => {
  let headline: RegExpExecArray | null = null
  return lines.flatMap((line) => {
    headline = /^\s*[x×✖]\s+(?:([\w@/-]+\([\w/-]+\)):\s+)?(.+)$/.exec(line) ?? headline
    const [, file, at] = FRAME.exec(line) ?? []
    if (!headline || file === undefined) return []
    const finding = { file, line: Number(at), code: headline[1] ?? null, message: headline[2] ?? '' }
    headline = null
    return [finding]
  })
}

const FRAME = /[,╭][-─]\[([^\]:]+):(\d+):\d+\]/

/** TAP: `not ok 3 - name`, and node's spec reporter: `✖ name (1.2ms)`, whose list at the end gives the reasons. */
const tests: Reader = (lines) => {
  const told = lines.slice(lines.findLastIndex((line) => line.trim() === '✖ failing tests:') + 1)
  return told.flatMap((line, index) => {
    const name = failedTest(line)
    // a linter's headline begins in the same way, but a frame with the place follows it
    return name === undefined || FRAME.test(told[index + 1] ?? '')
      ? []
      : [{ file: null, line: null, code: name, message: reasonBelow(told, index) }]
  })
}

const failedTest = (line: string): string | undefined =>
  /^\s*not ok \d+ - (.+?)(?: # .*)?$/.exec(line)?.[1] ??
  /^\s*[✖×] (?!\d+ problems? \()(.+?)(?: \([\d.]+m?s\))?$/.exec(line)?.[1]

/** vitest and jest: `FAIL  src/a.test.ts > name`, `● suite › name`. */
const suites: Reader = (lines) =>
  lines.flatMap((line, index): Diagnostic[] => {
    const [, file, name] = /^\s*FAIL\s+(\S+\.[cm]?[jt]sx?)(?: > (.+))?$/.exec(line) ?? []
    if (file !== undefined)
      return [{ file, line: null, code: name ?? null, message: reasonBelow(lines, index) }]
    const jest = /^\s+● (.+ › .+)$/.exec(line)?.[1]
    return jest === undefined
      ? []
      : [{ file: null, line: null, code: jest, message: reasonBelow(lines, index) }]
  })

/** Next: `./app/page.tsx:3:9` alone on a line, and the message below it. */
const placed: Reader = (lines) =>
  lines.flatMap((line, index) => {
    const [, file, at] = /^(?:\.\/)?(\S+\.\w+):(\d+):\d+$/.exec(line) ?? []
    const message = lines[index + 1]?.trim()
    return file === undefined || !message ? [] : [{ file, line: Number(at), code: null, message }]
  })

/** What compilers of many languages write: `file:line:column: error: message`. */
const generic: Reader = (lines) =>
  matches(
    lines,
    /^\.?\/?([\w@][^\s:()]*\.\w+):(\d+)(?::\d+)?:\s*(?!\d+(?: - error .*)?$)(?:(?:fatal )?error(?:\[(\w+)\])?:?\s+)?(.+)$/,
    ([, file, line, code, message]) => ({ file, line, code, message }),
  )

const READERS: readonly Reader[] = [typescript, stylish, framed, tests, suites, placed, generic]

/** Nothing known was found: the last lines that say something. */
const lastLines: Reader = (lines) =>
  lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:>|npm (?:error|ERR!|warn)|at |\^+$)/.test(line))
    .slice(-5)
    .map((message) => ({ file: null, line: null, code: null, message }))

function matches(
  lines: readonly string[],
  pattern: RegExp,
  read: (match: (string | undefined)[]) => Caught,
): Diagnostic[] {
  return lines.flatMap((text) => {
    const match = pattern.exec(text)
    if (!match) return []
    const { file, line, code, message } = read(match)
    return [
      {
        file: file ?? null,
        line: line === undefined ? null : Number(line),
        code: code ?? null,
        message: message ?? '',
      },
    ]
  })
}

/** The first line below a failed test, and above the next one, that gives a reason. */
function reasonBelow(lines: readonly string[], index: number): string {
  const below = lines.slice(index + 1, index + 30)
  const next = below.findIndex((line) => failedTest(line) !== undefined)
  const own = next === -1 ? below : below.slice(0, next)
  // YAML puts a text of several lines below its key
  const block = own.findIndex((line) => /^\s*error: [|>]-?$/.test(line))
  if (block !== -1) return own[block + 1]?.trim() ?? 'failed'
  const reason = own
    .map((line) => /(?:error: ['"]?|(?:\w*Error)(?: \[\w+\])?: )(.+)$/.exec(line)?.[1])
    .find(Boolean)
  return reason?.replace(/^['"]|['"]$/g, '') ?? 'failed'
}

/** Takes out what two runs of the same failure differ in. */
function tidy({ file, line, code, message }: Diagnostic): Diagnostic {
  const clean = message
    .replaceAll(/\b\d+(?:\.\d+)?\s?m?s\b/g, '…')
    .replaceAll(/0x[\da-f]+/gi, '0x…')
    .trim()
    .slice(0, LONGEST_MESSAGE)
  return { file: file?.replace(/^\.\//, '') ?? null, line, code, message: clean }
}
