/** A way to say that two lines are the same: equal keys. From exact to fuzzy. */
export type Likeness = 'exact' | 'trailing' | 'trimmed' | 'punctuation' | 'words'

export const KEYS: Readonly<Record<Likeness, (line: string) => string>> = {
  exact: (line) => line,
  trailing: (line) => line.trimEnd(),
  trimmed: (line) => line.trim(),
  punctuation: (line) => plainPunctuation(line).trim().replaceAll(/\s+/g, ' '),
  words: (line) =>
    withoutComment(line)
      .replaceAll(/[^\p{L}\p{N}_$]+/gu, ' ')
      .trim(),
}

/** Typographic quotes, dashes and spaces as a keyboard has them, since chat front ends prettify; `but` some. */
export const plainPunctuation = (line: string, but: ReadonlySet<string> = NONE): string =>
  isTypographic(line)
    ? line.replaceAll(TYPOGRAPHIC, (sign) => (but.has(sign) ? sign : plainSign(sign)))
    : line

export const isTypographic = (line: string): boolean => ODD.test(line) && line.search(TYPOGRAPHIC) >= 0

export const typographicSigns = (lines: readonly string[]): Set<string> =>
  new Set(lines.flatMap((line) => (isTypographic(line) ? line.match(TYPOGRAPHIC)! : [])))

const NONE: ReadonlySet<string> = new Set()
const ODD = /[^\t -~]/
const TYPOGRAPHIC = /[‘’‚‛′“”„‟″‐‑‒–—―−…\u00A0\u2002-\u200A\u202F\u205F\u3000\u200B\uFEFF]/g

function plainSign(sign: string): string {
  if (/[‘’‚‛′]/.test(sign)) return "'"
  if (/[“”„‟″]/.test(sign)) return '"'
  if (/[‐‑‒–—―−]/.test(sign)) return '-'
  if (sign === '…') return '...'
  return /[\u200B\uFEFF]/.test(sign) ? '' : ' '
}

function withoutComment(line: string): string {
  if (line.length > LONGEST) return line
  const text = line.trim()
  if (/^(?:\/\/|\/\*|\*(?:\s|\/|$)|<!--|\{\/\*)/.test(text)) return ''
  return text.replace(/\s(?:\/\/|#\s|--\s|\/\*).*$/, '')
}

const LONGEST = 1_000

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&apos;': "'",
}
const ENTITY = /&(?:lt|gt|amp|quot|apos|#39|#x27);/g

export const hasEntity = (line: string): boolean => line.includes('&') && line.search(ENTITY) >= 0

/** Text of which somebody made HTML, as it was before. */
export const unescapeHtml = (line: string): string =>
  line.replaceAll(ENTITY, (entity) => ENTITIES[entity] ?? entity)
