import type { SourceFile } from '../task.ts'
import type { Fence } from './form.ts'

/**
 * The files of the message in which aider shows what may be edited: each is a path on a line and the text between
 * fences. null for any other message, and for one that does not read like that to its end.
 */
export function readAiderFiles(text: string): SourceFile[] | null {
  if (!text.startsWith(OPENING)) return null
  const lines = text.trimEnd().split('\n')
  let at = lines.findIndex((line, index) => isPath(lines, index) && fenceOf(lines[index + 1]) !== null)
  const fence = fenceOf(lines[at + 1])
  if (at < 0 || fence === null) return null
  const files: SourceFile[] = []
  while (at < lines.length) {
    const file = readFile(lines, at, fence)
    if (file === null) return null
    files.push(file.file)
    at = file.next
  }
  return files
}

/** Of the message whose files may be edited, and of the one whose files are only to be looked at and asked about. */
const OPENING = 'I have *added these files to the chat* so you '

/** A file's name stands alone, with an empty line above it. */
const isPath = (lines: readonly string[], index: number): boolean =>
  index > 0 && lines[index - 1] === '' && lines[index] !== ''

/** aider takes the first of these that begins no line of any file. */
const FENCES: readonly Fence[] = [
  { opens: '```', closes: '```' },
  { opens: '````', closes: '````' },
  ...['source', 'code', 'pre', 'codeblock', 'sourcecode'].map((tag) => ({
    opens: `<${tag}>`,
    closes: `</${tag}>`,
  })),
]
const fenceOf = (line: string | undefined): Fence | null => FENCES.find(({ opens }) => opens === line) ?? null

function readFile(
  lines: readonly string[],
  at: number,
  { opens, closes }: Fence,
): { file: SourceFile; next: number } | null {
  const path = lines[at]!
  if (lines[at + 1] !== opens) return null
  const content: string[] = []
  for (let index = at + 2; index < lines.length; index += 1) {
    const line = lines[index]!
    // the last line of a file without a line end has the fence on it
    const last = line.slice(0, line.length - closes.length)
    const isOpenEnded = line.endsWith(closes) && last.trim() !== '' && beginsAnew(lines, index + 1, opens)
    if (line === closes || isOpenEnded) {
      return { file: { path, content: [...content, last].join('\n') }, next: index + 2 }
    }
    content.push(line)
  }
  return null
}

/** Does the message end here, or another file begin? */
const beginsAnew = (lines: readonly string[], at: number, opens: string): boolean =>
  at >= lines.length || (isPath(lines, at + 1) && lines[at + 2] === opens)
