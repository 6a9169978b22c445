const OPENING = /^\s*<(think|thinking|thought|reasoning)>/
const CLOSING = /^(.*)<\/(?:think|thinking|thought|reasoning)>(.*)$/

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

/** Chat templates often open the thought themselves, so that only its end is seen. */
function afterOrphan(text: string): string {
  if (!text.includes('</')) return text
  const lines = text.split('\n')
  let fenced = false
  let inBlock = false
  for (const [index, line] of lines.entries()) {
    // inside a fence or a block it is somebody's source code, not the end of a thought
    if (/^\s*(?:`{3,}|~{3,})/.test(line)) fenced = !fenced
    if (/^<{5,}/.test(line)) inBlock = true
    if (/^>{5,}/.test(line)) inBlock = false
    if (fenced || inBlock || !line.includes('</') || line.length > LONGEST_LINE) continue
    const after = CLOSING.exec(line)
    if (after) return [after[2]!, ...lines.slice(index + 1)].join('\n')
  }
  return text
}

const LONGEST_LINE = 2_000
