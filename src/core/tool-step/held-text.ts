import { unreachable } from '../errors.ts'
import { isFence, isMarked, mayMark } from './spoken-calls.ts'

/**
 * Where in a text its last line stands: in the open; behind a fence's opening, in a fence of code, in one that holds an
 * object, behind such a one; or where a call has begun.
 */
type Place = 'open' | 'fence' | 'code' | 'object' | 'after' | 'call'

/** A text that grows. */
export type HeldText = {
  /** What is to be shown now. */
  readonly out: string
  /** What is held back. */
  readonly rest: string
  readonly hasShown: boolean
  readonly place: Place
  /** How the last line begins, and whether any of it is shown. */
  readonly line: string
  readonly isBegun: boolean
  /** Was anything but white space said before that line? */
  readonly hasSpoken: boolean
}

export const NOTHING_HELD: HeldText = {
  out: '',
  rest: '',
  hasShown: false,
  place: 'open',
  line: '',
  isBegun: false,
  hasSpoken: false,
}

/** So much of a line tells what it is. */
const LOOKED_AT = 200

/**
 * Adds to a text that is shown while it grows. What may turn out to be a call that was written into the text is held back:
 * an object in a fence until something else follows it, whatever bears a call's mark to the end.
 */
export function growText(before: HeldText, more: string): HeldText {
  let { rest, place, line, isBegun, hasSpoken } = before
  let out = ''
  for (const [index, part] of more.split('\n').entries()) {
    if (index > 0) {
      place = placeAfter(line, place, hasSpoken)
      hasSpoken ||= line.trim() !== ''
      rest += '\n'
      if (isShown(place)) [out, rest] = [out + rest, '']
      line = ''
      isBegun = false
    }
    if (line.length < LOOKED_AT) line += part.slice(0, LOOKED_AT - line.length)
    rest += part
  }
  isBegun ||= isShownFrom(line, place, hasSpoken)
  if (isBegun) [out, rest] = [out + rest, '']
  return { out, rest, hasShown: before.hasShown || out.trim() !== '', place, line, isBegun, hasSpoken }
}

const isShown = (place: Place): boolean => place === 'open' || place === 'code'

function placeAfter(line: string, place: Place, hasSpoken: boolean): Place {
  const isBlank = line.trim() === ''
  switch (place) {
    case 'open':
      return placeInTheOpen(line, hasSpoken)
    case 'fence':
      if (isBlank) return 'fence'
      if (isFence(line)) return 'open'
      return line.trimStart().startsWith('{') ? 'object' : 'code'
    case 'code':
      return isFence(line) ? 'open' : 'code'
    case 'object':
      return isFence(line) ? 'after' : 'object'
    case 'after':
      return isBlank ? 'after' : placeInTheOpen(line, true)
    case 'call':
      return 'call'
    default:
      return unreachable(place)
  }
}

function placeInTheOpen(line: string, hasSpoken: boolean): Place {
  if (isMarked(line) || (!hasSpoken && line.trimStart().startsWith('{'))) return 'call'
  return isFence(line) ? 'fence' : 'open'
}

/** Is a line that begins like this one to be shown, however it goes on? */
function isShownFrom(begun: string, place: Place, hasSpoken: boolean): boolean {
  const start = begun.trimStart()
  if (place === 'code') return true
  if (place === 'fence') return start !== '' && !'{`~'.includes(start[0]!)
  if (place !== 'open' && place !== 'after') return false
  return start !== '' && !mayBeFence(start) && !mayMark(start) && (hasSpoken || !start.startsWith('{'))
}

const mayBeFence = (start: string): boolean => /^(?:`{1,2}$|~{1,2}$|```|~~~)/.test(start)
