import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/**
 * Sets a header of the answer, whoever begins it. It goes to the client's own connection where there is one: keeping a
 * set of headers beside it would cost more than all else that is done for a short answer.
 */
export function answerHeader(c: Context, name: string, value: string): void {
  const { outgoing }: Partial<HttpBindings> = c.env ?? {}
  if (outgoing) outgoing.setHeader(name, value)
  else c.header(name, value)
}
