import { onOneLine } from '../one-line.ts'
import { count } from '../wording.ts'
import type { Unfinished } from './checklists.ts'
import type { Command } from './command.ts'
import { MOST_SUBTASKS, type KeptTask, type TasksPlan } from './tasks-plan.ts'
import type { ListedTask } from './tasks-file.ts'

/** What is told below a delivered run of tasks: what was ticked, what is left, and what to type next. */
export function sayProgress({ taken, kept, rest }: TasksPlan, folder: string, { prefix }: Command): string {
  const ticked = `Ticked in ${folder}/tasks.md: ${idsOf(taken)}.`
  const left =
    rest.length === 0
      ? kept.length === 0
        ? 'No open task is left.'
        : ''
      : `${count(rest.length, 'task')} left (${idsOf(rest)}): apply this change, then go on with \`${prefix}implement\`.`
  return [ticked, left, sayKept(kept)].filter((sentence) => sentence !== '').join(' ')
}

/** What may help where all tasks of a run stand and fall together. */
export const sayFewer = ({ taken }: TasksPlan, { prefix }: Command): string =>
  taken.length < 2
    ? ''
    : `; fewer tasks at once may get further, such as \`${prefix}implement ${taken[0]!.id}\``

/** Tasks that only the user can do. */
export function sayKept(kept: readonly KeptTask[]): string {
  const locked = kept.filter(({ why }) => why === 'protected')
  const errands = kept.filter(({ why }) => why === 'errand')
  const told = [
    listed('Yours to do, because the files named are protected here: ', locked, ({ files }) =>
      files.join(', '),
    ),
    listed('Yours to do: ', errands, ({ text }) => inShort(text)),
  ].filter((sentence) => sentence !== '')
  return told.length === 0 ? '' : `${told.join('. ')}; tick them when they are done.`
}

function listed(opening: string, tasks: readonly KeptTask[], about: (task: KeptTask) => string): string {
  if (tasks.length === 0) return ''
  const told = tasks.slice(0, MOST_SUBTASKS).map((task) => `${task.id} (${about(task)})`)
  const more = tasks.length - told.length
  return `${opening}${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const inShort = (text: string): string => onOneLine(text.split('\n')[0] ?? '', 80)

/** Which checklists hold a run of tasks back, and how to go on all the same. */
export const sayUnfinished = (lists: readonly Unfinished[], { prefix, words }: Command): string =>
  `Nothing was started, because checklists of this feature are unfinished: ${lists
    .map(({ path, open, all }) => `${path} (${open} of ${all} open)`)
    .join(
      ', ',
    )}. Finish them, or type \`${prefix}implement ${[...(words === '' ? [] : [words]), 'proceed'].join(' ')}\` to go on all the same.`

/** The first and the last of a run, and all of them where they are few. */
function idsOf(tasks: readonly ListedTask[]): string {
  const ids = tasks.map(({ id }) => id)
  return ids.length <= MOST_SUBTASKS ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} … ${ids.at(-1)}`
}
