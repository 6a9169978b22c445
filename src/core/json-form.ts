import { z } from 'zod'

/** Plain JSON, as it goes to a server. */
export type JsonSchema = { readonly [key: string]: unknown }

/**
 * A form as JSON schema, for servers that hold a reply to one. Its strings and lists should be bounded: a weak model
 * under a grammar goes on with an open one until its tokens are spent. llama.cpp refuses or forgets bounds of 2000 and more:
 * https://github.com/ggml-org/llama.cpp/pull/26613
 */
export function schemaOf(form: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(form, { io: 'output' })
  return schema
}

const subtaskForm = z.object({
  id: z.string().max(8),
  description: z.string().min(1).max(600),
  filesOwned: z.array(z.string().max(160)).max(12),
  dependsOn: z.array(z.string().max(8)).max(6),
})

/** The form of a plan, as prompts/plan.md describes it. What comes is read more leniently: see plan.ts. */
export const planForm = z.object({ subtasks: z.array(subtaskForm).min(1).max(6) })

/** The same for who may ask before it plans: then there are no sub-tasks yet. See plan-questions.ts. */
export const planOrQuestionsForm = z.object({
  subtasks: z.array(subtaskForm).max(6),
  read: z.array(z.string().max(160)).max(6),
  find: z.array(z.string().max(100)).max(8),
})

/** The form of a verdict, as prompts/review.md describes it; verdict.ts reads more. */
export const verdictForm = z.object({
  decision: z.enum(['approve', 'reject', 'unsure']),
  requirements: z
    .array(
      z.object({
        text: z.string().max(300),
        met: z.boolean().nullable(),
        evidence: z.string().max(200).nullable(),
      }),
    )
    .max(12),
  objections: z
    .array(
      z.object({
        kind: z.enum(['bug', 'missing', 'regression', 'security', 'tamper']),
        file: z.string().max(200).nullable(),
        line: z.int().min(1).max(999_999).nullable(),
        claim: z.string().min(1).max(500),
        check: z.object({ path: z.string().max(160), content: z.string().max(1_900) }).nullable(),
      }),
    )
    .max(6),
})
