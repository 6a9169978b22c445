import type { Diagnostic } from '../../core/task.ts'
import { lineReader } from './reader.ts'

/** What compilers of many languages write: `file:line:column: error: message`. */
export const generic = lineReader(
  /^\.?\/?([\w@][^\s:()]*\.\w+):(\d+)(?::\d+)?:(?!\s*(?:(?:\d+:\s*)?(?:warning|note): |\d+(?: - error .*)?$))\s*(?:(?:fatal )?error(?:\[(\w+)\])?:?\s+)?(.+)$/,
  ([, file, line, code, message]) => ({ file, line, code, message }),
)

/** For output nobody knows: the last lines that say something. */
export const lastLines = (lines: readonly string[]): Diagnostic[] =>
  lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:>|npm (?:error|ERR!|warn)|at |\^+$)/.test(line))
    .slice(-5)
    .map((message) => ({ file: null, line: null, code: null, message }))
