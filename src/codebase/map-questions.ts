import { z } from 'zod'
import { NamePlaces } from '../core/code-map/find-names.ts'
import { CodeMap } from '../core/code-map/render.ts'
import { FileSymbols } from '../core/code-map/symbols.ts'
import type { SourceFile } from '../core/task.ts'

/** Files of one folder as they are now. */
type Folder = {
  readonly root: string
  readonly paths: readonly string[]
  /** Where to keep what was read for the next process; null for nowhere. */
  readonly cacheFolder: string | null
}

/** What the worker is asked. */
export type Question =
  /** The part of these files that matters for a request, in so many tokens. */
  | (Folder & {
      readonly about: 'map'
      readonly request: string
      readonly open: readonly string[]
      readonly tokens: number
    })
  /** Where they define and use these names. */
  | (Folder & { readonly about: 'names'; readonly names: readonly string[] })
  /** What these texts define and use. */
  | { readonly about: 'texts'; readonly files: readonly SourceFile[] }

export type NumberedQuestion = Question & { readonly id: number }

/** What each question is answered with. */
export type Answers = {
  readonly map: CodeMap
  readonly names: readonly NamePlaces[]
  readonly texts: readonly FileSymbols[]
}

export const ANSWERS: { readonly [About in keyof Answers]: z.ZodType<Answers[About]> } = {
  map: CodeMap,
  names: z.array(NamePlaces),
  texts: z.array(FileSymbols),
}
