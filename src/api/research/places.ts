import type { Look } from '../../cascade/ports.ts'
import { BEGINNING, splitProse } from '../../core/prose.ts'
import {
  filesMeant,
  looksLikeFile,
  markReferences,
  readReferences,
  type Reference,
} from '../../core/references.ts'
import type { Mark } from '../marks.ts'

/** So many different places of one answer are looked up. */
const MOST_PLACES = 200
/** More files of one name than this are not all opened to count their lines. */
const MOST_NAMESAKES = 8

/** Marks the places of an answer that are not there, at the place; what stands in code blocks is left alone. */
export function markPlaces(look: Look): Mark {
  let prose = BEGINNING
  const known = new Map<string, string | null>()
  return async (words) => {
    const { stretches, after } = splitProse(words, prose)
    prose = after
    let marked = ''
    for (const { text, isCode } of stretches) marked += isCode ? text : await markIn(text)
    return marked
  }

  async function markIn(text: string): Promise<string> {
    const news = readReferences(text).filter((place) => !known.has(keyOf(place)))
    for (const place of news.slice(0, Math.max(0, MOST_PLACES - known.size)))
      known.set(keyOf(place), await whatIsWrong(place, look))
    return markReferences(text, (place) => known.get(keyOf(place)) ?? null)
  }
}

const keyOf = ({ path, line }: Reference): string => `${path}:${line}`

async function whatIsWrong(place: Reference, look: Look): Promise<string | null> {
  if (!looksLikeFile(place, look.paths)) return null
  const meant = filesMeant(place, look.paths)
  if (meant.length === 0) return 'no such file'
  if (meant.length > MOST_NAMESAKES) return null
  const texts = await Promise.all(meant.map((path) => look.read(path)))
  // what cannot be read as text has no lines to count
  const exists = place.line > 0 && texts.some((text) => text === undefined || place.line <= linesIn(text))
  return exists ? null : 'no such line'
}

const linesIn = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
