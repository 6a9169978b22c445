import { unreachable } from '../errors.ts'
import type { ChangedFile, SpecTest } from '../task.ts'

/** A piece of an answer, before a form decides how it looks. */
export type AnswerPart =
  | { readonly kind: 'words'; readonly text: string }
  /** The change that is handed over; nothing else in an answer may be taken for one. */
  | { readonly kind: 'change'; readonly diff: string; readonly files: readonly ChangedFile[] }
  /** A change that is shown and not handed over. */
  | { readonly kind: 'attempt'; readonly diff: string }
  /** A test that the reader may keep, and that is no part of the change. */
  | { readonly kind: 'test'; readonly test: SpecTest }
  /** What tools said. */
  | { readonly kind: 'log'; readonly text: string }

/** How a client wants to read an answer. Each part becomes paragraphs. */
export type Rendering = {
  readonly words: (text: string) => string[]
  readonly change: (diff: string, files: readonly ChangedFile[]) => string[]
  readonly attempt: (diff: string) => string[]
  readonly test: (test: SpecTest) => string[]
  readonly log: (text: string) => string[]
}

/** The answer's paragraphs in one form. */
export function renderPart(part: AnswerPart, rendering: Rendering): string[] {
  switch (part.kind) {
    case 'words':
      return rendering.words(part.text)
    case 'change':
      return rendering.change(part.diff, part.files)
    case 'attempt':
      return rendering.attempt(part.diff)
    case 'test':
      return rendering.test(part.test)
    case 'log':
      return rendering.log(part.text)
    default:
      return unreachable(part)
  }
}

export const words = (text: string): AnswerPart => ({ kind: 'words', text })
