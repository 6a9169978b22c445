/** What a caller has to change; the message is for him. `type` is llama-server's. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly type: string
  constructor(
    message: string,
    {
      status = 400,
      type = 'invalid_request_error',
      cause,
    }: { status?: number; type?: string; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.status = status
    this.type = type
  }
}
