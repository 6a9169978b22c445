import { basename, extname } from 'node:path'
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser'

/** Where a JSON text stops being one; null where it is one. Comments and a comma too many only where they may be. */
export function jsonMistake(
  text: string,
  { comments }: { comments: boolean },
): { line: number; message: string } | null {
  const errors: ParseError[] = []
  const bare = text.replace(/^\u{feff}/u, '')
  try {
    parse(bare, errors, { disallowComments: !comments, allowTrailingComma: comments })
  } catch (error) {
    // nested so deeply that reading it needs more stack than there is: a gate will say what is wrong with it
    if (error instanceof RangeError) return null
    throw error
  }
  const [first] = errors
  if (!first) return null
  const line = bare.slice(0, first.offset).split('\n').length
  return { line, message: printParseErrorCode(first.error) }
}

/** Files whose tools read them with comments. */
export function mayHaveComments(path: string): boolean {
  const name = basename(path)
  return (
    extname(path) === '.jsonc' || COMMENTED.test(name) || /(?:^|\/)\.(?:vscode|devcontainer)\//.test(path)
  )
}

const COMMENTED = /^(?:[tj]sconfig.*|\..*|turbo|biome|nx|deno|typedoc|api-extractor.*)\.json$/
