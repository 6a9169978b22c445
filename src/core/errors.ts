/** What went wrong, seen from the person who must act on it. */
export type Fault =
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'overloaded'
  | 'upstream'
  | 'timeout'
  | 'cancelled'
  | 'internal'

/** HTTP status for each fault. 499 is nginx's "client closed request": nobody is left to read it. */
const STATUS = {
  'bad-request': 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  overloaded: 503,
  upstream: 503,
  timeout: 504,
  cancelled: 499,
  internal: 500,
} as const satisfies Record<Fault, number>

/** Something broke (an outcome such as a failed gate is data, never this). The message is for whoever must act. */
export class SwarmError extends Error {
  readonly fault: Fault
  /** The request field at fault, for OpenAI's error object. */
  readonly param: string | null

  constructor(fault: Fault, message: string, options: { cause?: unknown; param?: string } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'SwarmError'
    this.fault = fault
    this.param = options.param ?? null
  }
}

/** The HTTP status a fault is answered with, as long as no byte has been sent. */
export const statusOf = (fault: Fault): (typeof STATUS)[Fault] => STATUS[fault]

/** Ends a switch: a new case stops the compiler here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
