import { hasEntity, isTypographic, plainPunctuation, typographicSigns, unescapeHtml } from './likeness.ts'
import type { Place } from './target.ts'

/**
 * Additions put right when the other lines prove that the reply was escaped for HTML or prettified on its way. null
 * when they look so and nothing proves it.
 */
export function mendAdditions(
  path: string,
  places: readonly Place[],
  file: readonly string[],
  { escaped }: { escaped: boolean },
): Place[] | null {
  const plain = escaped ? withoutHtml(places) : places
  return plain && withoutTypography(path, plain, file)
}

const isAdded = ({ mark }: { mark: string }): boolean => mark === '+'

const additionsOf = (places: readonly Place[]): string[] =>
  places.flatMap(({ hunk }) => hunk.lines.filter(isAdded).map(({ text }) => text))

const rewritten = (place: Place, change: (text: string) => string): Place => ({
  ...place,
  hunk: {
    ...place.hunk,
    lines: place.hunk.lines.map((line) => (isAdded(line) ? { ...line, text: change(line.text) } : line)),
  },
})

function withoutHtml(places: readonly Place[]): readonly Place[] | null {
  const proven = places.some(({ unescaped }) => unescaped)
  const raw = places.filter(({ unescaped }) => !unescaped)
  const literal = raw.some(({ hunk }) => hunk.lines.some((line) => !isAdded(line) && hasEntity(line.text)))
  if (!proven) return literal || !additionsOf(raw).some(hasEntity) ? places : null
  return places.map((place) => (place.unescaped ? place : rewritten(place, unescapeHtml)))
}

function withoutTypography(path: string, places: readonly Place[], file: readonly string[]): Place[] | null {
  const added = additionsOf(places)
  if (!added.some(isTypographic)) return [...places]
  const own = typographicSigns(file)
  const slips = signsNotInFile(places, file)
  if (slips.size === 0) {
    const odd = added.some((line) => isCodeInCurlyQuotes(line, own))
    const misplaced = added.some(isMisplaced) && !file.some(isMisplaced)
    return misplaced || (odd && !isDocument(path)) ? null : [...places]
  }
  // a sign that the model puts by accident and the file holds on purpose may be either
  const used = typographicSigns(added)
  if ([...used].some((sign) => slips.has(sign) && own.has(sign))) return null
  return places.map((place) => rewritten(place, (text) => plainPunctuation(text, own)))
}

/** Signs in lines that the file has without them. */
function signsNotInFile(places: readonly Place[], file: readonly string[]): Set<string> {
  const slips = new Set<string>()
  for (const { hunk, at } of places) {
    for (const [index, { text }] of hunk.lines.entries()) {
      const own = at[index]! < 0 ? null : file[at[index]!]!
      if (own === null) continue
      for (const sign of typographicSigns([text])) if (!own.includes(sign)) slips.add(sign)
    }
  }
  return slips
}

/** A closing quote where one opens: no typography has that. */
const isMisplaced = (line: string): boolean => /[([{=]\s?[’”]\w/.test(line)

/** Typographic quotes where code begins or ends, in a file that has none of them. */
const isCodeInCurlyQuotes = (text: string, own: ReadonlySet<string>): boolean =>
  /[([{=:,!+&|<]\s?[‘’“”]|[‘’“”](?:[)\]};,:]|$)/.test(text) &&
  !['‘', '’', '“', '”'].some((sign) => own.has(sign))

const isDocument = (path: string): boolean => /\.(?:mdx?|txt|rst|adoc|html?)$/i.test(path)
