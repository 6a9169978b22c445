import { onOneLine } from '../one-line.ts'
import type { RankedFile } from './rank.ts'
import { partsOf } from './request-words.ts'
import { LONGEST_SIGNATURE } from './symbols.ts'

/** A line that a search came upon. */
export type Hit = { readonly path: string; readonly line: number; readonly text: string }

/** What ripgrep (`path NUL line:text`) or git grep (`path NUL line NUL text`) prints, one line each. */
export function readHits(output: string): Hit[] {
  return output.split('\n').flatMap((one) => {
    const [, path = '', line = '', text = ''] = HIT.exec(one) ?? []
    return path === '' ? [] : [{ path: path.replace(/^\.\//, ''), line: Number(line), text }]
  })
}

const HIT = /^([^\0]+)\0(\d{1,9})[:\0](.*)$/

/** The files of these hits, the one first whose lines bear the rarest words. */
export function rankHits(hits: readonly Hit[], words: readonly string[]): RankedFile[] {
  const low = words.map((word) => word.toLowerCase())
  const seen = hits.map((hit) => ({ hit, bears: bornBy(hit, low) }))
  const counts = new Map<string, number>()
  for (const { bears } of seen) for (const word of bears) counts.set(word, (counts.get(word) ?? 0) + 1)
  const files = new Map<string, RankedFile['definitions'][number][]>()
  for (const { hit, bears } of seen) {
    const score = bears.reduce((sum, word) => sum + 1 / counts.get(word)!, 0)
    const { path, line, text } = hit
    const signature = headOf(onOneLine(text, LONGEST_SIGNATURE))
    files.set(path, [
      ...(files.get(path) ?? []),
      { name: '', kind: 'type', line, end: line, signature, score },
    ])
  }
  return Array.from(files, ([path, definitions]) => {
    return { path, definitions, score: Math.max(...definitions.map(({ score }) => score)) }
  })
}

/** The line up to a body; a value may be a secret, and is left out unless it is a function. */
function headOf(line: string): string {
  const isFunction = line.includes('=>') || line.includes('function')
  const head = isFunction ? line : line.slice(0, line.indexOf(' =') === -1 ? undefined : line.indexOf(' ='))
  return head.replace(/ ?(?:[{:]|=>|=)$/, '')
}

function bornBy({ path, text }: Hit, words: readonly string[]): string[] {
  const line = text.toLowerCase()
  const inPath = new Set(partsOf(path))
  return words.filter((word) => line.includes(word) || inPath.has(word))
}
