import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSymbols } from '../../src/codebase/read-symbols.ts'
import type { Definition } from '../../src/core/code-map/symbols.ts'
import { isWorthMapping } from '../../src/core/code-map/worth-mapping.ts'
import { isExistingTest } from '../../src/core/protected.ts'
import { HERE, type KnownChange, type KnownChanges } from './known-changes.ts'

/** Functions of one package that are asked for, spread over all that would do. */
const MOST_ASKED = 15
const LEAST_WORDS = 6
const FEWEST_LINES = 4
const MOST_LINES = 60

/**
 * Code that is not ours: of an installed package, functions known only by what the comment above them says of them. The
 * comments are blanked first, so that only the code itself can be found by them.
 */
export async function documented(folder: string, source: string): Promise<KnownChanges> {
  await cp(join(HERE, 'node_modules', source), folder, { recursive: true })
  const all = await readdir(folder, { recursive: true })
  const paths = all.filter((path) => CODE.test(path) && isWorthMapping(path) && !isExistingTest(path))
  const found: Asked[] = []
  for (const path of paths.toSorted()) {
    const text = await readFile(join(folder, path), 'utf8')
    const { definitions } = await readSymbols(path, text)
    const lines = text.split('\n')
    found.push(...definitions.flatMap((definition) => askedIn(path, definition, lines) ?? []))
  }
  const step = Math.max(1, found.length / MOST_ASKED)
  const chosen = found.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step))
  for (const { path, comment } of chosen) await blank(join(folder, path), comment)
  return { folder, changes: chosen }
}

const CODE = /(?<!\.d)\.[cm]?[jt]s$/

type Asked = KnownChange & { readonly path: string; readonly comment: readonly [from: number, to: number] }

function askedIn(
  path: string,
  { name, kind, line, end }: Definition,
  lines: readonly string[],
): Asked | null {
  if (kind !== 'function' && kind !== 'method') return null
  if (end - line + 1 < FEWEST_LINES || end - line + 1 > MOST_LINES) return null
  const to = line - 2
  if (!lines[to]?.trim().endsWith('*/')) return null
  const from = lines.findLastIndex((one, at) => at <= to && one.includes('/*'))
  const request = firstSentence(lines.slice(from, to + 1))
  // a comment that says the name would give it away
  if (request.split(/\s+/).length < LEAST_WORDS || request.toLowerCase().includes(name.toLowerCase()))
    return null
  const inside = Array.from({ length: end - line + 1 }, (_, at) => line + at)
  return { name: `${path}:${line}`, path, request, lines: new Map([[path, inside]]), comment: [from, to] }
}

/** What it says before its first tag. */
const firstSentence = (comment: readonly string[]): string =>
  comment
    .map((line) => line.replaceAll(/^\s*\/?\*+\/?|\*\/\s*$/g, '').trim())
    .join(' ')
    .split(/\s@\w/)[0]!
    .split(/(?<=\.)\s/)[0]!
    .trim()

/** Lines keep their numbers. */
async function blank(place: string, [from, to]: readonly [number, number]): Promise<void> {
  const lines = (await readFile(place, 'utf8')).split('\n')
  await writeFile(place, lines.map((line, at) => (at >= from && at <= to ? '' : line)).join('\n'))
}
