import { z } from 'zod'
import { estimateTokens } from '../tokens.ts'
import type { RankedDefinition, RankedFile } from './rank.ts'

/** The part of a code base that matters for a request, the most telling file first. */
export const CodeMap = z.object({
  /** Each as a prompt shows it: a fence with its path, and in it what it declares on which lines. */
  files: z.array(z.object({ path: z.string(), text: z.string() })),
  tokens: z.int(),
})
export type CodeMap = z.infer<typeof CodeMap>

/**
 * The best of what was ranked in at most so many tokens. Declarations come in by what each is worth, so that one large file
 * does not take all the room.
 */
export function renderMap(ranked: readonly RankedFile[], tokens: number): CodeMap {
  const chosen = new Map<string, RankedDefinition[]>()
  let left = tokens
  for (const { path, definition } of byWorth(ranked)) {
    const known = chosen.get(path) ?? []
    if (known.length >= MOST_OF_ONE) continue
    const cost = estimateTokens(
      (known.length === 0 ? shown(path, []).length : 0) + lineOf(definition).length + 1,
    )
    if (cost > left) break
    left -= cost
    chosen.set(path, [...known, definition])
  }
  const files = Array.from(chosen, ([path, definitions]) => ({ path, text: shown(path, definitions) }))
  return { files, tokens: tokens - left }
}

/** Declarations shown of one file. */
const MOST_OF_ONE = 25

type Choice = { readonly path: string; readonly definition: RankedDefinition }

const byWorth = (ranked: readonly RankedFile[]): Choice[] =>
  ranked
    .flatMap(({ path, definitions }) => definitions.map((definition) => ({ path, definition })))
    .sort((one, other) => other.definition.score - one.definition.score || compare(one.path, other.path))

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** In a fence with its path, as every file is shown, so that whoever may not see the file is not shown this either. */
function shown(path: string, definitions: readonly RankedDefinition[]): string {
  const lines = definitions.toSorted((one, other) => one.line - other.line).map(lineOf)
  return [`\`\`\` ${path}`, ...lines, '```'].join('\n')
}

/** No line begins as a fence does. */
const lineOf = ({ line, signature }: RankedDefinition): string => `${line}| ${signature}`
