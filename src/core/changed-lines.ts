/**
 * The lines that a diff of git changes, by file. `after`: of the file as it will be, those that come, and where some only go
 * the one that follows; `before`: of the file as it was, those that go, and where some only come the one that precedes.
 */
export function changedLines(diff: string, side: 'before' | 'after' = 'after'): Map<string, number[]> {
  const [ours, theirs] = side === 'after' ? ['+', '-'] : ['-', '+']
  const changed = new Map<string, Set<number>>()
  let lines: Set<number> | null = null
  let left = 0
  let at = 0
  for (const line of diff.split('\n')) {
    const hunk = left > 0 ? null : HUNK.exec(line)
    if (hunk) {
      const [, before, beforeCount = '1', after, afterCount = '1'] = hunk
      left = Number(beforeCount) + Number(afterCount)
      at = side === 'after' ? firstLine(after, afterCount) : firstLine(before, beforeCount)
    } else if (left > 0) {
      const mark = line[0]
      if (mark === '\\') continue
      left -= mark === ' ' || line === '' ? 2 : 1
      if (mark === ours) lines?.add(at)
      else if (mark === theirs) lines?.add(side === 'after' ? at : Math.max(1, at - 1))
      if (mark !== theirs) at += 1
    } else {
      // a file that is new, or gone, has no path on one side
      if (line.startsWith('diff ')) lines = null
      const path = PATH[side].exec(line)?.[1]
      if (path === undefined) continue
      lines = changed.get(path) ?? new Set()
      changed.set(path, lines)
    }
  }
  return new Map(Array.from(changed, ([path, numbers]) => [path, [...numbers]]))
}

/** An empty side is numbered by the line before it: https://git-scm.com/docs/diff-format */
const firstLine = (start = '1', count = '1'): number => Number(start) + (count === '0' ? 1 : 0)

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/
const PATH = { before: /^--- "?a\/([^"\t]{1,400})/, after: /^\+\+\+ "?b\/([^"\t]{1,400})/ }
