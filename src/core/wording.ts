import type { Place } from './task.ts'

/** The label of a place; a plan's first part goes without saying. */
export function who({ subtask, seat }: Place): string {
  if (subtask === 'union') return 'all parts together'
  if (subtask === 'revision') return `revision ${seat}`
  return `coder ${seat}${partOf(subtask)}`
}

/** Which part of a plan; the first goes without saying. */
export const partOf = (subtask: string): string => (subtask === '1' ? '' : ` on part ${subtask}`)

const LONGEST_LINE = 300
/** A text on one line, and not long. */
export const oneLine = (text: string): string => clip(text.replaceAll(/\s+/g, ' ').trim(), LONGEST_LINE)
/** At most so many characters. */
export const clip = (text: string, most: number): string => {
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}

/** `1 file`, `2,000 files`. */
export const count = (amount: number, noun: string): string =>
  `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`
/** Milliseconds as people read them. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`
/** With a full stop, unless it ends already. */
export const sentenceEnd = (text: string): string =>
  /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`
