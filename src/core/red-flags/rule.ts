import type { Language } from '../source-text.ts'

/** Something a change may add that buys a green gate instead of earning it. */
export type Rule = {
  /** For the story. */
  readonly code: string
  /** What it does, for the reason: “it …”. */
  readonly does: string
  readonly languages: readonly Language[]
  /** Test files, all others, or any. */
  readonly files: 'tests' | 'sources' | 'any'
  /** What the match must begin in: code, the very start of a comment, or anywhere in a string. */
  readonly within: 'code' | 'comment' | 'string'
  readonly pattern: RegExp
  /** All of these must be in what the change adds to the file, too. */
  readonly beside?: readonly RegExp[]
  /** Where this stands in or around what the change adds, it means something harmless. */
  readonly unless?: RegExp
  /** Not where the path says that this is what the file is for. */
  readonly except?: RegExp
  /** The request itself may speak of it. */
  readonly excuse?: RegExp
}

/** What shows or measures the project may well use what the tests use. */
export const TOOLS = /(?:^|\/)(?:bench(?:marks?)?|demos?|examples?|scripts|tools)[/.]/i

/** Rules that have all but their pattern in common. */
export const rules = (
  common: Omit<Rule, 'pattern'>,
  patterns: readonly (RegExp | (Pick<Rule, 'pattern'> & Partial<Rule>))[],
): Rule[] => patterns.map((each) => ({ ...common, ...(each instanceof RegExp ? { pattern: each } : each) }))
