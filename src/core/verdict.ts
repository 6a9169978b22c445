import { z } from 'zod'
import { findJson } from './json.ts'
import { checkShape } from './paths.ts'
import type { Check, Objection, Verdict } from './task.ts'

const KINDS = ['bug', 'missing', 'regression', 'security', 'tamper'] as const
const MOST_OBJECTIONS = 8
const MOST_REQUIREMENTS = 12
const LONGEST_CLAIM = 500
const LONGEST_WORD = 300
const LONGEST_CHECK = 20_000

/** A test file, under whatever names; what is none becomes null, and its objection advice. */
const DraftCheck = z
  .object({
    path: z.string().optional(),
    file: z.string().optional(),
    content: z.string().optional(),
    body: z.string().optional(),
  })
  .transform(({ path, file, content, body }) => checkOf(path ?? file ?? '', content ?? body ?? ''))
  .nullish()
  .catch(null)
  .transform((check) => check ?? null)

/** One objection: a bare string, or an object whose claim some models call message or description. */
const Claim = z.union([
  z.string().transform((claim) => ({ kind: 'bug' as const, file: null, line: null, check: null, claim })),
  z
    .object({
      kind: z.enum(KINDS).catch('bug'),
      file: z.string().nullish().default(null).catch(null),
      line: z.coerce.number().int().positive().nullish().catch(null),
      claim: z.string().optional(),
      message: z.string().optional(),
      description: z.string().optional(),
      check: DraftCheck,
    })
    .transform(({ kind, file, line, claim, message, description, check }) => ({
      kind,
      file,
      line: line ?? null,
      claim: claim ?? message ?? description ?? '',
      check,
    })),
])

/** What the request asks for; a word such as "unknown" is neither yes nor no. */
const Requirement = z
  .object({
    text: z.string().optional(),
    requirement: z.string().optional(),
    id: z.coerce.string().optional(),
    met: z.boolean().nullish().catch(null),
    evidence: z.string().nullish().catch(null),
  })
  .transform(({ text, requirement, id, met, evidence }) => ({
    text: (text ?? requirement ?? id ?? '').trim().slice(0, LONGEST_WORD),
    met: met ?? null,
    evidence: evidence?.slice(0, LONGEST_WORD) ?? null,
  }))

/** What a reviewer may write: unknown kinds count as bugs, a bare string is an objection. */
const Draft = z.object({
  decision: z.string().transform((word) => word.trim().toLowerCase()),
  requirements: z.array(Requirement).nullish().catch(null),
  objections: z
    .union([Claim.transform((one) => [one]), z.array(Claim)])
    .nullish()
    .transform((objections) => objections ?? []),
})

/** Reads a reviewer's reply; null when it holds no verdict. A rejection that names nothing to mend is `unsure`. */
export function readVerdict(reply: string): Verdict | null {
  const draft = Draft.safeParse(findJson(answerIn(reply)))
  if (!draft.success) return null
  const requirements = (draft.data.requirements ?? [])
    .filter(({ text }) => text !== '')
    .slice(0, MOST_REQUIREMENTS)
  const objections: Objection[] = draft.data.objections
    .filter(({ claim }) => claim.trim() !== '')
    .slice(0, MOST_OBJECTIONS)
    .map((objection) => ({
      ...objection,
      file: objection.file?.slice(0, LONGEST_WORD) ?? null,
      claim: objection.claim.trim().slice(0, LONGEST_CLAIM),
    }))
  switch (draft.data.decision) {
    case 'approve':
    case 'approved':
      return { decision: 'approve', requirements, objections }
    case 'reject':
    case 'rejected': {
      const named = objections.length > 0 ? objections : unmet(requirements)
      return { decision: named.length > 0 ? 'reject' : 'unsure', requirements, objections: named }
    }
    case 'unsure':
      return { decision: 'unsure', requirements, objections }
    default:
      return null
  }
}

/** A requirement that is not met says what to mend, even where no objection repeats it. */
const unmet = (requirements: Verdict['requirements']): Objection[] =>
  requirements
    .filter(({ met }) => met === false)
    .map(({ text }) => ({ kind: 'missing', file: null, line: null, claim: text, check: null }))

const checkOf = (path: string, content: string): Check | null =>
  checkShape(path).ok && content.trim() !== '' && content.length <= LONGEST_CHECK ? { path, content } : null

/**
 * From where the verdict begins: prose and thoughts before it may hold braces too, and so may the text of a check. In a
 * check its quotes are escaped, so the last that is written with plain ones is the verdict.
 */
function answerIn(reply: string): string {
  const last = (pattern: RegExp): number | undefined => [...reply.matchAll(pattern)].at(-1)?.index
  return reply.slice(last(/\{\s*"decision"/g) ?? last(/\{\s*'?decision\b/g) ?? 0)
}

type Objecting = { readonly objections: readonly Objection[] }

/** The same objections again: nothing new was learnt, so another loop would only cost. */
export function sameObjections(left: Objecting, right: Objecting): boolean {
  const claims = ({ objections }: Objecting): string =>
    objections
      .map(({ claim }) => claim)
      .toSorted()
      .join('\n')
  return claims(left) === claims(right)
}

/** Objections as the user and the planner read them. */
export const claimsOf = (objections: readonly Objection[]): string[] => objections.map(({ claim }) => claim)
