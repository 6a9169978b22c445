import type { Hunk } from './edits.ts'
import { KEYS } from './likeness.ts'
import type { Likeness } from './likeness.ts'
import type { Budget } from './match.ts'

/** A file to be searched; keys of its lines are made once per likeness. */
export type Target = {
  readonly lines: readonly string[]
  readonly budget: Budget
  keys(likeness: Likeness): readonly string[]
  /** Positions of the lines whose key is not empty. */
  filled(likeness: Likeness): readonly number[]
  /** Does a line like this stand anywhere in the file? */
  has(line: string): boolean
}

/** Where a hunk belongs. */
export type Place = {
  /** The hunk as it is applied: the model's, cleared of what was found to be a slip. */
  readonly hunk: Hunk
  /** For each line of the hunk its position in the file; -1 for added lines and for lines the file does not have. */
  readonly at: readonly number[]
  /** For each added line the position of the file in front of which it goes; -1 for all others. */
  readonly gap: readonly number[]
  /** How far from exact, in words; null when nothing had to be guessed. */
  readonly note: string | null
  /** The hunk was found only after its HTML entities had been undone. */
  readonly unescaped: boolean
}

export function openTarget(lines: readonly string[], budget: Budget): Target {
  const keys = new Map<Likeness, readonly string[]>()
  const filled = new Map<Likeness, readonly number[]>()
  let trimmed: ReadonlySet<string> | undefined
  const target: Target = {
    lines,
    budget,
    keys: (likeness) => remember(keys, likeness, () => lines.map(KEYS[likeness])),
    filled: (likeness) =>
      remember(filled, likeness, () =>
        target.keys(likeness).flatMap((key, index) => (key === '' ? [] : [index])),
      ),
    has(line) {
      trimmed ??= new Set(target.keys('trimmed'))
      return trimmed.has(line.trim())
    },
  }
  return target
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const before = known.get(key)
  if (before !== undefined) return before
  const value = make()
  known.set(key, value)
  return value
}

const mapped = (place: Place): number[] => place.at.filter((position) => position >= 0)

/** First and last line of the file that a place holds on to. */
export const firstOf = (place: Place): number => mapped(place)[0] ?? 0
export const lastOf = (place: Place): number => mapped(place).at(-1) ?? 0
