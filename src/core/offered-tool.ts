/** A tool that a model is offered. Whoever offers it, runs it. */
export type OfferedTool = {
  readonly name: string
  readonly description: string
  /** The JSON schema of its arguments; empty where nobody says anything of them. */
  readonly parameters: Readonly<Record<string, unknown>>
}
