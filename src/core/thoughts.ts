const OPENING = /^\s*<(think|thinking|thought|reasoning)>/
const CLOSINGS = ['</think>', '</thinking>', '</thought>', '</reasoning>']
const BLOCK = /^(?:<{5,}|-{5,} ?SEARCH)/
const BLOCK_END = /^(?:>{5,}|\+{5,} ?REPLACE)/

/** What a model said aloud: its reply without the thoughts that some servers leave in front of it. */
export function withoutThoughts(text: string): string {
  let rest = text
  for (let tag = OPENING.exec(rest)?.[1]; tag !== undefined; tag = OPENING.exec(rest)?.[1]) {
    const closing = `</${tag}>`
    const end = rest.indexOf(closing)
    if (end < 0) return ''
    rest = rest.slice(end + closing.length)
  }
  return afterOrphan(rest)
}

/** Chat templates often open the thought themselves, so that only its end is seen, at the end of a line. */
function afterOrphan(text: string): string {
  if (!text.includes('</') || /<(?:think|thinking|thought|reasoning)>/.test(text)) return text
  const lines = text.split('\n')
  let fenced = false
  let inBlock = false
  for (const [index, line] of lines.entries()) {
    // inside a fence or a block it is somebody's source code, not the end of a thought
    if (/^\s*(?:`{3,}|~{3,})/.test(line)) fenced = !fenced
    if (BLOCK.test(line)) inBlock = true
    if (BLOCK_END.test(line)) inBlock = false
    if (fenced || inBlock) continue
    if (CLOSINGS.some((closing) => line.trimEnd().endsWith(closing))) return lines.slice(index + 1).join('\n')
  }
  return text
}
