/** One side of a hunk: its lines as they are before or after, and which of them the change removes or adds. */
export type Side = { readonly lines: readonly string[]; readonly changed: readonly boolean[] }

export type FileDiff = {
  readonly path: string
  readonly hunks: readonly { readonly before: Side; readonly after: Side }[]
}

/** Reads git's own diff. Not for a model's diff: that may be anything. */
export function readChanges(diff: string): FileDiff[] {
  return diff
    .split(/^diff --git /m)
    .slice(1)
    .map((section) => ({ path: pathOf(section), hunks: hunksIn(section) }))
}

/** The new path, or the old one of a file that is gone. */
function pathOf(section: string): string {
  const named = /^\+\+\+ "?b\/(.*?)"?\t?$/m.exec(section) ?? /^--- "?a\/(.*?)"?\t?$/m.exec(section)
  return named?.[1] ?? ''
}

function hunksIn(section: string): FileDiff['hunks'] {
  return section
    .split(/^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*\n/m)
    .slice(1)
    .map((hunk) => {
      const lines = hunk.split('\n').filter((line) => line !== '' && !line.startsWith('\\'))
      return { before: side(lines, '-'), after: side(lines, '+') }
    })
}

function side(lines: readonly string[], sign: '+' | '-'): Side {
  const own = lines.filter((line) => line.startsWith(sign) || line.startsWith(' '))
  return { lines: own.map((line) => line.slice(1)), changed: own.map((line) => line.startsWith(sign)) }
}
