/** A tool that the client offers and runs itself. */
export type OfferedTool = {
  readonly name: string
  readonly description: string
  /** The JSON schema of its arguments; empty where the client says nothing of them. */
  readonly parameters: Readonly<Record<string, unknown>>
}
