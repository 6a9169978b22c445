/** Lines of each file that a context shows to the letter, counted from 1; how things are declared is no line of theirs. */
export function seenLines(context: string): Map<string, Set<number>> {
  const seen = new Map<string, Set<number>>()
  const lines = context.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const [, fence, path] = /^(`{3,}) (\S+)$/.exec(lines[at]!) ?? []
    if (fence === undefined || path === undefined) continue
    const end = lines.indexOf(fence, at + 1)
    if (end === -1) break
    const inside = lines.slice(at + 1, end)
    // numbered lines are declarations
    if (!inside.every((line) => /^\d+\| /.test(line))) {
      const known = seen.get(path) ?? new Set()
      for (const number of numbersOf(inside)) known.add(number)
      seen.set(path, known)
    }
    at = end
  }
  return seen
}

function numbersOf(inside: readonly string[]): number[] {
  const numbers: number[] = []
  let next = 1
  for (const line of inside) {
    const [, from, to] = NOTE.exec(line) ?? []
    if (from === undefined) {
      numbers.push(next)
      next += 1
    } else next = Number(to ?? from) + 1
  }
  return numbers
}

const NOTE = /^\[… code not shown: lines? (\d+)(?: to (\d+))? …\]$/

/** The share of the lines that have to change which a context shows. */
export function recallOf(lines: ReadonlyMap<string, readonly number[]>, context: string): number {
  const seen = seenLines(context)
  const all = [...lines].flatMap(([path, numbers]) =>
    numbers.map((number) => seen.get(path)?.has(number) ?? false),
  )
  return all.filter(Boolean).length / all.length
}
