/** One line of a hunk. */
export type HunkLine = {
  readonly mark: ' ' | '-' | '+'
  readonly text: string
  /** The line as it was written: models lose the blank in front of context lines. */
  readonly raw: string
}

/** A change in one place: lines that stay, go and come. */
export type Hunk = {
  readonly lines: readonly HunkLine[]
  /** What stood behind `@@`: lines above the place that tell where it is. */
  readonly headings: readonly string[]
  /** Number of the first line, as the model believes. */
  readonly start: number | null
  /** How many lines the header promises before and after the change. */
  readonly promised: { readonly before: number; readonly after: number } | null
  /** The place is the end of the file. */
  readonly atEnd: boolean
  /** What the hunk says about the newline that ends the file; null leaves it as it is. */
  readonly finalNewline: 'added' | 'removed' | null
  /** Some lines had no mark at all, and were taken for context. */
  readonly unmarked: boolean
  /** The reply stops here without any sign that it was meant to. */
  readonly openEnded: boolean
}

/** What a reply wants done to one file; paths and lines as the model wrote them. */
export type FileEdit =
  | {
      readonly kind: 'hunks'
      readonly path: string
      readonly hunks: readonly Hunk[]
      /** Whether hunks come in the order of the file. */
      readonly order: 'forward' | 'numbered' | 'any'
      /** Everything that may be HTML is written as entities, so the rest may be escaped too. */
      readonly escaped: boolean
    }
  /** A piece of text, not necessarily whole lines, to be found once and replaced. */
  | { readonly kind: 'text'; readonly path: string; readonly search: string; readonly replace: string }
  /** A file that must not exist yet. */
  | { readonly kind: 'create'; readonly path: string; readonly content: string }
  | {
      readonly kind: 'whole'
      readonly path: string
      readonly content: string
      /** First line of the content when it is only the path in a comment. */
      readonly label: string | null
      /** It came beside a patch, so it can only be a new file. */
      readonly besidePatch: boolean
    }
  | {
      readonly kind: 'delete'
      readonly path: string
      /** What the file is believed to hold; null when the model did not say. */
      readonly lines: readonly string[] | null
    }
  | { readonly kind: 'move'; readonly path: string; readonly to: string; readonly hunks: readonly Hunk[] }

export type Reading =
  | { ok: true; format: string; edits: FileEdit[] }
  | { ok: false; code: string; reason: string }

/** Why a reply or a part of it cannot be used. */
export type Refusal = { ok: false; code: string; reason: string }

export const refusal = (code: string, reason: string): Refusal => ({ ok: false, code, reason })

export const NO_HINTS = {
  headings: [],
  start: null,
  promised: null,
  atEnd: false,
  finalNewline: null,
  unmarked: false,
  openEnded: false,
} as const satisfies Partial<Hunk>

export const linesOf = (hunk: Hunk, ...marks: HunkLine['mark'][]): HunkLine[] =>
  hunk.lines.filter(({ mark }) => marks.includes(mark))

/** The lines that must be in the file before the change. */
export const oldLines = (hunk: Hunk): HunkLine[] => linesOf(hunk, ' ', '-')

export const changes = (hunk: Hunk): boolean => hunk.lines.some(({ mark }) => mark !== ' ')

/** Does the header promise what the hunk holds? `unknown` when it promises nothing. */
export function counts(hunk: Hunk): 'right' | 'wrong' | 'unknown' {
  if (!hunk.promised) return 'unknown'
  const { before, after } = hunk.promised
  const right = before === oldLines(hunk).length && after === linesOf(hunk, ' ', '+').length
  return right ? 'right' : 'wrong'
}
