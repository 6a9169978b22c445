import type { Fence } from './form.ts'

/** aider's `whole`: the path on a line, and the new text between fences. It always ends a file with a line end. */
export function writeWhole(
  path: string,
  _before: string | null,
  after: string,
  { opens, closes }: Fence,
): string | null {
  const text = after === '' || after.endsWith('\n') ? after : `${after}\n`
  const isCut = text.split('\n').some((line) => line.startsWith(opens) || line.startsWith(closes))
  return isCut ? null : `${path}\n${opens}\n${text}${closes}`
}
