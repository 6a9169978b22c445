import { explained, finding, nextLine, type Reader } from './reader.ts'

/** eslint and oxlint, one finding a line: `  3:5  error  message  rule`, below a line that names the file. */
export const stylish: Reader = (lines) => {
  let file: string | undefined
  // below the limit warnings are no reason to fail
  const level = lines.some((line) => line.startsWith('ESLint found too many warnings'))
    ? 'error|warning'
    : 'error'
  const pattern = new RegExp(`^\\s+(\\d+):\\d+\\s+(?:${level})\\s+(.*?)(?:\\s{2,}(\\S+))?$`)
  return lines.flatMap((text, at) => {
    if (/^\S*[\w\])-]\.[a-z]+$/i.test(text)) file = text.replace(/^\.\//, '')
    const [, line, message, code] = pattern.exec(text) ?? []
    return file === undefined || message === undefined
      ? []
      : [{ at, finding: finding({ file, line, code, message }) }]
  })
}

/** oxlint: a headline, then `,-[file:line:column]`. */
export const framed: Reader = (lines) => {
  let headline: RegExpExecArray | null = null
  return lines.flatMap((text, at) => {
    headline = /^\s*[x×✖]\s+(?:([\w@/-]+\([\w/-]+\)):\s+)?(.+)$/.exec(text) ?? headline
    const [, file, line] = FRAME.exec(text) ?? []
    if (!headline || file === undefined) return []
    const [, code, message] = headline
    headline = null
    return [...explained(at - 1, at), { at, finding: finding({ file, line, code, message }) }]
  })
}

/** The upper edge of a frame around source, which names the place. */
export const FRAME = /[,╭][-─]\[\s*([^\]:\s]+):(\d+):\d+\s*\]/

/** biome: `src/a.js:3:5 lint/suspicious/noDebugger ━━━`, then `  × message`; a warning has a `!` there. */
export const biome: Reader = (lines) => {
  const found = lines.flatMap((text, at) => {
    const [, file, line, code] = BIOME_HEADER.exec(text) ?? []
    if (code === undefined) return []
    const end = nextLine(lines, at, (below) => BIOME_HEADER.test(below))
    const said = lines.slice(at + 1, end).map((below) => /^ {2}([×!]) (.+)$/.exec(below))
    const [, sign, message] = said.find((match) => match !== null) ?? []
    return [{ at, end, sign, finding: file === undefined ? null : finding({ file, line, code, message }) }]
  })
  // where nothing worse is told, the warnings are why it failed
  const worst = found.some(({ sign, finding }) => sign === '×' && finding) ? '×' : '!'
  return found.flatMap(({ at, end, sign, finding }) => [
    { at, finding: sign === worst ? finding : null },
    ...explained(at + 1, end),
  ])
}

const BIOME_HEADER = /^(?:(\S+?)(?::(\d+):\d+)? )?([a-z][\w/]+)(?: +[A-Z]+)* +━{5,}$/
