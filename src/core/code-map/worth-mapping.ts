import { mayBeRead } from '../secret-files.ts'
import { isReadable } from '../context.ts'
import { checkShape } from '../paths.ts'

/** A larger file was not written by hand, or is too much for a map, in bytes. */
export const LARGEST_FILE = 512 * 1024

/**
 * May this path stand in a map? Not where it holds secrets, is made by a program or is no text, nor where its own name could be
 * read as something else than a name.
 */
export const isWorthMapping = (path: string): boolean =>
  checkShape(path).ok && isReadable(path) && mayBeRead(path)

/** Was this text written by a program? It says so in its first lines, or its lines are too long for anybody. */
export function isGenerated(text: string): boolean {
  if (SAYS_SO.test(text.slice(0, LOOKED_AT))) return true
  if (text.length < SMALL) return false
  const lines = text.split('\n').length
  return text.length / lines > LONG_LINES
}

const LOOKED_AT = 1_000
const SMALL = 5_000
/** Characters in an average line of minified code. */
const LONG_LINES = 400

// Go's own sentence: https://go.dev/s/generatedcode
const SAYS_SO =
  /@generated\b|\bcode generated\b.{0,200}\bdo not edit\b|\bauto-?generated\b.{0,80}\bdo not (?:edit|modify)\b/i
