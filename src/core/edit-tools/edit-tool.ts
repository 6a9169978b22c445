/** A client's tool that changes files, told by the form of its arguments. */
export type EditTool = {
  readonly name: string
  /** Arguments that every call has with the same value, such as an editor's command. */
  readonly fixed: Readonly<Record<string, unknown>>
  /** It wants paths from the root of the disk on. */
  readonly absolute: boolean
  /** It says that it fails on a file that was not read before. */
  readonly wantsReading: boolean
  /** No argument may have more characters. */
  readonly longest: number
} & EditForm

export type EditForm =
  /** One piece of text for another, in one place. */
  | { readonly kind: 'replace'; readonly path: string; readonly before: string; readonly after: string }
  /** Several of those in one call. */
  | {
      readonly kind: 'replace-all'
      readonly path: string
      readonly edits: string
      readonly before: string
      readonly after: string
    }
  /** A file's whole text; some tools do so for new files only. */
  | {
      readonly kind: 'write'
      readonly path: string
      readonly content: string
      readonly overwrites: boolean
    }
  /** Everything at once, between `*** Begin Patch` and `*** End Patch`. */
  | { readonly kind: 'patch'; readonly patch: string }

/** A client's tool that reads a file. */
export type ReadTool = Pick<EditTool, 'name' | 'fixed' | 'absolute'> & { readonly path: string }

/** What a client's tools can do to files. */
export type EditKit = { readonly tools: readonly EditTool[]; readonly reads: ReadTool | null }

export type EditKind = EditForm['kind']

/** The first tool of a kind. */
export const toolOf = <Kind extends EditKind>(
  tools: readonly EditTool[],
  kind: Kind,
): Extract<EditTool, { kind: Kind }> | undefined =>
  tools.find((tool): tool is Extract<EditTool, { kind: Kind }> => tool.kind === kind)
