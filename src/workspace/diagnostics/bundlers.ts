import { FRAME } from './linters.ts'
import { type Caught, explained, finding, type Reader } from './reader.ts'

/**
 * Next: `./app/page.tsx:3:9` alone on a line and the message below it; or, when a page throws while it is rendered, the
 * page's address, the error, and where in the code it was.
 */
export const next: Reader = (lines) =>
  lines.flatMap((text, at) => {
    const below = lines.slice(at + 1, at + 12)
    const message = below[0]?.trim()
    const [, file, line] = /^(?:\.\/)?(\S+\.\w+):(\d+):\d+$/.exec(text) ?? []
    if (file !== undefined && message) return [{ at, finding: finding({ file, line, message }) }]
    const [, page] = /^Error occurred prerendering page "([^"]+)"/.exec(text) ?? []
    if (page === undefined) return []
    const place = below.map((frame) => /^\s+at .*\(([^():]+):(\d+):\d+\)$/.exec(frame)).find(isOwn)
    const [, origin, position] = place ?? []
    return [{ at, finding: finding({ file: origin, line: position, code: `prerendering ${page}`, message }) }]
  })

const isOwn = (match: RegExpExecArray | null): boolean =>
  match !== null && !/node_modules|\(node:/.test(match[0])

/** Vite, with rolldown, rollup or esbuild below it: all that follows `error during build:`. */
export const vite: Reader = (lines) => {
  const start = lines.indexOf('error during build:')
  if (start === -1) return []
  const said = lines.slice(start)
  return said.flatMap((text, index) => {
    const found = VITE.map((read) => read(text, said[index + 1] ?? '')).find((caught) => caught !== null)
    // what else stands there, the stack of the bundler and pieces of source, is about the same
    return found
      ? [{ at: start + index, finding: finding(found) }]
      : explained(start + index, start + index + 1)
  })
}

const VITE: readonly ((text: string, below: string) => Caught | null)[] = [
  // `[MISSING_EXPORT] "a" is not exported by …`, and the place in the frame below
  (text, below) => {
    const [, code, message] = /^\[([\w:-]+)\] (.+)$/.exec(text) ?? []
    const [, file, line] = FRAME.exec(below) ?? []
    return code === undefined || file === undefined ? null : { file, line, code, message }
  },
  (text) => {
    const [, message, file] =
      /^(?:Error: )?(?:\[vite\]: )?(.*(?:resolve import|resolve) "[^"]+" from "([^"]+)")\.?$/.exec(text) ?? []
    return message === undefined ? null : { file, message }
  },
  (text) => {
    const [, file, line, message] = /^(\S+) \((\d+):\d+\): (.+)$/.exec(text) ?? []
    return message === undefined ? null : { file, line, message }
  },
  (text) => {
    const [, file, line, message] = /^(?:\[[\w:-]+\] )?([^\s:]+):(\d+):\d+: ERROR: (.+)$/.exec(text) ?? []
    return message === undefined ? null : { file, line, message }
  },
]
