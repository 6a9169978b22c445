/** A text of a file in a fence with its path, longer than any fence inside it, so that a Markdown file cannot close it. */
export function inFence(path: string, text: string): string {
  const fence = '`'.repeat(longestTicks(text) + 1)
  return `${fence} ${path}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`
}

function longestTicks(text: string): number {
  let longest = 2
  for (const [ticks] of text.matchAll(/`+/g)) longest = Math.max(longest, ticks.length)
  return longest
}
