import { z } from 'zod'

/** Files of one folder as they are now. */
type Folder = {
  readonly root: string
  readonly paths: readonly string[]
  /** Patterns of files that the answer must not be taken from. */
  readonly withheld: readonly string[]
}

/** What the tools' thread is asked. */
export type Questions = {
  /** Where a name is defined and used, from what a search says of the lines that hold it. */
  readonly references: Folder & { readonly name: string; readonly searched: string }
  /** What the files say about themselves, the best passages first. */
  readonly documentation: Folder & { readonly query: string; readonly most: number }
}
export type About = keyof Questions

/** Questions that are asked at the same time are answered side by side; one that nobody waits for any more is left. What is asked soon can be made ready. */
export type Asked =
  | { [Some in About]: Questions[Some] & { readonly about: Some; readonly id: number } }[About]
  | { readonly leave: number }
  | { readonly soon: About }

const Passage = z.object({ path: z.string(), line: z.int(), title: z.string(), text: z.string() })
export type FoundPassage = z.infer<typeof Passage>

/** What each question is answered with; `kept` counts the files, or passages, that were withheld. */
const Answers = {
  /** `text` holds what fits of the places, `cut` counts the lines that do not; null where there is none. */
  references: z.object({
    found: z.object({ text: z.string(), cut: z.int() }).nullable(),
    kept: z.int(),
  }),
  documentation: z.object({ passages: z.array(Passage), kept: z.int() }),
}
export type Answers = { readonly [Some in About]: z.infer<(typeof Answers)[Some]> }

export const ANSWERS: { readonly [Some in About]: z.ZodType<Answers[Some]> } = Answers
