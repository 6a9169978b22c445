import { withoutThoughts } from './thoughts.ts'

/** The first object in a model's prose that can be read; undefined when there is none or it was cut off. */
export function findJson(text: string): unknown {
  return findValue(withoutThoughts(text), '{')
}

/** The same for objects and lists, in text that holds no thoughts. */
export function findJsonValue(text: string): unknown {
  return findValue(text, '{[')
}

/** A text that is JSON from its beginning to its end; null where it is none, which a schema then refuses. */
export function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function findValue(text: string, openings: string): unknown {
  const source: Source = { text: text.slice(0, LONGEST), at: 0, steps: 0 }
  let empty: unknown
  for (let start = 0; start < source.text.length; start += 1) {
    if (!openings.includes(source.text[start]!)) continue
    source.at = start
    const value = attempt(source)
    if (value === CUT_OFF) return undefined
    if (value === NOT_JSON) continue
    if (!isEmpty(value)) return value
    // "{}" turns up in prose about code; something with content is what was meant
    empty ??= value
    start = source.at - 1
  }
  return empty
}

const LONGEST = 1_000_000
const DEEPEST = 100
/** Many openings that lead nowhere would make the search quadratic; real replies need a fraction of this. */
const MOST_STEPS = 3_000_000
const NOT_JSON = Symbol('not JSON')
const CUT_OFF = Symbol('cut off')

type Source = { text: string; at: number; steps: number }
type Nothing = typeof NOT_JSON | typeof CUT_OFF

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

function attempt(source: Source): unknown {
  return source.steps > MOST_STEPS ? CUT_OFF : readValue(source, 0)
}

function readValue(source: Source, depth: number): unknown {
  skipSpace(source)
  const character = source.text[source.at]
  if (character === undefined) return CUT_OFF
  if (depth > DEEPEST) return NOT_JSON
  if (character === '{') return readObject(source, depth)
  if (character === '[') return readList(source, depth)
  if (character in QUOTES) return readString(source)
  return readWord(source)
}

function readObject(source: Source, depth: number): unknown {
  const entries: [string, unknown][] = []
  source.at += 1
  for (;;) {
    if (ends(source, '}')) return Object.fromEntries(entries)
    const key = readKey(source)
    if (isNothing(key)) return key
    skipSpace(source)
    const colon = source.text[source.at]
    if (colon !== ':') return colon === undefined ? CUT_OFF : NOT_JSON
    source.at += 1
    const value = readValue(source, depth + 1)
    if (isNothing(value)) return value
    entries.push([key, value])
    const problem = readComma(source, '}')
    if (problem) return problem
  }
}

function readList(source: Source, depth: number): unknown {
  const items: unknown[] = []
  source.at += 1
  for (;;) {
    if (ends(source, ']')) return items
    const value = readValue(source, depth + 1)
    if (isNothing(value)) return value
    items.push(value)
    const problem = readComma(source, ']')
    if (problem) return problem
  }
}

/** A comma, or nothing before the end: one too many or none at the last item is forgiven. */
function readComma(source: Source, closing: string): Nothing | null {
  skipSpace(source)
  const character = source.text[source.at]
  if (character === ',') source.at += 1
  else if (character !== closing) return character === undefined ? CUT_OFF : NOT_JSON
  return null
}

function ends(source: Source, closing: string): boolean {
  skipSpace(source)
  if (source.text[source.at] !== closing) return false
  source.at += 1
  return true
}

function readKey(source: Source): string | Nothing {
  const character = source.text[source.at]
  if (character === undefined) return CUT_OFF
  if (character in QUOTES) return readString(source)
  return matchAt(source, /[A-Za-z_$][\w$-]*/y) ?? NOT_JSON
}

const QUOTES: Readonly<Record<string, string>> = { '"': '"', "'": "'", '“': '”' }
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '\n': '\n',
}

function readString(source: Source): string | Nothing {
  const { text } = source
  const quote = text[source.at]!
  const closing = QUOTES[quote]!
  const pieces: string[] = []
  source.at += 1
  for (;;) {
    const plain = plainTo(source, closing)
    pieces.push(plain)
    const character = text[source.at]
    if (character === undefined) return CUT_OFF
    source.at += 1
    if (character === '\\') pieces.push(readEscape(source))
    else if (quote === "'" && !closesHere(source)) pieces.push("'")
    else return pieces.join('')
  }
}

/** Text up to the next backslash or closing quote. Raw line ends are kept: small models forget to escape them. */
function plainTo(source: Source, closing: string): string {
  const { text } = source
  const start = source.at
  while (source.at < text.length && text[source.at] !== '\\' && text[source.at] !== closing) source.at += 1
  source.steps += source.at - start + 1
  return text.slice(start, source.at)
}

function readEscape(source: Source): string {
  const character = source.text[source.at]
  if (character === undefined) return ''
  if (character === 'u') {
    const hex = matchAt(source, /u[\da-fA-F]{4}/y)
    if (hex !== null) return String.fromCharCode(Number.parseInt(hex.slice(1), 16))
  }
  source.at += 1
  // an escape that JSON does not know, such as \d in a pattern, means what it says
  return ESCAPES[character] ?? ('"\'\\/'.includes(character) ? character : `\\${character}`)
}

/** An apostrophe inside a single-quoted string is followed by text, its end by punctuation. */
const closesHere = (source: Source): boolean => matchAt(source, /(?=\s{0,200}(?:[,:}\]]|$))/y) !== null

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['True', true],
  ['False', false],
  ['None', null],
])

function readWord(source: Source): unknown {
  const number = matchAt(source, /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
  if (number !== null) return Number(number)
  const word = matchAt(source, /[A-Za-z]{4,5}/y)
  return word !== null && WORDS.has(word) ? WORDS.get(word) : NOT_JSON
}

/** Space and comments. */
function skipSpace(source: Source): void {
  for (;;) {
    const start = source.at
    matchAt(source, /\s+/y)
    if (source.text.startsWith('//', source.at)) source.at = find(source, '\n', 0)
    else if (source.text.startsWith('/*', source.at)) source.at = find(source, '*/', 2)
    source.steps += source.at - start + 1
    if (source.at === start) return
  }
}

function find(source: Source, what: string, length: number): number {
  const found = source.text.indexOf(what, source.at + 2)
  return found < 0 ? source.text.length : found + length
}

function matchAt(source: Source, pattern: RegExp): string | null {
  pattern.lastIndex = source.at
  const found = pattern.exec(source.text)
  if (!found) return null
  source.at += found[0].length
  return found[0]
}

const isNothing = (value: unknown): value is Nothing => value === NOT_JSON || value === CUT_OFF
