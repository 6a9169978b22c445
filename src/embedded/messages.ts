import { z } from 'zod'

/** The first line a parent says: all that the child has to know. The key is in no argument list and no environment. */
export const Settings = z.object({
  packageFolder: z.string(),
  model: z.string(),
  name: z.string(),
  key: z.string(),
  /** 0 for a free one. */
  port: z.int(),
  window: z.int(),
  sequences: z.int(),
})
export type Settings = z.infer<typeof Settings>

/** What the child says, one line each; whatever else comes on its output is none of this. */
export const Said = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ready'),
    port: z.int(),
    window: z.int(),
    sequences: z.int(),
    gpu: z.union([z.string(), z.literal(false)]),
  }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
])
export type Said = z.infer<typeof Said>
export type Ready = Extract<Said, { kind: 'ready' }>
