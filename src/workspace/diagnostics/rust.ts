import { type Caught, explained, finding, nextLine, type Reader } from './reader.ts'

/** cargo and clippy, short: `src/a.rs:3:5: error[E0308]: message`; and long: the message first, ` --> place` below. */
export const rustc: Reader = (lines) =>
  lines.flatMap((text, at) => {
    const [, file, line, level, code, message] =
      /^(\S[^:]*\.rs):(\d+):\d+: (error|warning)(?:\[([\w:]+)\])?: (.+)$/.exec(text) ?? []
    if (level !== undefined)
      return [{ at, finding: level === 'error' ? finding({ file, line, code, message }) : null }]
    const [, place, position] = /^\s+--> (\S[^:]*\.rs):(\d+):\d+$/.exec(text) ?? []
    const [, above, longCode, said] =
      /^(error|warning)(?:\[([\w:]+)\])?: (.+)$/.exec(lines[at - 1] ?? '') ?? []
    if (place === undefined || above === undefined) return []
    const told = finding({ file: place, line: position, code: longCode, message: said })
    return [{ at, finding: above === 'error' ? told : null }]
  })

/** `Diff in src/a.rs:24:` (once ` at line 24`), and the lines as they are and as they should be. */
export const rustfmt: Reader = (lines) =>
  lines.flatMap((text, at) => {
    const [, file, line] = HUNK.exec(text) ?? []
    if (file === undefined) return []
    const end = nextLine(lines, at, (below) => HUNK.test(below) || !/^[-+ ]|^$/.test(below))
    const body = lines.slice(at + 1, end)
    const [wanted] = body.filter((below) => below.startsWith('+'))
    const [wrong = ''] = body.filter((below) => below.startsWith('-'))
    const message =
      wanted === undefined ? `remove \`${wrong.slice(1).trim()}\`` : `write \`${wanted.slice(1).trim()}\``
    return [{ at, finding: finding({ file, line, code: 'rustfmt', message }) }, ...explained(at + 1, end)]
  })

const HUNK = /^Diff in (\S.*?)(?::| at line )(\d+):$/

/** `test a::b ... FAILED`, and further down `---- a::b stdout ----` with what it said. */
export const cargoTest: Reader = (lines) => {
  const sections = Map.groupBy(lines.keys(), (at) => SECTION.exec(lines[at] ?? '')?.[1])
  return lines.flatMap((text, at) => {
    const [, failed] = /^test (.+?)(?: - should panic)? \.\.\. FAILED$/.exec(text) ?? []
    if (failed === undefined) return []
    // each binary tells its own, below its list
    const start = sections.get(failed)?.find((section) => section > at) ?? lines.length
    const end = nextLine(lines, start, (line) => SECTION.test(line) || line === 'failures:')
    // a test in a comment has its line in its name
    const code = failed.replace(/ \(line \d+\)$/, '')
    const told = { at, finding: finding({ code, ...reasonIn(lines.slice(start + 1, end)) }) }
    return [told, ...explained(start, end)]
  })
}

const SECTION = /^---- (.+) stdout ----$/
const PANIC = /^thread '.*' (?:\(\d+\) )?panicked at ([^:]+):(\d+):\d+:$/

function reasonIn(told: readonly string[]): Caught {
  const panic = told.findIndex((line) => PANIC.test(line))
  const [, file, line] = PANIC.exec(told[panic] ?? '') ?? []
  const said = told.slice(panic + 1).filter((text) => text.trim() !== '')
  // both sides of a comparison stand below it
  const sides = said.slice(1, 3).filter((text) => /^ +(?:left|right): /.test(text))
  const message = [said[0] ?? 'failed', ...sides].map((text) => text.trim()).join(' ')
  return { file, line, message }
}
