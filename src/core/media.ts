import { z } from 'zod'

export const MediaKind = z.enum(['picture', 'recording'])
export type MediaKind = z.infer<typeof MediaKind>

/** A picture or a recording that came with a request. No prompt carries it: a model puts it into words first. */
export const Media = z.object({
  kind: MediaKind,
  /** As the request's text refers to it: `Picture 1 (screenshot.png)`. */
  name: z.string(),
  /** `image/png`, found by looking at the bytes. */
  mime: z.string(),
  bytes: z.instanceof(Uint8Array),
  sha256: z.string(),
})
export type Media = z.infer<typeof Media>

/** What is told of one of them: enough to know it again, and nothing of what is in it. */
export const MediaFacts = Media.omit({ bytes: true }).extend({ size: z.number().int() })
export type MediaFacts = z.infer<typeof MediaFacts>

/** What is told of one. */
export const mediaFacts = ({ kind, name, mime, bytes, sha256 }: Media): MediaFacts => ({
  kind,
  name,
  mime,
  size: bytes.length,
  sha256,
})

/** Longest text one of them becomes; an hour of speech would leave a prompt no room for anything else. */
const MOST_CHARACTERS = 20_000
const LABEL_CHARACTERS = 80

/** What a picture or a recording is called, from what its sender called it, where he did. */
export function mediaName(kind: MediaKind, number: number, label: string | null): string {
  const word = kind === 'picture' ? 'Picture' : 'Recording'
  // a bracket would end the mark, a line end the line
  const clean = (label ?? '').replaceAll(/[[\]()\s\p{C}]+/gu, ' ').trim()
  return clean === '' ? `${word} ${number}` : `${word} ${number} (${clean.slice(0, LABEL_CHARACTERS)})`
}

/** Stands in a text for what is no text. */
export const markOf = (name: string): string => `[${name}]`

/** What stands in the mark's place once somebody has looked or listened. */
export function inWords(name: string, words: string): string {
  const text = words.trim()
  const cut = text.length <= MOST_CHARACTERS ? '' : ' … (the rest is cut)'
  return `[${name}: ${text.slice(0, MOST_CHARACTERS)}${cut}]`
}

/** A text whose marks have become words; a mark that nobody has read stays. */
export const putWords = (text: string, words: ReadonlyMap<string, string>): string =>
  // in one pass, so that no mark inside of the words is taken for one
  text.replaceAll(MARK, (mark, name: string) => {
    const read = words.get(name)
    return read === undefined ? mark : inWords(name, read)
  })

const MARK = /\[((?:Picture|Recording) \d{1,4}(?: \([^()[\]]{1,80}\))?)\]/g
