import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { readMessageFiles } from '../../src/core/message-files.ts'
import type { RequestFacts } from '../../src/core/triage.ts'

const Turn = z.object({ role: z.string(), text: z.string() })

/** A request that a client sends on its own behalf, and a person's request that quotes its words. */
export const Errand = z.object({
  errand: z.string(),
  messages: z.array(Turn),
  tools: z.array(z.string()),
  stream: z.boolean(),
  maxTokens: z.number().nullable(),
  quoted: z.string().min(1),
})
export type Errand = z.infer<typeof Errand>

const Group = z.object({
  class: z.string(),
  files: z.boolean().default(false),
  requests: z.array(z.string()),
})
/** What people ask, by what has to become of it. "unsure": a person may mean a change, and gets an answer to be safe. */
export const Requests = z.object({ task: z.array(Group), direct: z.array(Group), unsure: z.array(Group) })
export type Requests = z.infer<typeof Requests>

/** Replies to a change that was handed over; "leaning" ones mean nothing without it. */
export const Refinements = z.object({
  task: z.array(z.string()),
  leaning: z.array(z.string()),
  direct: z.array(z.string()),
})

/** Reads one table of requests. */
export async function fixtures<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const path = new URL(`../fixtures/triage/${name}.json`, import.meta.url)
  return schema.parse(JSON.parse(await readFile(path, 'utf8')))
}

/** What triage sees of a person's message in a streaming chat. */
export function factsOf(text: string, more: Partial<RequestFacts> = {}): RequestFacts {
  const { files, request } = readMessageFiles(text)
  return {
    explicit: null,
    messages: [{ role: 'user', text }],
    request,
    hasFiles: files.length > 0,
    hasPlace: true,
    hasWorkspace: false,
    tools: [],
    takesEdits: false,
    stream: true,
    maxTokens: null,
    ...more,
  }
}
