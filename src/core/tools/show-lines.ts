import { fitLines, note } from './bounded.ts'
import { refused, said, type ToolAnswer } from './tool-card.ts'

/** Which lines of a file are wanted, counted from 1. */
export type LineRange = { readonly start?: number | undefined; readonly end?: number | undefined }

/** A file's text, or some of its lines, with their numbers unless it is to be raw. */
export function showLines(
  path: string,
  content: string,
  { start = 1, end, raw = false }: LineRange & { readonly raw?: boolean },
): ToolAnswer {
  const lines = content.replace(/\r?\n$/, '').split('\n')
  const last = Math.min(end ?? lines.length, lines.length)
  if (start > lines.length)
    return refused(`${path} has ${lines.length} lines; line ${start} is beyond its end`)
  if (last < start) return refused(`"end" (${last}) comes before "start" (${start})`)
  const wanted = lines.slice(start - 1, last)
  const { text, shown } = fitLines(raw ? wanted : wanted.map((line, at) => `${start + at}| ${line}`))
  const until = start + shown - 1
  const rest = `lines ${until + 1}–${last} are not shown; ask again with "start": ${until + 1}`
  const around = last < lines.length || start > 1 ? `lines ${start}–${until} of ${lines.length}` : null
  const notes = [shown < wanted.length ? rest : null, around].filter((one) => one !== null)
  return said(notes.length === 0 ? text : `${text}\n${note(notes.join('; '))}`)
}
