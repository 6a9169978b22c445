import { withoutWrapping } from './wrapping.ts'

/** What a person said themselves, without what was quoted, pasted, or put around it by their client. */
export type Said = {
  readonly sentences: readonly string[]
  /** Pasted code and stack traces are no sentences, but they show that the talk is about code. */
  readonly hasCode: boolean
}

/** A request stands at one end of what was pasted with it; the rest may be as long as it likes. */
const END_CHARACTERS = 4_000
/** Nobody asks for a change in the second half of so long a line. */
const LINE_CHARACTERS = 400

/** Takes a message apart into the sentences that speak for the person who sent it. */
export function readSaid(message: string): Said {
  const own = withoutWrapping(message)
  const lines = bothEnds(own.replaceAll(FENCED, '\n'))
    .split('\n')
    .map((line) => line.slice(0, LINE_CHARACTERS))
  const prose = lines.filter((line) => !TRACE.test(line) && !BLOCK_QUOTE.test(line))
  return {
    sentences: prose.flatMap((line) => sentencesOf(line.replaceAll(QUOTED, quotation))),
    hasCode: own.includes('```') || lines.some((line) => TRACE.test(line)),
  }
}

const bothEnds = (text: string): string =>
  text.length <= 2 * END_CHARACTERS
    ? text
    : `${text.slice(0, END_CHARACTERS)}\n${text.slice(-END_CHARACTERS)}`

const FENCED = /`{3,}[\s\S]*?(?:`{3,}|$)/g
const BLOCK_QUOTE = /^\s*>/

/** A line of a stack trace, of a compiler's findings, or of a log. */
const TRACE =
  /^\s*(?:at \S.*[:(]\S*\d|File "[^"]+", line \d+|Traceback \(most recent|Uncaught |panic: |thread '|Caused by: |[\w.]*(?:Error|Exception): |goroutine \d|\d{4}-\d\d-\d\d[T ]\d\d:|[ \d]+\|\s|\^+$|npm ERR!|error TS\d+|error\[E\d+\])/

const QUOTED = /"[^"]*"|“[^”]*”/g

/** A whole phrase in quotation marks is somebody else's; one or two words may be a name. */
const quotation = (quoted: string): string => (quoted.trim().split(/\s+/).length > 2 ? 'quoted' : quoted)

const sentencesOf = (line: string): string[] =>
  line
    .split(/(?<=[.!?;…])\s+|,? (?:and )?then (?!the\b)/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /\p{L}/u.test(sentence))
