import { Buffer } from 'node:buffer'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { git } from './git.ts'

const FLAGS = [
  '-p',
  '--binary',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
]

/**
 * git's own diff between two trees. A file that git takes for text but that is not UTF-8 would not survive the way
 * through a string: it is given as git gives binary files.
 */
export async function diffText(
  gitDir: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<string> {
  const read = async (...settings: string[]): Promise<(string | null)[]> => {
    const command = [...settings, 'diff-tree', '-r', ...FLAGS, from, to]
    const bytes = await git(command, { gitDir, binary: true }, signal)
    return bytes.split(/^(?=diff --git )/m).map(decode)
  }
  const sections = await read()
  if (!sections.includes(null)) return sections.join('')
  const attributes = join(gitDir, 'all-binary')
  await writeFile(attributes, '* -diff\n')
  const binary = await read('-c', `core.attributesFile=${attributes}`)
  return sections.map((section, index) => section ?? binary[index]).join('')
}

/** From one character per byte; null when the bytes are not UTF-8. */
function decode(bytes: string): string | null {
  try {
    return STRICT.decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return null
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
