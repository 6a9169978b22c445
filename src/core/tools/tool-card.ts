import type { z } from 'zod'

/** What a tool is called, what it is for, and what it takes. */
export type ToolCard = {
  readonly name: string
  readonly description: string
  readonly input: z.ZodObject
  /** It runs nothing of the project. */
  readonly onlyReads: boolean
}

/** What a tool says. An error is for the one who asked to read, and to ask differently. */
export type ToolAnswer = { readonly text: string; readonly isError: boolean }

/** An answer. */
export const said = (text: string): ToolAnswer => ({ text, isError: false })

/** A no, with its reason. */
export const refused = (why: string): ToolAnswer => ({ text: why, isError: true })
