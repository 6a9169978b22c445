import { z } from 'zod'

/** The forms an answer can take. */
export const FormName = z.enum(['diff', 'continue', 'aider-whole', 'aider-diff', 'aider-udiff', 'open-webui'])
export type FormName = z.infer<typeof FormName>

/** The lines that hold a file's text in a message. */
export type Fence = { readonly opens: string; readonly closes: string }
export const TICKS: Fence = { opens: '```', closes: '```' }

/** A form, and the fence it is to be written with. */
export type Form = { readonly name: FormName; readonly fence: Fence }
