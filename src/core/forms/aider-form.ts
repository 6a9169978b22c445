import type { Rendering } from './answer-part.ts'
import { writeBlocks } from './aider-blocks.ts'
import { writeHunks } from './aider-hunks.ts'
import { writeWhole } from './aider-whole.ts'
import { tellFiles } from './changed-files.ts'
import { isHarmless, quoted } from './fenced.ts'
import type { Fence, Form, FormName } from './form.ts'

export type AiderForm = Extract<FormName, `aider-${string}`>

/**
 * aider applies what looks like an edit wherever it stands in an answer. So only the change is written as one, and all
 * the rest is quoted.
 */
export function aiderForm(name: AiderForm, fence: Form['fence']): Rendering {
  const write = (path: string, before: string | null, after: string): string | null =>
    isPlainName(path) ? WRITERS[name](path, withLineFeeds(before), withLineFeeds(after)!, fence) : null
  return {
    words: (text) => [text.split('\n').every(isHarmless) ? text : quoted(text)],
    change: (diff, files) => tellFiles(diff, files, { write, show: quoted }),
    attempt: (diff) => [quoted(diff)],
    test: ({ content }) => [quoted(content)],
    log: (text) => [quoted(text)],
  }
}

/** Writes one file's change; null where this format cannot carry it to the letter. */
export type AiderWriter = (path: string, before: string | null, after: string, fence: Fence) => string | null

const WRITERS: Readonly<Record<AiderForm, AiderWriter>> = {
  'aider-whole': writeWhole,
  'aider-diff': writeBlocks,
  'aider-udiff': writeHunks,
}

/** It reads and writes files with its own line ends. */
const withLineFeeds = (text: string | null): string | null => text?.replaceAll('\r\n', '\n') ?? null

/** It takes signs of Markdown off a name. */
const isPlainName = (path: string): boolean =>
  path.length <= 250 && !/^[#*`\s]|[:*`\s]$|[\n\r]|^\.\.\.$/.test(path)
