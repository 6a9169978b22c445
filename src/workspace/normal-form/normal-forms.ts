import { createHash } from 'node:crypto'
import { dirname, extname, join } from 'node:path'
import { z } from 'zod'
import { languageOf } from '../../core/source-text.ts'
import type { SourceFile } from '../../core/task.ts'
import { shell } from '../shell.ts'

/**
 * The hash of each file's normal form, by path. A file that cannot be read as its ending says, or that is too much for
 * its reader, stands for itself as text.
 */
export async function normalForms(
  files: readonly SourceFile[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const asText = files.map(({ path, content }) => [path, textForm(content)] as const)
  const readable = files.filter(({ path, content }) => content.length <= LONGEST && isReadable(path))
  return new Map([...asText, ...(await readApart(readable, signal))])
}

/** Characters. Longer files are made by programs, and take the memory and time of one to read. */
const LONGEST = 400_000
const TIMEOUT_MS = 10_000

const isReadable = (path: string): boolean => languageOf(path) !== null || /\.jsonc?$/.test(path)

/** The text without what no editor shows; line by line, because a pattern takes for ever on a hostile one. */
function textForm(content: string): string {
  const lines = content.trimEnd().split('\n')
  return createHash('sha256')
    .update(lines.map((line) => line.trimEnd()).join('\n'))
    .digest('hex')
}

/** All of a change in one process of its own: what a model wrote may end the process that parses it. */
async function readApart(files: readonly SourceFile[], signal: AbortSignal): Promise<[string, string][]> {
  if (files.length === 0) return []
  // published, both of us are JavaScript
  const reader = join(import.meta.dirname, `read-files${extname(import.meta.filename)}`)
  const input = JSON.stringify(files)
  const options = { cwd: dirname(reader), environment: {}, timeoutMs: TIMEOUT_MS, input }
  const { stdout } = await shell([process.execPath, reader], options, signal)
  signal.throwIfAborted()
  return stdout
    .split('\n')
    .slice(0, -1) // what comes after the last line end was cut off
    .map((line) => Line.parse(JSON.parse(line)))
}

const Line = z.tuple([z.string(), z.string()])
