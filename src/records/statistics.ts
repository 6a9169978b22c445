import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { ReviewerRecord } from '../core/reviewer-record.ts'
import { VoterRecord } from '../core/voter-record.ts'

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema)

/** What is known over all tasks that are remembered. */
const Statistics = z.object({
  tasks: z.array(z.object({ status: z.string(), tasks: z.number() })),
  /** Candidates that were asked and those that were verified, by tier, model and kind of task. */
  rates: z.array(
    z.object({
      tier: z.string(),
      model: z.string(),
      kind: z.string(),
      asked: z.number(),
      verified: z.number(),
    }),
  ),
  tokens: z.array(
    z.object({
      role: z.string(),
      promptTokens: z.number(),
      completionTokens: z.number(),
      reasoningTokens: z.number(),
      ms: z.number(),
    }),
  ),
  /** Why candidates were not verified, by model and version of the coders' prompt. */
  refusals: z.array(z.object({ model: z.string(), prompt: z.string(), code: z.string(), times: z.number() })),
  voters: z.array(z.object({ model: z.string(), prompt: z.string(), record: json(VoterRecord) })),
  reviewers: z.array(z.object({ model: z.string(), prompt: z.string(), record: json(ReviewerRecord) })),
})
export type Statistics = z.infer<typeof Statistics>

/** Counts what is remembered. */
export function statisticsOf(database: DatabaseSync): Statistics {
  const all = (sql: string): unknown[] => database.prepare(sql).all()
  return Statistics.parse({
    tasks: all(
      "SELECT json ->> '$.status' AS status, count(*) AS tasks FROM receipts GROUP BY 1 ORDER BY tasks DESC",
    ),
    rates: all(
      `SELECT tier, model, kind, count(*) AS asked, sum(code IN ('verified', 'agreed')) AS verified
       FROM outcomes WHERE counts = 1 GROUP BY tier, model, kind ORDER BY tier, model, kind`,
    ),
    tokens: all(
      `SELECT role.key AS role, sum(role.value ->> '$.promptTokens') AS promptTokens,
         sum(role.value ->> '$.completionTokens') AS completionTokens,
         sum(role.value ->> '$.reasoningTokens') AS reasoningTokens, sum(role.value ->> '$.ms') AS ms
       FROM receipts, json_each(receipts.json, '$.tokens.byRole') AS role GROUP BY 1 ORDER BY 3 DESC`,
    ),
    refusals: all(
      `SELECT model, prompt, code, count(*) AS times FROM outcomes WHERE code NOT IN ('verified', 'agreed')
       GROUP BY model, prompt, code ORDER BY model, prompt, times DESC`,
    ),
    voters: all('SELECT model, prompt, json AS record FROM voters ORDER BY model, prompt'),
    reviewers: all('SELECT model, prompt, json AS record FROM reviewers ORDER BY model, prompt'),
  })
}
