import type { Objection, Patch, Subtask } from '../../core/task.ts'
import type { Seat } from './code.ts'
import { showSources, sourcesFor } from '../preprocess.ts'
import type { Setting } from '../setting.ts'

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
export async function seatsOf(
  count: number,
  subtask: Subtask,
  base: string,
  setting: Setting,
): Promise<Seat[]> {
  const { limits } = setting.ports
  const prompt = await coderPrompt(subtask, base, setting)
  const [coolest, warmest] = limits.temperatures
  return Array.from({ length: count }, (_, index) => ({
    place: { subtask: subtask.id, seat: index + 1 },
    temperature:
      count === 1 ? coolest : Number((coolest + ((warmest - coolest) * index) / (count - 1)).toFixed(3)),
    prompt: prompt(leaningOf(index)),
    again: prompt(leaningOf(index + 1)),
    filesOwned: subtask.filesOwned,
    base,
  }))
}

/** The one seat that revises a winner after the reviewer objected: its patch goes on top of the winner's tree. */
export async function revisionSeat(
  loop: number,
  current: Patch,
  objections: readonly Objection[],
  setting: Setting,
): Promise<Seat> {
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
  const prompt = await coderPrompt(subtask, current.tree, setting)
  return {
    place: { subtask: 'revision', seat: loop },
    temperature: limits.temperatures[0],
    prompt: prompt(leaningOf(0)),
    again: prompt(leaningOf(1)),
    filesOwned: subtask.filesOwned,
    base: current.tree,
  }
}

async function coderPrompt(subtask: Subtask, base: string, setting: Setting) {
  const { ports, project, brief, memory } = setting
  const focus = { request: `${brief.request}\n${subtask.description}`, owned: subtask.filesOwned }
  const sources = await sourcesFor(focus, base, project, ports.limits.contextCharacters)
  const values = {
    request: brief.request,
    overview: brief.overview,
    sources: showSources(sources) || '(the project has no files yet)',
    subtask: subtask.description,
    owned: subtask.filesOwned.join('\n') || '(any that the change needs)',
    memory: memory || '(none)',
  }
  return (leaning: string) => ports.prompts.render('code', { ...values, leaning })
}
