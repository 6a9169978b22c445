/** What a diff touches. */
export type DiffStat = { files: string[]; added: number; removed: number }

/** Files and line counts of git's own diff, in its order. Not for a model's diff: that may be anything. */
export function diffStat(diff: string): DiffStat {
  const files: string[] = []
  let added = 0
  let removed = 0
  let hunk = { before: 0, after: 0 }
  for (const line of diff.split('\n')) {
    // inside a hunk a line that looks like a header is content: `--- x` is a removed `-- x`
    if (hunk.before > 0 || hunk.after > 0) {
      const mark = line[0]
      if (mark === '+') added += 1
      if (mark === '-') removed += 1
      if (mark !== '+' && mark !== '\\') hunk.before -= 1
      if (mark !== '-' && mark !== '\\') hunk.after -= 1
      continue
    }
    if (line.startsWith('diff --git ')) files.push(pathInHeading(line.slice('diff --git '.length)))
    hunk = sizeOf(line)
  }
  return { files, added, removed }
}

function sizeOf(line: string): { before: number; after: number } {
  const numbers = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line)
  return numbers
    ? { before: Number(numbers[1] ?? 1), after: Number(numbers[2] ?? 1) }
    : { before: 0, after: 0 }
}

/** `a/PATH b/PATH`, both quoted when the path holds odd characters. Without renames both name one path. */
function pathInHeading(names: string): string {
  if (names.startsWith('"')) return unquote(names.slice(names.length / 2 + 1)).slice('b/'.length)
  return names.slice(names.length / 2 + 1).slice('b/'.length)
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** git quotes as C does, the bytes of other than ASCII characters in octal. */
function unquote(quoted: string): string {
  const encoder = new TextEncoder()
  const bytes: number[] = []
  for (const [piece, escape] of quoted.replace(/^"|"$/g, '').matchAll(/\\([0-7]{3}|.)|[^\\]+/g)) {
    if (escape === undefined) bytes.push(...encoder.encode(piece))
    else if (escape.length === 3) bytes.push(Number.parseInt(escape, 8))
    else bytes.push(ESCAPES[escape] ?? escape.charCodeAt(0))
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}
