import { parseSync, type OxcError } from 'oxc-parser'
import type { SourceFile } from '../../core/task.ts'

/** The first place at which a file cannot be read; lines count from 1. */
export type Mistake = { readonly path: string; readonly line: number; readonly message: string }

/** Where a script does not parse; null where it does. Code nested deeply enough ends the process that asks. */
export function firstMistake(file: SourceFile): Mistake | null {
  const error = firstError(file)
  return error ? { path: file.path, ...describe(error, file.content) } : null
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
