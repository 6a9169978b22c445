import type { Language } from '../source-text.ts'
import { endsHere, isEffect } from './statements.ts'
import { blanked, type Source } from './source.ts'

/** A small fault in one line. */
export type Fault = {
  /** The smaller, the more it tells that nobody notices it. */
  readonly rank: number
  readonly was: string
  readonly became: string
  /** The line with the fault in it. */
  readonly line: string
}

type Rule = {
  readonly rank: number
  readonly languages: readonly Language[]
  /** All it matches must be code. */
  readonly pattern: RegExp
  readonly become: (found: string) => string
}

const ALL: readonly Language[] = ['javascript', 'python', 'go', 'rust']
const BRACED: readonly Language[] = ['javascript', 'go', 'rust']

const swap =
  (...pairs: readonly [string, string][]) =>
  (found: string): string => {
    const [from, to] = pairs.find((pair) => pair.includes(found))!
    return found === from ? to : from
  }
const BOUNDARIES = swap(['<', '<='], ['>', '>='])
const NEGATIONS = swap(['===', '!=='], ['==', '!='])

// operators stand between operands and blanks: generics, arrows, pointers and tags do not
const BETWEEN = (operators: string): RegExp =>
  new RegExp(String.raw`(?<=[\w)\]'"${'`'}?!] )(?:${operators})(?= [\w('"${'`'}[{!&*-])`, 'g')

const RULES: readonly Rule[] = [
  { rank: 1, languages: ALL, pattern: BETWEEN('===|!==|==|!='), become: NEGATIONS },
  {
    rank: 1,
    languages: ['python'],
    pattern: /\bis not\b|\bnot in\b/g,
    become: (found) => (found === 'is not' ? 'is' : 'in'),
  },
  { rank: 2, languages: ALL, pattern: BETWEEN('<=|>=|<|>'), become: BOUNDARIES },
  { rank: 3, languages: BRACED, pattern: BETWEEN(String.raw`&&|\|\|`), become: swap(['&&', '||']) },
  { rank: 3, languages: ['python'], pattern: /(?<=\S )(?:and|or)(?= \S)/g, become: swap(['and', 'or']) },
  { rank: 5, languages: ALL, pattern: BETWEEN(String.raw`[+\-*\/]`), become: swap(['+', '-'], ['*', '/']) },
  { rank: 5, languages: ALL, pattern: BETWEEN(String.raw`\+=|-=`), become: swap(['+=', '-=']) },
  {
    rank: 6,
    languages: BRACED,
    pattern: /(?<![\w.$])(?:true|false)(?![\w$:])/g,
    become: swap(['true', 'false']),
  },
  { rank: 6, languages: ['python'], pattern: /\b(?:True|False)\b/g, become: swap(['True', 'False']) },
  { rank: 3, languages: BRACED, pattern: /(?<=(?:^|[\s(&|=]))!(?=[\w(])/g, become: () => '' },
  { rank: 3, languages: ['python'], pattern: /(?<!\bis )\bnot (?!in\b)/g, become: () => '' },
  // long numbers are times and sizes, in which one more makes no difference
  {
    rank: 9,
    languages: ALL,
    pattern: /(?<![\w.$#'-])\d{1,3}(?![\w.'])/g,
    become: (found) => String(Number(found) + 1),
  },
]

/** The faults that a line has room for, the most telling first. */
export function faultsAt(source: Source, at: number): Fault[] {
  const { lines, language } = source
  const { text, marks, code } = lines[at]!
  const small = RULES.filter(({ languages }) => languages.includes(language)).flatMap(
    ({ rank, pattern, become }) =>
      [...text.matchAll(pattern)].flatMap(({ 0: was, index }): Fault[] => {
        if (/[^c]/.test(marks.slice(index, index + was.length))) return []
        // a loop that never ends is noticed by anything, after a while
        if (/^[+-]=$/.test(was) && /^for\b/.test(code)) return []
        const became = become(was)
        const line = text.slice(0, index) + became + text.slice(index + was.length)
        return [{ rank, was, became, line }]
      }),
  )
  const isCompared = small.some(({ rank }) => rank <= 3)
  const whole = [isCompared ? null : negated(source, at), otherReturn(source, at), removed(source, at)]
  return [...small, ...whole.filter((fault) => fault !== null)].sort((one, other) => one.rank - other.rank)
}

const CONDITIONS: Readonly<Record<Language, { pattern: RegExp; not: (condition: string) => string }>> = {
  javascript: {
    pattern: /^(.*?\b(?:if|while) \()(.+)(\) (?:\{|return\b|throw\b|continue\b|break\b).*)$/,
    not: (it) => `!(${it})`,
  },
  python: { pattern: /^(\s*(?:if|elif|while) )(.+)(:)\s*$/, not: (it) => `not (${it})` },
  go: { pattern: /^(.*?\bif )([^;]+)( \{)$/, not: (it) => `!(${it})` },
  rust: { pattern: /^(.*?\b(?:if|while) (?!let\b))(.+)( \{)$/, not: (it) => `!(${it})` },
}

/** A condition without a comparison, turned around. */
function negated({ lines, language }: Source, at: number): Fault | null {
  const { text, marks } = lines[at]!
  const { pattern, not } = CONDITIONS[language]
  const [, before, condition, after] = pattern.exec(text) ?? []
  if (before === undefined || condition === undefined || after === undefined) return null
  const isCode = marks[before.length - 1] === 'c' && marks[before.length + condition.length] === 'c'
  if (!isCode) return null
  return { rank: 1, was: condition, became: not(condition), line: `${before}${not(condition)}${after}` }
}

/** Replaced by a constant, these would change nothing or are another fault's business. */
const PLAIN = /^(?:undefined|null|None|nil|true|false|True|False|Default::default\(\)|-?\d+)$/

/** Another value is returned; where its type must be known, the one there is. */
function otherReturn(source: Source, at: number): Fault | null {
  const { lines, language, path } = source
  const { text, marks } = lines[at]!
  const comment = marks.indexOf('N')
  const end = comment < 0 ? text.length : comment
  for (const { index, 0: word } of text.matchAll(RETURNS[language])) {
    if (marks[index] !== 'c' || index > end) continue
    const start = index + word.length
    const value = text.slice(start, end).replace(/[\s;,]+$/, '')
    const code = blanked(value, marks.slice(start))
    if (PLAIN.test(value) || !endsHere(source, at, code)) continue
    const became = ELSE[language](value, /\.[cm]?tsx?$/.test(path))
    if (became === null) continue
    const line = text.slice(0, start) + became + text.slice(start + value.length)
    return { rank: 4, was: value, became, line }
  }
  return null
}

const RETURNS: Readonly<Record<Language, RegExp>> = {
  javascript: /(?<![\w$.])return |=> (?!\{)/g,
  python: /\breturn /g,
  go: /\breturn /g,
  rust: /\breturn /g,
}

const ELSE: Readonly<Record<Language, (value: string, isTyped: boolean) => string | null>> = {
  // nothing is of every type
  javascript: (_, isTyped) => (isTyped ? 'undefined as never' : 'undefined'),
  python: () => 'None',
  rust: () => 'Default::default()',
  go: (value) => (/(?:^|, )err$/.test(value) ? value.replace(/err$/, 'nil') : null),
}

/** A statement that only has an effect, left out. */
function removed(source: Source, at: number): Fault | null {
  const { text, indent, code } = source.lines[at]!
  // without it the name would not be there at all
  if (source.language === 'python' && /^\w+\s*=/.test(code)) return null
  if (!isEffect(source, at)) return null
  const instead = { javascript: ';', python: 'pass', go: '', rust: '' }[source.language]
  return { rank: 8, was: text.trim(), became: '', line: text.slice(0, indent) + instead }
}
