import { unreachable } from '../errors.ts'
import type { RequestFacts } from '../triage.ts'
import { SIGNATURES, type Signature, type Where } from './signatures.ts'

/** Which client's own errand this is; null when a person may have asked. Phrase and shape both have to agree. */
export function backgroundKind(facts: RequestFacts): string | null {
  return SIGNATURES.find((signature) => fitsShape(signature, facts) && isSaid(signature, facts))?.kind ?? null
}

function fitsShape({ stream, tools, mostTokens }: Signature, facts: RequestFacts): boolean {
  if (stream === false && facts.stream) return false
  if (mostTokens !== undefined && (facts.maxTokens ?? Infinity) > mostTokens) return false
  if (tools === undefined) return true
  if (tools === 'none') return facts.tools.length === 0
  return facts.tools.length > 0 && facts.tools.every((name) => tools.includes(name))
}

function isSaid({ where, opens = '', holds = [], closes }: Signature, facts: RequestFacts): boolean {
  return where
    .flatMap((place) => textsAt(place, facts))
    .map((text) => text.trim())
    .some(
      (text) =>
        (typeof opens === 'string' ? text.startsWith(opens) : opens.test(text)) &&
        holds.every((phrase) => text.includes(phrase)) &&
        (closes === undefined || closes.test(text)),
    )
}

function textsAt(where: Where, { messages }: RequestFacts): string[] {
  const of = (...roles: string[]): string[] =>
    messages.filter(({ role }) => roles.includes(role)).map(({ text }) => text)
  const user = of('user')
  switch (where) {
    case 'only-user':
      return user.length === 1 ? user : []
    case 'last-user':
      return user.slice(-1)
    case 'user':
      return user
    case 'system':
      return of('system', 'developer')
    default:
      return unreachable(where)
  }
}
