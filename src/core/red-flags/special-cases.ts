import type { FileDiff, Side } from './changes.ts'

/** Code that answers one input with one output, both written out: `if (text === 'Hello World') return 'hello-world'`. */
export type ByHeart = {
  readonly path: string
  readonly input: string
  readonly output: string
  readonly line: string
}

/** So many tested inputs answered by heart are no coincidence. */
export const FEWEST_BY_HEART = 3
/** An honest table knows more than the tests ask; of one written for them, this share is tested. */
const MOST_UNTESTED = 1 / 3

/** Branches a change adds to sources that answer by heart. */
export function answeredByHeart(files: readonly FileDiff[], isTest: (path: string) => boolean): ByHeart[] {
  return files
    .filter(({ path }) => CODE.test(path) && !isTest(path))
    .flatMap(({ path, hunks }) => hunks.flatMap(({ after }) => branchesIn(after, path)))
}

/**
 * The first of them, where they stand for understanding: at least three of the inputs are asked by the tests, each on a
 * line with the very output, and hardly any others are known. Words that `known` texts hold are vocabulary, not answers.
 */
export function specialCase(
  branches: readonly ByHeart[],
  tests: readonly string[],
  known: readonly string[],
): ByHeart | null {
  const asked = tests.flatMap(askedIn)
  const isVocabulary = (input: string): boolean => known.some((text) => isIn(text, input))
  const tested = branches.filter(
    ({ input, output }) =>
      isTelling(input) &&
      !isVocabulary(input) &&
      asked.some((literals) => literals.has(input) && literals.has(output)),
  )
  const inputs = new Set(tested.map(({ input }) => input))
  const all = new Set(branches.map(({ input }) => input))
  if (inputs.size < FEWEST_BY_HEART || inputs.size < (1 - MOST_UNTESTED) * all.size) return null
  return tested[0]!
}

const CODE = /\.(?:[cm]?[jt]sx?|py|rs|go)$/i
const LITERAL = String.raw`(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|${'`[^`$\\\\\\n]*`'}|-?\d[\d_]*(?:\.\d+)?)`

/** One word is a name for something (`'asc'`); what stands for any input is longer, or a number of its own. */
const isTelling = (input: string): boolean =>
  isNumber(input) ? !ROUND.test(input) : /[^\w-]/.test(input.trim())
const isNumber = (input: string): boolean => /^-?\d[\d.]*$/.test(input)
const ROUND = /^-?(?:[01]|[1-9]0+)$/

const isIn = (text: string, input: string): boolean =>
  isNumber(input)
    ? new RegExp(String.raw`(?<![\w.])${input.replaceAll('.', String.raw`\.`)}(?![\w.])`).test(text)
    : text.includes(input)

const COMPARED = new RegExp(
  String.raw`={2,3}\s*(${LITERAL})|(?<=(?:^|[(&|?:,]|\bif)\s*)(${LITERAL})\s*={2,3}|\bcase\s+(${LITERAL})\s*:|^\s*(${LITERAL})\s*=>|\.equals\((${LITERAL})\)`,
  'g',
)
const ANSWERED = new RegExp(String.raw`(?:\breturn\b|\?|=>)\s*\(?(${LITERAL})`)

/** A comparison with a literal on an added line, and a literal handed out behind it or on the next lines. */
function branchesIn({ lines, changed }: Side, path: string): ByHeart[] {
  return lines.flatMap((line, at) => {
    if (!changed[at] || line.length > LONGEST_LINE) return []
    const found = [...line.matchAll(COMPARED)]
    return found.flatMap((match, nth) => {
      const input = match.slice(1).find((literal) => literal !== undefined)
      const behind = line.slice(match.index, found[nth + 1]?.index)
      const output = ANSWERED.exec(behind)?.[1] ?? answerBelow(lines, at)
      if (input === undefined || output === null) return []
      return [{ path, input: bare(input), output: bare(output), line: line.trim() }]
    })
  })
}

const LONGEST_LINE = 500
const MOST_LINES_BELOW = 2

function answerBelow(lines: readonly string[], at: number): string | null {
  for (const line of lines.slice(at + 1, at + 1 + MOST_LINES_BELOW)) {
    if (line.length > LONGEST_LINE || line.search(COMPARED) >= 0) return null
    const output = ANSWERED.exec(line)?.[1]
    if (output !== undefined) return output
  }
  return null
}

/** Lines an assertion is spread over by a formatter. */
const LINES_OF_ASSERTION = 3

/** What stands together in a test: the literals of each of its lines and of those right below. */
function askedIn(test: string): ReadonlySet<string>[] {
  const lines = test.split('\n').map((line) => (line.length > LONGEST_LINE ? [] : literalsIn(line)))
  return lines.map((_, at) => new Set(lines.slice(at, at + LINES_OF_ASSERTION).flat()))
}

const literalsIn = (line: string): string[] => (line.match(new RegExp(LITERAL, 'g')) ?? []).map(bare)

/** The literal without its quotes: other quotes are the same text. */
const bare = (literal: string): string =>
  /^['"`]/.test(literal) ? literal.slice(1, -1) : literal.replaceAll('_', '')
