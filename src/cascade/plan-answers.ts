import type { FileView, Piece } from '../core/budget-context.ts'
import { isWorthMapping } from '../core/code-map/worth-mapping.ts'
import { describePlaces } from '../core/plan-questions.ts'
import { sayOther, type Wants } from '../core/plan-wants.ts'
import { lookupPieces } from '../core/research/lookups.ts'
import type { TierName } from '../core/task.ts'
import type { PromptPart } from './fit-prompt.ts'
import { filesWanted } from './plan-files.ts'
import { askTools } from './plan-tools.ts'
import { placesInBase } from './plan-names.ts'
import type { Setting } from './setting.ts'

type Ground = Pick<Setting, 'task' | 'brief' | 'project' | 'ports'>

/** What a planner is shown because it wanted to see it. */
export type Findings = {
  readonly files: readonly FileView[]
  readonly places: readonly Piece[]
  readonly texts: readonly Piece[]
  /** What there is nothing to show of, and why. */
  readonly missing: readonly string[]
  /** The same for the story. */
  readonly seen: Record<'files' | 'names' | 'searches', readonly string[]>
}

export const NOTHING_FOUND: Findings = {
  files: [],
  places: [],
  texts: [],
  missing: [],
  seen: { files: [], names: [], searches: [] },
}

/** Looks up what a planner wants to see, side by side and only reading; files take so many characters together. */
export async function answerWants(
  wants: Wants,
  most: number,
  tier: TierName,
  ground: Ground,
  signal: AbortSignal,
): Promise<Findings> {
  const readable = new Set(ground.brief.paths.filter(isWorthMapping))
  const [files, places, answers] = await Promise.all([
    filesWanted(wants, readable, most, ground, signal),
    placesInBase(wants.names, readable, ground, signal),
    askTools(wants.others, tier, ground, signal),
  ])
  const unknown = places.filter(({ definitions, uses }) => definitions.length + uses.length === 0)
  return {
    files: files.views,
    places: describePlaces(places).map(({ path, text }) => ({ place: path, text })),
    texts: lookupPieces(answers, most / 2),
    missing: [...wants.wrong, ...files.missing, ...unknown.map(({ name }) => `Nothing is known of ${name}.`)],
    seen: {
      files: [...new Set(files.views.map(({ place }) => place))],
      names: places.filter((place) => !unknown.includes(place)).map(({ name }) => name),
      searches: wants.others.map(sayOther),
    },
  }
}

/** What was found in one round, and in the next. */
export const bothFindings = (one: Findings, other: Findings): Findings => ({
  files: [...one.files, ...other.files],
  places: [...one.places, ...other.places],
  texts: [...one.texts, ...other.texts],
  missing: [...one.missing, ...other.missing],
  seen: other.seen,
})

/** What was found as parts of a prompt, with a word on what is expected now. */
export function findingsParts(found: Findings, next: 'plan' | 'look-or-plan'): PromptPart[] {
  const { files, places, texts, missing } = found
  const names: PromptPart = {
    kind: 'pieces',
    into: 'overview',
    name: 'names asked for',
    heading: '# Where the names you asked for are defined and used',
    form: 'signatures',
    share: 0.05,
    pieces: places,
  }
  const others: PromptPart = {
    kind: 'pieces',
    into: 'overview',
    name: 'answers of tools',
    heading: '# What else you asked for',
    share: 0.1,
    pieces: texts,
  }
  return [
    { kind: 'files', into: 'overview', name: 'files asked for', heading: HEADING, share: 0.15, files },
    names,
    ...(texts.length === 0 ? [] : [others]),
    {
      kind: 'text',
      into: 'overview',
      name: 'what is not there',
      heading: NEXT[next],
      text: missing.join('\n') || 'All that you asked for is above.',
      keep: 'start',
      share: 0.02,
    },
  ]
}

const HEADING = '# The files you asked for'
const NEXT = {
  plan: '# You have asked; answer with the plan now',
  'look-or-plan':
    '# You have asked; call again only for what the plan cannot do without, else answer with the plan',
} as const
