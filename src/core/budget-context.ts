import { z } from 'zod'
import { shareRoom } from './share-room.ts'
import { charactersWithin, mostTokens } from './token-bound.ts'

/**
 * One part of a prompt. Of what does not fit, a text is cut short, of a list whole pieces are left out, and of files only
 * the telling lines are shown.
 */
export type Part = {
  /** What it is, where it is told that some of it was left out. */
  readonly name: string
  /** Of the room, what it is sure to get where it needs so much; all of a prompt's come to 1 at most. */
  readonly share: number
} & (
  | { readonly kind: 'text'; readonly text: string; readonly keep: 'start' | 'end' | 'both' }
  /** The pieces that matter most stand first; they are shown in the order of `place`. */
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[]; readonly form?: FileForm }
  /** Each gets room by its weight; they are shown in the order of `place`. */
  | { readonly kind: 'files'; readonly files: readonly FileView[] }
)
export type Piece = { readonly place: string; readonly text: string }

/** How a file is shown: all of it, its telling lines, or only how some of it is declared. */
export const FileForm = z.enum(['whole', 'part', 'signatures'])
export type FileForm = z.infer<typeof FileForm>

/** A file, and how to show less of it. */
export type FileView = Piece & {
  readonly form: FileForm
  readonly weight: number
  /** Its most telling lines in at most so many characters; empty where nothing fits. */
  readonly part: (characters: number) => string
}

/** A file that can be read in a prompt, and in which form. */
export const ShownFile = z.object({ path: z.string(), form: FileForm })
export type ShownFile = z.infer<typeof ShownFile>

/** What was left out of a part: characters of a text, or pieces of a list. */
export type Cut = { readonly part: string; readonly left: number; readonly unit: 'characters' | 'pieces' }

export type Fitted = {
  readonly texts: readonly string[]
  readonly cuts: readonly Cut[]
  /** Of the parts that say which files they show. */
  readonly shown: readonly ShownFile[]
}

/**
 * Fits the parts of a prompt, the most important first, into a room of so many tokens. Everything gets its share where
 * it needs so much; what others leave goes to the most important that still lacks some.
 */
export function fitParts(parts: readonly Part[], room: number): Fitted {
  const needs = parts.map(needOf)
  const sure = needs.map((need, index) => Math.min(need, Math.floor(Math.max(0, room) * parts[index]!.share)))
  let left = room - sum(sure)
  const given = sure.map((tokens, index) => {
    const more = Math.max(0, Math.min(left, needs[index]! - tokens))
    left -= more
    return tokens + more
  })
  const fitted = parts.map((part, index) => fitPart(part, given[index]!, needs[index]!))
  return {
    texts: fitted.map(({ text }) => text),
    cuts: fitted.flatMap(({ cut }) => cut ?? []),
    shown: fitted.flatMap(({ shown = [] }) => shown),
  }
}

/** Tokens of the reply, and of the prompt, in a window: who writes much leaves at least half of it to read. */
export function splitWindow(window: number, maxTokens: number): { reply: number; prompt: number } {
  const reply = Math.max(1, Math.min(maxTokens, Math.floor(window / 2)))
  return { reply, prompt: Math.max(0, window - reply) }
}

/** A text that can be made in any size, as large as fits: at most so many characters, and so many tokens. */
export function fitCharacters(make: (characters: number) => string, most: number, room: number): string {
  let characters = most
  for (;;) {
    const text = make(characters)
    const tokens = mostTokens(text)
    if (tokens <= room || characters === 0) return text
    // a little less than in proportion, because some of it does not shrink
    const share = Math.min(0.9, Math.max(0, room) / tokens)
    characters = characters * share < SMALLEST ? 0 : Math.floor(characters * share * 0.9)
  }
}

const SMALLEST = 400

/** Every chat template puts a few tokens of its own around a message. */
export const TOKENS_PER_MESSAGE = 12

/** What a server will count for these messages, at most. */
export const tokensOf = (messages: readonly { readonly content: string }[]): number =>
  sum(messages.map(({ content }) => mostTokens(content) + TOKENS_PER_MESSAGE))

/** Pieces stand a blank line apart. */
const BETWEEN = '\n\n'

const textOf = (pieces: readonly Piece[]): string =>
  [...pieces]
    .sort((one, other) => (one.place < other.place ? -1 : one.place > other.place ? 1 : 0))
    .map(({ text }) => text)
    .join(BETWEEN)

const needOf = (part: Part): number =>
  part.kind === 'text' ? weightOf(part.text) : sum(piecesOf(part).map(needOfPiece))

const piecesOf = (part: Exclude<Part, { kind: 'text' }>): readonly Piece[] =>
  part.kind === 'files' ? part.files : part.pieces

const needOfPiece = ({ text }: Piece): number => weightOf(text) + weightOf(BETWEEN)

const weightOf = (text: string): number => (text === '' ? 0 : mostTokens(text))

type FittedPart = { text: string; cut: Cut | null; shown?: ShownFile[] }

function fitPart(part: Part, given: number, need: number): FittedPart {
  if (part.kind === 'pieces') return fitPieces(part, given)
  if (part.kind === 'files') return fitFiles(part, given)
  if (given >= need) return { text: part.text, cut: null }
  const text = shorten(part.text, given, part.keep)
  const kept = text === '' ? 0 : text.length - MARK.length
  return { text, cut: { part: part.name, left: part.text.length - kept, unit: 'characters' } }
}

function fitPieces({ name, pieces, form }: Part & { kind: 'pieces' }, given: number): FittedPart {
  let left = given
  const kept = pieces.filter((piece) => {
    const weight = needOfPiece(piece)
    if (weight > left) return false
    left -= weight
    return true
  })
  const missing = pieces.length - kept.length
  return {
    text: textOf(kept),
    cut: missing === 0 ? null : { part: name, left: missing, unit: 'pieces' },
    ...(form && { shown: kept.map(({ place }) => ({ path: place, form })) }),
  }
}

function fitFiles({ name, files }: Part & { kind: 'files' }, given: number): FittedPart {
  const needs = files.map(needOfPiece)
  const rooms = shareRoom(
    files.map(({ weight }, index) => ({ need: needs[index]!, weight })),
    given,
  )
  const fitted = files.map((file, index) => fitFile(file, needs[index]!, rooms[index]!))
  const kept = fitted.filter(({ text }) => text !== '')
  const left = sum(files.map(({ text }, index) => text.length - fitted[index]!.text.length))
  return {
    text: textOf(kept),
    cut: left === 0 ? null : { part: name, left, unit: 'characters' },
    shown: kept.map(({ place, form }) => ({ path: place, form })),
  }
}

function fitFile({ place, text, form, part }: FileView, need: number, room: number): Piece & ShownForm {
  if (room >= need) return { place, text, form }
  return { place, text: fitCharacters(part, text.length, room - weightOf(BETWEEN)), form: 'part' }
}

type ShownForm = { readonly form: FileForm }

/** Stands where something was left out, so that nobody takes the rest for the whole. */
const MARK = '\n[… left out for want of room …]\n'

/** A text in at most so many tokens; empty where not even the mark fits. */
function shorten(text: string, most: number, keep: 'start' | 'end' | 'both'): string {
  const room = most - mostTokens(MARK)
  if (room <= 0) return ''
  if (keep === 'start') return fromStart(text, room) + MARK
  if (keep === 'end') return MARK + fromEnd(text, room)
  const half = Math.floor(room / 2)
  return fromStart(text, half) + MARK + fromEnd(text, half)
}

const fromStart = (text: string, most: number): string => text.slice(0, charactersWithin(text, most, 'start'))

function fromEnd(text: string, most: number): string {
  const taken = charactersWithin(text, most, 'end')
  return taken === 0 ? '' : text.slice(-taken)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
