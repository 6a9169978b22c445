import { languageOf, markSource, type Language } from './source-text.ts'
import { readChanges, type FileDiff, type Side } from './red-flags/changes.ts'
import { DETECTIONS } from './red-flags/detection.ts'
import { DISGUISES } from './red-flags/disguises.ts'
import { DODGES } from './red-flags/dodges.ts'
import { EXITS } from './red-flags/exits.ts'
import { TAMPERINGS } from './red-flags/judge.ts'
import { looserAssertion } from './red-flags/looser.ts'
import { OUTSIDE_CALLS } from './red-flags/network.ts'
import type { Rule } from './red-flags/rule.ts'
import { SUPPRESSIONS } from './red-flags/suppressions.ts'

export type RedFlag = { code: string; reason: string }
type Context = { readonly request: string; readonly isTest: (path: string) => boolean }

const RULES: readonly Rule[] = [
  ...TAMPERINGS,
  ...EXITS,
  ...DISGUISES,
  ...DETECTIONS,
  ...DODGES,
  ...SUPPRESSIONS,
  ...OUTSIDE_CALLS,
]

/** Nobody reads further, and patterns take longer the longer a line is. */
const LONGEST_LINE = 2_000

/**
 * What a change adds that buys a green gate instead of earning it; null where there is no such thing. A change that
 * only moves it, or that the request itself asks for, is not flagged.
 */
export function redFlagOf(patch: { readonly diff: string }, context: Context): RedFlag | null {
  const files = readChanges(patch.diff)
  const removed = new Set(files.flatMap(({ hunks }) => hunks.flatMap(({ before }) => changedLines(before))))
  for (const file of files) {
    const language = languageOf(file.path)
    const found = language && flagIn(file, language, removed, context)
    if (found) return found
  }
  return null
}

function flagIn(
  file: FileDiff,
  language: Language,
  removed: ReadonlySet<string>,
  { request, isTest }: Context,
): RedFlag | null {
  const kind = isTest(file.path) ? 'tests' : 'sources'
  const added = file.hunks.flatMap(({ after }) => changedLines(after)).join('\n')
  const looser = kind === 'tests' ? looserIn(file, language) : null
  if (looser !== null) return flag('weaker_assertion', file.path, 'is content with more than before', looser)
  const tooLong = added.split('\n').find((line) => line.length > LONGEST_LINE)
  if (tooLong !== undefined)
    return flag('hidden_code', file.path, 'holds a line too long to be read', tooLong)
  const before = file.hunks.map((hunk) => readSide(hunk.before, language))
  const after = file.hunks.map((hunk) => readSide(hunk.after, language))
  for (const rule of RULES) {
    const isAbout = rule.languages.includes(language) && (rule.files === 'any' || rule.files === kind)
    if (!isAbout || rule.except?.test(file.path) || rule.excuse?.test(request)) continue
    if (rule.beside?.some((pattern) => !pattern.test(added))) continue
    if (after.some(({ text }) => rule.unless?.test(text))) continue
    const had = before.reduce((count, side) => count + matches(rule, side).length, 0)
    const fresh = after.flatMap((side) => matches(rule, side)).filter((line) => !removed.has(line))
    const first = fresh[0]
    if (first !== undefined && fresh.length > had) {
      return flag(rule.code, file.path, rule.does, first)
    }
  }
  return null
}

const flag = (code: string, path: string, does: string, line: string): RedFlag => ({
  code,
  reason: `${path} ${does}: ${line.slice(0, 120)}`,
})

const looserIn = ({ hunks }: FileDiff, language: Language): string | null =>
  looserAssertion(
    hunks.flatMap(({ before }) => changedLines(before)),
    hunks.flatMap(({ after }) => changedLines(after)),
    language,
  )

type Reading = { readonly text: string; readonly marks: string; readonly side: Side }

function readSide(side: Side, language: Language): Reading {
  const text = side.lines.map((line) => line.slice(0, LONGEST_LINE)).join('\n')
  return { text, marks: markSource(text, language), side }
}

/** Lines in which the rule's pattern begins, of matches that hold a changed line. */
function matches(rule: Rule, { text, marks, side }: Reading): string[] {
  return [...text.matchAll(rule.pattern)].flatMap((match) => {
    if (!isWithin(rule, marks[match.index])) return []
    const first = lineAt(text, match.index)
    const last = lineAt(text, match.index + match[0].length)
    return side.changed.slice(first, last + 1).includes(true) ? [side.lines[first]!.trim()] : []
  })
}

function isWithin({ within }: Rule, mark: string | undefined): boolean {
  if (within === 'comment') return mark === 'N'
  return within === 'code' ? mark === 'c' : mark?.toLowerCase() === 's'
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length - 1

const changedLines = ({ lines, changed }: Side): string[] =>
  lines.filter((_, index) => changed[index]).map((line) => line.trim())
