import type { Hunk } from './edits.ts'
import { KEYS } from './likeness.ts'
import type { Likeness } from './likeness.ts'

/** How much searching one patch may cost; guards against texts built to make it slow. */
export type Budget = { left: number }

/** Searches a whole reply may take, in characters read; on the largest file some hundred. */
export const fullBudget = (): Budget => ({ left: 100_000_000 })

/** A file to be searched; keys of its lines are made once per likeness. */
export type Target = {
  readonly lines: readonly string[]
  readonly budget: Budget
  /** What it costs to look through the file once. */
  readonly cost: number
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
    cost: costOf(lines),
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

/** A line weighs as much as some characters, since each is compared with at least one other. */
const costOf = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + 8 + line.length / 4, 100)

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
