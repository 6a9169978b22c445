import type { Context } from 'hono'
import { z } from 'zod'
import { requestKey, type Asked } from '../core/request-key.ts'
import { sha256 } from '../tasks/seal.ts'
import { credentialsOf } from './caller.ts'
import { badRequest } from './faults.ts'

const Body = z.looseObject({ metadata: z.looseObject({ join: z.unknown().optional() }).nullish() })

/** What the same request again has in common with this one; null when this one wants a task of its own. */
export function flightKey(c: Context, text: string, where: Pick<Asked, 'workspace' | 'upon'>): string | null {
  const body = Body.parse(JSON.parse(text))
  const mayJoin = headerAllows(c.req.header('x-quorum-join')) && metadataAllows(body.metadata?.join)
  if (!mayJoin) return null
  return sha256(comparable({ caller: credentialsOf(c), ...where, body }))
}

function comparable(asked: Asked): string {
  try {
    return requestKey(asked)
  } catch (error) {
    // reading is not recursive, writing is: some thousands of brackets are no request of a client's
    if (error instanceof RangeError) throw badRequest('the body is nested too deeply')
    throw error
  }
}

function headerAllows(wish = 'yes'): boolean {
  const word = wish.toLowerCase()
  if (word === 'yes' || word === 'no') return word === 'yes'
  throw badRequest('x-quorum-join is "yes" or "no"', 'x-quorum-join')
}

/** Clients that follow the protocol to the letter can send text only. */
function metadataAllows(wish: unknown): boolean {
  const word = wish ?? true
  if (typeof word === 'boolean') return word
  if (word === 'true' || word === 'false') return word === 'true'
  throw badRequest('metadata.join is "true" or "false"', 'metadata.join')
}
