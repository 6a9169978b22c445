export type Language = 'javascript' | 'python' | 'rust' | 'go'

/** What each character of a source is: `c` code, `s` string, `n` comment; the first of a string or comment is a capital. */
export type Marks = string

const ENDINGS: Readonly<Record<string, Language>> = {
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'javascript',
  tsx: 'javascript',
  mts: 'javascript',
  cts: 'javascript',
  py: 'python',
  pyi: 'python',
  rs: 'rust',
  go: 'go',
}

/** The language a file is written in, by its ending; null for all others. */
export const languageOf = (path: string): Language | null =>
  ENDINGS[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? null

const LINE_COMMENT = String.raw`\/\/[^\n]*`
const BLOCK_COMMENT = String.raw`\/\*[\s\S]*?\*\/`
const DOUBLE_QUOTED = String.raw`"(?:\\[^\n]|[^"\\\n])*"`
const SINGLE_QUOTED = String.raw`'(?:\\[^\n]|[^'\\\n])*'`
const TEMPLATE = '`(?:\\\\[\\s\\S]|[^`\\\\])*`'
// only where an operand is expected: after anything else a slash divides
const PATTERN = String.raw`(?<=(?:[=(,:;!&|?{}[\n]|=>|\breturn)[ \t]*)\/(?![*/])(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*\]|[^/\\\n[])+\/`
const CHARACTER = String.raw`'(?:\\[^\n]{1,10}?|[^\\'\n])'`

/** Strings and comments of each language; what is not closed is taken for code, since hunks are cut anywhere. */
const TOKENS: Readonly<Record<Language, readonly string[]>> = {
  javascript: [LINE_COMMENT, BLOCK_COMMENT, DOUBLE_QUOTED, SINGLE_QUOTED, TEMPLATE, PATTERN],
  python: [
    String.raw`#[^\n]*`,
    String.raw`"""[\s\S]*?"""`,
    String.raw`'''[\s\S]*?'''`,
    DOUBLE_QUOTED,
    SINGLE_QUOTED,
  ],
  rust: [
    LINE_COMMENT,
    BLOCK_COMMENT,
    String.raw`\br(?<hashes>#*)"[\s\S]*?"\k<hashes>`,
    String.raw`"(?:\\[\s\S]|[^"\\])*"`,
    CHARACTER,
  ],
  go: [LINE_COMMENT, BLOCK_COMMENT, DOUBLE_QUOTED, '`[^`]*`', CHARACTER],
}

/** Tells code from strings and comments, as well as that can be told without parsing. */
export function markSource(text: string, language: Language): Marks {
  const marks: string[] = []
  let at = 0
  const body = bodyStart(text, language)
  if (body > 0) {
    marks.push(mark('n', body))
    at = body
  }
  for (const { index, 0: token } of text.matchAll(new RegExp(TOKENS[language].join('|'), 'g'))) {
    if (index < at) continue
    const isComment = language === 'python' ? token.startsWith('#') : /^\/[/*]/.test(token)
    marks.push('c'.repeat(index - at), mark(isComment ? 'n' : 's', token.length))
    at = index + token.length
  }
  marks.push('c'.repeat(text.length - at))
  return marks.join('')
}

const mark = (kind: 'n' | 's', length: number): string => kind.toUpperCase() + kind.repeat(length - 1)

/** A hunk may begin inside a block comment, whose lines begin with a star. */
function bodyStart(text: string, language: Language): number {
  if (language === 'python') return 0
  return /^(?:[ \t]*\*(?:[ \t/][^\n]*)?(?:\n|$))+/.exec(text)?.[0].length ?? 0
}
