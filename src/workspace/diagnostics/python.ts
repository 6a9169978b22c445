import { explained, finding, lineReader, nextLine, type Reader } from './reader.ts'

/** `a.py:3: error: message  [code]`; a note tells more about the error above it. */
export const mypy = lineReader(
  /^(\S[^:]*\.pyi?):(\d+)(?::\d+)?: (error|note): (.+?)(?:  \[([\w-]+)\])?$/,
  ([, file, line, level, message, code]) => (level === 'note' ? null : { file, line, code, message }),
)

/** `a.py:3:5: F401 [*] message`; and in full: `F401 [*] message`, the place below it. */
export const ruff: Reader = (lines) =>
  lines.flatMap((text, at) => {
    const [, file, line, code, message] =
      /^(\S[^:]*\.(?:pyi?|ipynb)):(\d+):\d+: ([A-Z]+\d+|[a-z]+(?:-[a-z]+)+):? (?:\[\*\] )?(.+)$/.exec(text) ??
      []
    if (code !== undefined) return [{ at, finding: finding({ file, line, code, message }) }]
    const [, place, position] = /^\s+--> (\S[^:]*\.(?:pyi?|ipynb)):(\d+):\d+$/.exec(text) ?? []
    const [, above, said] =
      /^([A-Z]+\d+|[a-z]+(?:-[a-z]+)+):? (?:\[\*\] )?(.+)$/.exec(lines[at - 1] ?? '') ?? []
    if (place === undefined || above === undefined) return []
    return [{ at, finding: finding({ file: place, line: position, code: above, message: said }) }]
  })

const SUMMARY = /^(?:FAILED|ERROR) ([^\s:]+\.py)(?:::(.+?))?(?: - (.+))?$/

/** pytest's summary: `FAILED tests/test_a.py::test_b - reason`; a reason that is missing stands in the part above. */
export const pytest: Reader = (lines) => {
  const summary = lines.findLastIndex((line) => /^=+ short test summary info =+$/.test(line))
  if (summary === -1) return []
  const start = lines.findIndex((line) => /^=+ (?:ERRORS|FAILURES) =+$/.test(line))
  const told = lines.slice(summary).flatMap((text, index) => {
    const [, file, code, message] = SUMMARY.exec(text) ?? []
    if (file === undefined) return []
    const reason = message ?? reasonAbove(lines.slice(0, summary), code ?? file)
    return [{ at: summary + index, finding: finding({ file, code, message: reason }) }]
  })
  return [...told, ...explained(start === -1 ? summary : start, summary)]
}

/** What is marked with `E` below the headline of a test or file. */
function reasonAbove(lines: readonly string[], name: string): string {
  const last = name.split('::').at(-1) ?? name
  const start = lines.findIndex((line) => /^_{3,} /.test(line) && line.includes(` ${last} `))
  if (start === -1) return 'failed'
  const end = nextLine(lines, start, (line) => /^_{3,} |^={3,} /.test(line))
  const marked = lines.slice(start, end).find((line) => /^E {3,}/.test(line))
  return marked?.replace(/^E +/, '') ?? 'failed'
}

/** `FAIL: test_a (package.Case.test_a)`, the traceback below, and the error as its last line. */
export const unittest: Reader = (lines) =>
  lines.flatMap((text, at) => {
    const [, name, place] = /^(?:FAIL|ERROR): (\S+) \((.+)\)$/.exec(text) ?? []
    if (name === undefined || place === undefined || !/^={10,}$/.test(lines[at - 1] ?? '')) return []
    const end = nextLine(lines, at + 1, (line) => /^[=-]{10,}$/.test(line))
    const below = lines.slice(at + 2, end)
    const [, file, line] =
      below
        .map((frame) => /^ +File "([^"/][^"]*)", line (\d+)/.exec(frame))
        .findLast((match) => match !== null) ?? []
    const start = below.findIndex((line) => line.startsWith('Traceback '))
    const message = below.slice(start + 1).find((line) => /^\S/.test(line))
    const code = place.endsWith(name) ? place : `${place}.${name}`
    return [{ at, finding: finding({ file, line, code, message }) }, ...explained(at + 1, end)]
  })
