import type { Diagnostic } from '../../core/task.ts'

/** What a reader makes of one line: a finding, or null where the line only tells more about another. */
export type Reading = { readonly at: number; readonly finding: Diagnostic | null }

/** Reads the findings of one family of tools. A line is read by the first reader that knows it. */
export type Reader = (lines: readonly string[]) => Reading[]

/** What a pattern caught of a finding; a group that took no part is undefined. */
export type Caught = {
  readonly file?: string | undefined
  readonly line?: string | undefined
  readonly code?: string | undefined
  readonly message?: string | undefined
}

/** A reader of findings that each stand on one line. */
export const lineReader =
  (pattern: RegExp, read: (match: RegExpExecArray) => Caught | null): Reader =>
  (lines) =>
    lines.flatMap((text, at) => {
      const match = pattern.exec(text)
      if (!match) return []
      const caught = read(match)
      return [{ at, finding: caught && finding(caught) }]
    })

export const finding = ({ file, line, code, message = '' }: Caught): Diagnostic => ({
  file: file ?? null,
  line: line === undefined ? null : Number(line),
  code: code ?? null,
  message,
})

/** Lines from one place to before another that say nothing by themselves. */
export const explained = (from: number, to: number): Reading[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({ at: from + index, finding: null }))

/** The first line after this one for which it is true; the end where there is none. */
export function nextLine(lines: readonly string[], at: number, is: (line: string) => boolean): number {
  let index = at + 1
  while (index < lines.length && !is(lines[index] ?? '')) index += 1
  return index
}
