import { styleText } from 'node:util'
import type { Entry } from '../core/event.ts'
import { narrate } from '../core/narrate.ts'

/** Writes a line for people who watch; stdout is left to the result. */
export const say = (line = ''): void => {
  process.stderr.write(`${line}\n`)
}

/** One event as a line with the seconds since its story began; null where there is nothing to tell. */
export function progressLine(entry: Entry, startedAt: number): string | null {
  const line = narrate(entry)
  return line === null ? null : timed(line, entry.at - startedAt)
}

/** A line, and when it was. */
export const timed = (line: string, ms: number): string =>
  `${faint(`${(ms / 1000).toFixed(1).padStart(6)} s`)}  ${line}`

/** A unified diff in the usual colours, where there are colours. */
export const coloured = (diff: string, stream: NodeJS.WriteStream): string =>
  diff
    .split('\n')
    .map((line) => {
      const style = styleOf(line)
      return style ? styleText(style, line, { stream }) : line
    })
    .join('\n')

function styleOf(line: string): 'bold' | 'cyan' | 'green' | 'red' | null {
  if (/^(?:diff |index |--- |\+\+\+ )/.test(line)) return 'bold'
  if (line.startsWith('@@')) return 'cyan'
  if (line.startsWith('+')) return 'green'
  return line.startsWith('-') ? 'red' : null
}

const faint = (text: string): string => styleText('dim', text, { stream: process.stderr })
export const strong = (text: string): string => styleText('bold', text, { stream: process.stderr })
