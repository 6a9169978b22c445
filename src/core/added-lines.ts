const AROUND = 2

/** What one edit of a text comes to, for a human: the lines between those that both versions begin and end with. */
export function addedLines(before: string, after: string): string[] {
  const old = linesOf(before)
  const now = linesOf(after)
  const least = Math.min(old.length, now.length)
  const head = countWhile(least, (index) => old[index] === now[index])
  const tail = countWhile(least - head, (index) => old.at(-1 - index) === now.at(-1 - index))
  return [
    ...now.slice(Math.max(0, head - AROUND), head).map((line) => ` ${line}`),
    ...old.slice(head, old.length - tail).map((line) => `-${line}`),
    ...now.slice(head, now.length - tail).map((line) => `+${line}`),
    ...now.slice(now.length - tail, now.length - tail + AROUND).map((line) => ` ${line}`),
  ]
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

function countWhile(most: number, holds: (index: number) => boolean): number {
  let count = 0
  while (count < most && holds(count)) count += 1
  return count
}
