/** One line of a hunk. */
export type HunkLine = { readonly kind: 'keep' | 'add' | 'remove'; readonly text: string }

/** A place that changes: lines that stay, go and come. */
export type Hunk = {
  readonly lines: readonly HunkLine[]
  /** The line it says it starts at, from 1; models invent these, so it only decides between equal places. */
  readonly line: number | null
  /** The edit as running text, where it need not begin and end with a line. */
  readonly text?: { readonly before: string; readonly after: string }
}

/** What a reply wants done to one file. Paths are as the model wrote them, `a/` and `b/` taken off. */
export type FileEdit =
  | { readonly kind: 'hunks'; readonly path: string; readonly hunks: readonly Hunk[] }
  | { readonly kind: 'whole'; readonly path: string; readonly content: string }
  | { readonly kind: 'delete'; readonly path: string }

export type Reading =
  | { readonly ok: true; readonly format: string; readonly edits: FileEdit[] }
  | { readonly ok: false; readonly code: string; readonly reason: string }

export const refuse = (code: string, reason: string): { ok: false; code: string; reason: string } => ({
  ok: false,
  code,
  reason,
})

/** Takes off what models put around a path: quotes, bullets, bold, a `File:`, the `a/` of a diff. */
export function cleanPath(raw: string): string {
  const path = raw
    .trim()
    .replace(/^(?:[-*#>]+\s+|\d+\.\s+)*/, '')
    .replace(/^(?:file(?:name)?|path)\s*[:=]\s*/i, '')
    .replaceAll(/^[*_`"'<([]+|[*_`"'>)\]:,]+$/g, '')
    .replace(/\t.*$/, '')
    .trim()
  return path.replace(/^\.\//, '')
}

/** Does this look like a path, so that prose is not taken for one? */
export const looksLikePath = (text: string): boolean =>
  /^[\w@.][\w@./+()[\]$ -]*$/.test(text) &&
  /[./]/.test(text) &&
  !/\s{2}|\.$|^\.+$/.test(text) &&
  /\.\w+$|\//.test(text) &&
  !/ .* /.test(text)

/** Line by line, what stays and what changes between two texts: the longest common subsequence, bounded. */
export function linesBetween(before: readonly string[], after: readonly string[]): HunkLine[] {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  const room = Math.min(before.length, after.length) - head
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  const keep = (text: string): HunkLine => ({ kind: 'keep', text })
  return [
    ...before.slice(0, head).map(keep),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(keep),
  ]
}

/** Beyond this many comparisons the middle counts as replaced whole. */
const MOST_COMPARISONS = 250_000

function middle(before: readonly string[], after: readonly string[]): HunkLine[] {
  if (before.length * after.length > MOST_COMPARISONS) {
    return [
      ...before.map((text) => ({ kind: 'remove' as const, text })),
      ...after.map((text) => ({ kind: 'add' as const, text })),
    ]
  }
  const width = after.length + 1
  const common = new Uint32Array((before.length + 1) * width)
  for (let row = before.length - 1; row >= 0; row -= 1) {
    for (let column = after.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        before[row] === after[column]
          ? common[(row + 1) * width + column + 1]! + 1
          : Math.max(common[(row + 1) * width + column]!, common[row * width + column + 1]!)
    }
  }
  const lines: HunkLine[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      lines.push({ kind: 'keep', text: before[row]! })
      row += 1
      column += 1
    } else if (
      row < before.length &&
      (column === after.length || common[(row + 1) * width + column]! >= common[row * width + column + 1]!)
    ) {
      lines.push({ kind: 'remove', text: before[row]! })
      row += 1
    } else {
      lines.push({ kind: 'add', text: after[column]! })
      column += 1
    }
  }
  return lines
}
