import { withoutThoughts } from '../thoughts.ts'
import { unescapeHtml } from './likeness.ts'

/** A reply as text with plain line ends, without thoughts, out of the JSON or HTML that some clients put around it. */
export function plainReply(reply: string): string {
  const text = withoutThoughts(reply.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'))
  const unquoted = fromJsonString(text.trim()) ?? text
  // marks of blocks that are escaped themselves prove that all the rest is
  return /^[ \t]{0,8}(?:&lt;){5,}/m.test(unquoted) ? unescapeHtml(unquoted) : unquoted
}

/** Other ways to see a reply in which no patch was found: indented, quoted, or with its line ends spelled out. */
export function otherViews(text: string): string[] {
  const views = [fromOneLine(text), fromQuote(text), withoutIndent(text)]
  return views.flatMap((view) => (view === null || view === text ? [] : [view]))
}

function fromJsonString(text: string): string | null {
  if (!text.startsWith('"') || !text.endsWith('"')) return null
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value.replaceAll('\r\n', '\n') : null
  } catch {
    // prose may begin and end with quotes too
    return null
  }
}

const MARK = /(?:diff --git |--- \S|<{5,}|\*\*\* Begin Patch|@@ -)/

/** A patch on one line, its line ends written as backslash and n. */
function fromOneLine(text: string): string | null {
  const body = text.trim()
  if (body.split('\n').length > 3 || !body.includes('\\n') || !MARK.test(body)) return null
  return fromJsonString(`"${body.replaceAll(/(?<!\\)"/g, '\\"').replaceAll('\n', '\\n')}"`)
}

/** A reply that quotes itself, as in a mail. */
function fromQuote(text: string): string | null {
  const lines = text.split('\n')
  const filled = lines.filter((line) => line.trim() !== '')
  if (filled.length === 0 || !filled.every((line) => line.startsWith('>'))) return null
  return lines.map((line) => line.replace(/^> ?/, '')).join('\n')
}

function withoutIndent(text: string): string | null {
  const lines = text.split('\n')
  const marked = lines.find(
    (line) => /^[ \t]/.test(line) && MARK.test(line.slice(0, 200).trimStart().slice(0, 20)),
  )
  const indent = /^[ \t]+/.exec(marked ?? '')?.[0]
  if (indent === undefined) return null
  return lines
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()))
    .join('\n')
}
