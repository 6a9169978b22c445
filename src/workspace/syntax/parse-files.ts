import { readFileSync, writeSync } from 'node:fs'
import { parseSync, type OxcError } from 'oxc-parser'
import type { SourceFile } from '../../core/task.ts'

// A program of its own, see syntax.ts: files come in by stdin, and for each that does not parse a line goes out at once,
// because the next file may be the end of this process.
const files: readonly SourceFile[] = JSON.parse(readFileSync(0, 'utf8'))
for (const file of files) {
  const error = firstError(file)
  if (error) writeSync(1, `${JSON.stringify({ path: file.path, ...describe(error, file.content) })}\n`)
}

function firstError({ path, content }: SourceFile): OxcError | undefined {
  return parseSync(path, content, { lang: languageOf(path), sourceType: sourceTypeOf(path) }).errors[0]
}

/** React is written in .js files too. */
function languageOf(path: string): 'dts' | 'ts' | 'tsx' | 'jsx' {
  if (/\.d\.[cm]?ts$/.test(path)) return 'dts'
  if (path.endsWith('.tsx')) return 'tsx'
  return path.endsWith('ts') ? 'ts' : 'jsx'
}

/** Only a CommonJS file may return outside of a function. */
function sourceTypeOf(path: string): 'module' | 'commonjs' | 'unambiguous' {
  if (/\.c[jt]s$/.test(path)) return 'commonjs'
  return /\.m[jt]s$/.test(path) ? 'module' : 'unambiguous'
}

function describe(
  { message, labels, helpMessage }: OxcError,
  text: string,
): { line: number; message: string } {
  const at = labels[0]?.start ?? 0
  const line = text.slice(0, at).split('\n').length
  const said = helpMessage === null ? message : `${message} (${helpMessage})`
  return { line, message: said.slice(0, 500) }
}
