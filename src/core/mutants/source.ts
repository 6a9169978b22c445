import { languageOf, markSource, type Language } from '../source-text.ts'

/** One line of a source, with what each of its characters is. */
export type Line = {
  readonly text: string
  /** As in `source-text.ts`: `c` code, `s` string, `n` comment. */
  readonly marks: string
  /** Its code alone, strings and comments blanked, without the blanks at both ends. */
  readonly code: string
  readonly indent: number
}

export type Source = {
  readonly path: string
  readonly language: Language
  readonly lines: readonly Line[]
  /** Lines that nothing runs: imports, attributes, types, tests that stand among the sources. */
  readonly idle: ReadonlySet<number>
}

/** A file as faults are put into it; null where its language is not known. */
export function readSource(path: string, content: string): Source | null {
  const language = languageOf(path)
  if (!language) return null
  const text = content.replaceAll('\r\n', '\n')
  const marks = markSource(text, language)
  let start = 0
  const lines = text.split('\n').map((line): Line => {
    const own = marks.slice(start, start + line.length)
    start += line.length + 1
    const code = blanked(line, own)
    return { text: line, marks: own, code: code.trim(), indent: line.length - line.trimStart().length }
  })
  return { path, language, lines, idle: idleLines(lines, path, language) }
}

const IDLE: Readonly<Record<Language, RegExp>> = {
  javascript: /^(?:import\b(?!\s*\()|export\s+(?:\*|\{)|declare\b|@\w+)/,
  python: /^(?:import|from)\b|^@|^if __name__\b/,
  go: /^(?:import|package)\b/,
  rust: /^(?:pub(?:\([^)]*\))?\s+)?(?:use|mod|extern)\b|^#!?\[/,
}

function idleLines(lines: readonly Line[], path: string, language: Language): Set<number> {
  const idle = new Set<number>()
  const isTyped = /\.[cm]?tsx?$/.test(path)
  for (let at = 0; at < lines.length; at += 1) {
    const { code } = lines[at]!
    // from here on a file of Rust holds its own tests
    if (language === 'rust' && code.startsWith('#[cfg(test)]')) {
      for (; at < lines.length; at += 1) idle.add(at)
    } else if (code === '' || IDLE[language].test(code)) idle.add(at)
    else if (isTyped && TYPE.test(code)) {
      const end = endOfType(lines, at)
      for (; at <= end; at += 1) idle.add(at)
      at -= 1
    }
  }
  return idle
}

const TYPE = /^(?:export\s+)?(?:default\s+)?(?:type\s+[\w$]+|interface\s)/

/** The last line of a type that begins here: its brackets are closed, and it does not go on in the next line. */
function endOfType(lines: readonly Line[], start: number): number {
  let depth = 0
  for (let at = start; at < lines.length; at += 1) {
    const { code } = lines[at]!
    depth += depthOf(code)
    const next = lines[at + 1]?.code ?? ''
    if (depth <= 0 && !/[=|&,]$/.test(code) && !/^[|&=]/.test(next)) return at
  }
  return lines.length - 1
}

/** Brackets that code opens, less those that it closes. */
export const depthOf = (code: string): number =>
  (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0)

/** Does code close every bracket it opens, and no other? */
export function isBalanced(code: string): boolean {
  let depth = 0
  for (const character of code) {
    depth += depthOf(character)
    if (depth < 0) return false
  }
  return depth === 0
}

/** Code with its strings as quotes and its comments as blanks, each as long as it was. */
export const blanked = (text: string, marks: string): string =>
  text.replace(/./g, (character, index: number) => {
    if (marks[index] === 'c') return character
    return marks[index]?.toLowerCase() === 's' ? '"' : ' '
  })
