import { z } from 'zod'
import { findJson } from './json.ts'
import type { Objection, Verdict } from './task.ts'

const KINDS = ['bug', 'missing', 'regression', 'security', 'tamper'] as const

/** One objection: a bare string, or an object whose claim some models call message or description. */
const Claim = z.union([
  z.string().transform((claim) => ({ kind: 'bug' as const, file: null, claim })),
  z
    .object({
      kind: z.enum(KINDS).catch('bug'),
      file: z.string().nullish().default(null),
      claim: z.string().optional(),
      message: z.string().optional(),
      description: z.string().optional(),
    })
    .transform(({ kind, file, claim, message, description }) => ({
      kind,
      file,
      claim: claim ?? message ?? description ?? '',
    })),
])

/** What a reviewer may write: unknown kinds count as bugs, a bare string is an objection. */
const Draft = z.object({
  decision: z.string().transform((word) => word.trim().toLowerCase()),
  objections: z
    .union([Claim.transform((one) => [one]), z.array(Claim)])
    .nullish()
    .transform((objections) => objections ?? []),
})

/** Reads a reviewer's reply; null when it holds no verdict. A rejection that names nothing to mend is `unsure`. */
export function readVerdict(reply: string): Verdict | null {
  const draft = Draft.safeParse(findJson(answerIn(reply)))
  if (!draft.success) return null
  const objections: Objection[] = draft.data.objections
    .filter(({ claim }) => claim.trim() !== '')
    .slice(0, 8)
    .map(({ kind, file, claim }) => ({ kind, file, claim: claim.trim().slice(0, 500) }))
  switch (draft.data.decision) {
    case 'approve':
    case 'approved':
      return { decision: 'approve', objections }
    case 'reject':
    case 'rejected':
      return { decision: objections.length > 0 ? 'reject' : 'unsure', objections }
    case 'unsure':
      return { decision: 'unsure', objections }
    default:
      return null
  }
}

/** From where the verdict begins: prose and thoughts before it may hold braces too. */
const answerIn = (reply: string): string =>
  reply.slice([...reply.matchAll(/\{\s*["']?decision\b/g)].at(-1)?.index ?? 0)

/** The same objections again: nothing new was learnt, so another loop would only cost. */
export function sameObjections(left: Verdict, right: Verdict): boolean {
  const claims = (verdict: Verdict): string =>
    verdict.objections
      .map(({ claim }) => claim)
      .sort()
      .join('\n')
  return claims(left) === claims(right)
}
