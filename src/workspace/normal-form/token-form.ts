import { markSource, type Language } from '../../core/source-text.ts'

/**
 * Python, Rust and Go without comments, and without white space that separates nothing. Lines stay lines where they end
 * statements, and indentation stays where it is structure. null where comments are part of the program.
 */
export function tokenForm(
  path: string,
  text: string,
  language: Exclude<Language, 'javascript'>,
): string | null {
  if (language === 'go' && (path.endsWith('_test.go') || CGO.test(text))) return null
  const hasExamples = language === 'rust' && DOCTEST.test(text)
  const keeps = (comment: string): boolean =>
    DIRECTIVE.test(comment) || (hasExamples && DOCUMENTATION.test(comment))
  const tokens: string[] = []
  let gap = ''
  const add = (token: string): void => {
    tokens.push(separator(tokens.at(-1), gap, token, language), token)
    gap = ''
  }
  for (const { 0: marks, index } of markSource(text, language).matchAll(/Ss*|Nn*|c+/g)) {
    const part = text.slice(index, index + marks.length)
    if (marks.startsWith('S') || (marks.startsWith('N') && keeps(part))) add(part)
    else if (marks.startsWith('N')) gap += part.includes('\n') ? '\n' : ' '
    else {
      for (const [token] of part.matchAll(TOKEN)) {
        if (/^\s/.test(token)) gap += token
        else add(token)
      }
    }
  }
  return JSON.stringify(tokens)
}

/** What has to stand between two tokens. */
function separator(
  before: string | undefined,
  gap: string,
  token: string,
  language: 'python' | 'rust' | 'go',
): string {
  if (before === undefined || gap === '') return ''
  if (gap.includes('\n')) {
    if (language === 'python') return gap.slice(gap.lastIndexOf('\n'))
    if (language === 'go') return '\n'
  }
  // together, two words would be one, and two signs might be another
  if (isSign(before) !== isSign(token)) return ''
  return BRACKET.test(before) || BRACKET.test(token) ? '' : ' '
}

const TOKEN = /\s+|[\p{L}\p{M}\p{N}_]+|[^\s]/gu
const isSign = (token: string): boolean => /^[^\p{L}\p{M}\p{N}_"'`]/u.test(token)
/** Never part of a longer sign. */
const BRACKET = /^[()[\]{},;]$/

/** Go's compiler reads some comments. */
const DIRECTIVE = /^\/\/(?:go:|export |line | \+build )/
const CGO = /\bimport\s+"C"|^\s*"C"\s*$/m
/** Examples in documentation are run as tests. */
const DOCTEST = /\/\/[/!](?:.*```| {5,}\S)|\/\*[*!][^]*?(?:```|\n\s*\*? {5,}\S)/
const DOCUMENTATION = /^\/\/[/!]|^\/\*[*!]/
