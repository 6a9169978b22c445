import type { ListedTask, Phase } from './tasks-file.ts'

/** Which tasks the caller's words name ("T012-T015", "phase 3", "US1", "only setup"); null where they name none. */
export function chosenBy(words: string, phases: readonly Phase[]): ReadonlySet<ListedTask> | null {
  const spans = spansIn(words, TASKS)
  const numbers = spansIn(words, PHASES)
  const stories = spansIn(words, STORIES)
  const titled = ONLY.test(words) ? phases.filter(({ title }) => isNamed(title, words)) : []
  if ([spans, numbers, stories, titled].every(({ length }) => length === 0)) return null
  const isChosen = (phase: Phase, { id, story }: ListedTask): boolean =>
    isWithin(id.slice(1), spans) ||
    isWithin(phase.number, numbers) ||
    isWithin(story?.slice(2) ?? null, stories) ||
    titled.includes(phase)
  return new Set(phases.flatMap((phase) => phase.tasks.filter((task) => isChosen(phase, task))))
}

type Span = { readonly from: number; readonly to: number }

const BETWEEN = String.raw`\s?(?:-|–|—|\.\.|to|through|until)\s?`
const TASKS = new RegExp(String.raw`\bT(\d{1,6})(?:${BETWEEN}T?(\d{1,6}))?\b`, 'gi')
const PHASES = new RegExp(String.raw`\bphases?\s(\d{1,4})(?:${BETWEEN}(\d{1,4}))?\b`, 'gi')
const STORIES = new RegExp(
  String.raw`\b(?:US|user (?:story|stories)\s)(\d{1,4})(?:${BETWEEN}(?:US)?(\d{1,4}))?\b`,
  'gi',
)
const ONLY = /\b(?:only|just|phase)\b/i

const spansIn = (words: string, pattern: RegExp): Span[] =>
  [...words.matchAll(pattern)].map(([, from = '', to = from]) => ({ from: Number(from), to: Number(to) }))

const isWithin = (number: string | null, spans: readonly Span[]): boolean => {
  const value = Number.parseInt(number ?? '', 10)
  return spans.some(({ from, to }) => value >= from && value <= to)
}

/** "only setup" means the phase whose title begins so. */
function isNamed(title: string, words: string): boolean {
  const [first = ''] = title.toLowerCase().match(/[a-z]{4,}/) ?? []
  const said: readonly string[] = words.toLowerCase().match(/[a-z]{4,}/g) ?? []
  return first !== '' && first !== 'user' && said.includes(first)
}
