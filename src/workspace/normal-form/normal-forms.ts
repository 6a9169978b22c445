import { createHash } from 'node:crypto'
import { z } from 'zod'
import { languageOf } from '../../core/source-text.ts'
import type { SourceFile } from '../../core/task.ts'
import { askCodeReader } from '../code-reader/code-reader.ts'

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

const isReadable = (path: string): boolean => languageOf(path) !== null || /\.jsonc?$/.test(path)

/** The text without what no editor shows; line by line, because a pattern takes for ever on a hostile one. */
function textForm(content: string): string {
  const lines = content.trimEnd().split('\n')
  return createHash('sha256')
    .update(lines.map((line) => line.trimEnd()).join('\n'))
    .digest('hex')
}

/** In a process of its own: what a model wrote may end the process that parses it. */
async function readApart(files: readonly SourceFile[], signal: AbortSignal): Promise<[string, string][]> {
  const found = await askCodeReader({ about: 'forms', files: [...files] }, signal)
  return z.array(Found).parse(found)
}

const Found = z.tuple([z.string(), z.string()])
