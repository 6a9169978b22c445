import type { Context } from 'hono'
import { sha256 } from '../tasks/seal.ts'

/** Who asks, as far as the credentials tell. */
export const credentialsOf = (c: Context): string =>
  c.req.header('authorization') ?? c.req.header('x-api-key') ?? ''

/** The same as a hash: what is kept for longer must not hold a key. */
export const callerOf = (c: Context): string => sha256(credentialsOf(c))
