import { diffStat } from '../diff.ts'

/** Numbers of the lines that git's own diff adds, counted from 0 in the new file, by path. */
export function changedLines(diff: string): Map<string, Set<number>> {
  const { files } = diffStat(diff)
  // within a hunk every line has a mark in front, so only a heading begins like this
  const sections = diff.split(/^diff --git /m).slice(1)
  return new Map(files.map((path, index) => [path, addedIn(sections[index] ?? '')]))
}

function addedIn(section: string): Set<number> {
  const added = new Set<number>()
  let at = -1
  for (const line of section.split('\n')) {
    const start = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line)?.[1]
    if (start !== undefined) at = Number(start) - 1
    else if (at < 0 || line.startsWith('-') || line.startsWith('\\')) continue
    else {
      if (line.startsWith('+')) added.add(at)
      at += 1
    }
  }
  return added
}
