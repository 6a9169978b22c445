import { rankFiles } from '../../core/context.ts'
import type { Objection, Patch, Place, Subtask } from '../../core/task.ts'
import type { Seat } from './code.ts'
import { contextParts } from './coder-context.ts'
import { contextReady } from '../context-ready.ts'
import { fitPrompt, textPart, type Draft, type PromptPart } from '../fit-prompt.ts'
import type { Prompt, Stage } from '../ports.ts'
import { showSources, sourcesFor, sourcesPart } from '../preprocess.ts'
import type { Setting } from '../setting.ts'
import { withDocuments } from '../spec-kit-parts.ts'

/**
 * What differs between seats besides temperature and seed. It comes last in the prompt: servers keep the state of an
 * identical prefix, so five coders cost little more prefill than one.
 */
const LEANINGS = [
  'Prefer the smallest change that fully does what is asked.',
  'Think of the edge cases first: empty input, limits, wrong types.',
  'Follow the style and the patterns of the surrounding code closely.',
  'Prefer clarity: straightforward control flow over cleverness.',
  'Look for the root cause before you change anything.',
]

const leaningOf = (index: number): string => LEANINGS[index % LEANINGS.length]!

/** The seats of one contest: one prompt prefix, temperatures spread evenly over the range. */
export async function* seatsOf(
  count: number,
  subtask: Subtask,
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Stage<Seat[]> {
  const { limits } = setting.ports
  const prompt = yield* coderPrompt(subtask, base, { subtask: subtask.id, seat: 1 }, setting, signal)
  const [coolest, warmest] = limits.temperatures
  return Array.from({ length: count }, (_, index) => ({
    place: { subtask: subtask.id, seat: index + 1 },
    temperature:
      count === 1 ? coolest : Number((coolest + ((warmest - coolest) * index) / (count - 1)).toFixed(3)),
    prompt: prompt.of(leaningOf(index)),
    again: prompt.of(leaningOf(index + 1)),
    filesOwned: subtask.filesOwned,
    seenInPart: prompt.seenInPart,
    base,
  }))
}

/** The one seat that revises a winner after the reviewer objected: its patch goes on top of the winner's tree. */
export async function* revisionSeat(
  loop: number,
  current: Patch,
  objections: readonly Objection[],
  setting: Setting,
  signal: AbortSignal,
): Stage<Seat> {
  const { limits } = setting.ports
  const claims = objections.map(
    ({ kind, file, claim, check }) =>
      `- ${kind}${file === null ? '' : ` in ${file}`}: ${claim}${check ? `\nThis test shows it, and has to pass:\n${showSources([check])}` : ''}`,
  )
  const subtask = {
    id: 'revision',
    description: `The change asked for has been made already; the files below show it. A reviewer objects:\n${claims.join('\n')}\nMend exactly that, with the smallest change.`,
    filesOwned: setting.task.filesOwned.length > 0 ? setting.task.filesOwned : current.files,
    dependsOn: [],
  }
  const place = { subtask: 'revision', seat: loop }
  const prompt = yield* coderPrompt(subtask, current.tree, place, setting, signal)
  return {
    place,
    temperature: limits.temperatures[0],
    prompt: prompt.of(leaningOf(0)),
    again: prompt.of(leaningOf(1)),
    filesOwned: subtask.filesOwned,
    seenInPart: prompt.seenInPart,
    base: current.tree,
  }
}

async function* coderPrompt(
  subtask: Subtask,
  base: string,
  place: Place,
  setting: Setting,
  signal: AbortSignal,
): Stage<CoderPrompt> {
  const { ports, tier } = setting
  const asker = { role: 'coder', place, tier } as const
  const fitted = yield* fitPrompt(await coderDraft(subtask, base, setting, signal), asker, ports, signal)
  yield contextReady(asker, fitted, ports)
  const seenInPart = fitted.shown.filter(({ form }) => form === 'part').map(({ path }) => path)
  return { of: (leaning) => fitted({ leaning }), seenInPart: new Set(seenInPart) }
}

type CoderPrompt = {
  readonly of: (leaning: string) => Prompt
  readonly seenInPart: ReadonlySet<string>
}

/**
 * Everything that coders of one part are told alike: with the whole project where it fits, else with what their part is
 * about.
 */
async function coderDraft(
  subtask: Subtask,
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Promise<Draft> {
  const focused = async (): Promise<Draft> => {
    const draft = draftWith(await contextParts(subtask, base, setting, signal), subtask, setting)
    return withDocuments(draft, subtask.description, setting, signal)
  }
  const whole = await wholeDraft(subtask, base, setting)
  return whole ? { ...whole, otherwise: focused } : focused()
}

/** The same with every file of the project; null where that is more than a prompt may carry. */
export async function wholeDraft(subtask: Subtask, base: string, setting: Setting): Promise<Draft | null> {
  const { ports, project, brief } = setting
  const focus = { request: `${brief.request}\n${subtask.description}`, owned: subtask.filesOwned }
  const sources = await sourcesFor(focus, base, project, ports.limits.contextCharacters)
  const readable = rankFiles(await project.files(base), focus.request, [])
  if (sources.length < readable.length) return null
  return draftWith([sourcesPart(sources, 0.33, '(the project has no files yet)')], subtask, setting)
}

/** The longest leaning stands for all of them. */
function draftWith(
  sources: readonly PromptPart[],
  { description, filesOwned }: Subtask,
  { brief, memory }: Setting,
): Draft {
  const owned = filesOwned.join('\n')
  return {
    name: 'code',
    fixed: { leaning: LEANINGS.toSorted((one, other) => other.length - one.length)[0]! },
    parts: [
      textPart('request', 'request', brief.request, 'both', 0.2),
      textPart('subtask', 'description of the part', description, 'both', 0.12),
      textPart('owned', 'list of owned files', owned, 'start', 0.03, '(any that the change needs)'),
      ...sources,
      textPart('memory', 'lessons of earlier attempts', memory, 'end', 0.12, '(none)'),
      ...brief.overview,
    ],
  }
}
