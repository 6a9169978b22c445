import type { ChangedFile } from '../task.ts'
import { piecesOf } from './pieces.ts'

/**
 * A change between `*** Begin Patch` and `*** End Patch`, as Codex describes the form. It works on whole lines that end
 * with a line feed; null where the change is about anything else.
 */
export function envelopeOf(
  files: readonly ChangedFile[],
  pathOf: (path: string) => string | null,
): string | null {
  const sections: string[] = []
  for (const file of files) {
    const path = pathOf(file.path)
    const section = path === null || path.includes('\n') ? null : sectionOf(file, path)
    if (section === null) return null
    sections.push(section)
  }
  return `*** Begin Patch\n${sections.join('')}*** End Patch`
}

function sectionOf({ before, after }: ChangedFile, path: string): string | null {
  if (before === null) return after === null ? null : added(after, path)
  if (after === null) return `*** Delete File: ${path}\n`
  if (!isPlain(before) || !isPlain(after)) return null
  const pieces = piecesOf(before, after)
  if (pieces === null) return null
  const hunks = pieces.map(({ lines }) => `@@\n${lines.map(({ mark, text }) => mark + text).join('')}`)
  return `*** Update File: ${path}\n${hunks.join('')}`
}

function added(after: string, path: string): string | null {
  if (!isPlain(after)) return null
  const lines = after.slice(0, -1).split('\n')
  return `*** Add File: ${path}\n${lines.map((line) => `+${line}\n`).join('')}`
}

/** Readers of this form take carriage returns away, and end every file with a line feed. */
const isPlain = (text: string): boolean => text.endsWith('\n') && !/[\r\uFEFF]/.test(text)
