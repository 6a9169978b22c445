import { isExistingTest } from '../protected.ts'
import type { ListedTask } from './tasks-file.ts'

/** Tasks that one coder does at once, in the order of the file. */
export type Together = readonly ListedTask[]

/** More than this nobody keeps in mind. */
const MOST_TOGETHER = 8

/**
 * A task that names no file of its own to write is done with the next that does: alone, nothing may be left of it to
 * change. At the end of a phase it goes with the one before it, and only out of a phase without any it goes into a later
 * one. What finds none stands for itself. The groups stand in the phase of the task that they gather around.
 */
export function putTogether(
  phases: readonly (readonly ListedTask[])[],
  namesWork: (task: ListedTask) => boolean,
): Together[][] {
  const groups = new Map<ListedTask, ListedTask[]>()
  const join = (host: ListedTask, task: ListedTask): void => {
    const group = groups.get(host)
    if (group) group.push(task)
    else groups.set(host, [task])
  }
  let later: ListedTask | undefined
  for (const phase of phases.toReversed()) {
    const hosts = hostsOf(phase.filter(namesWork))
    let next = 0
    for (const task of phase) {
      while (hosts[next] && hosts[next]!.line < task.line) next += 1
      join(namesWork(task) ? task : (hosts[next] ?? hosts.at(-1) ?? later ?? task), task)
    }
    later = hosts[0] ?? later
  }
  return phases.map((phase) => phase.flatMap((task) => inParts(groups.get(task) ?? [])))
}

/** A test is no place for other work where there is any other. */
function hostsOf(works: readonly ListedTask[]): readonly ListedTask[] {
  const others = works.filter((task) => !isTest(task))
  return others.length > 0 ? others : works
}

/** Does it write tests and nothing else? */
export const isTest = ({ files }: ListedTask): boolean => files.length > 0 && files.every(isExistingTest)

function inParts(group: Together): Together[] {
  const sorted = group.toSorted((one, other) => one.line - other.line)
  return Array.from({ length: Math.ceil(sorted.length / MOST_TOGETHER) }, (_, part) =>
    sorted.slice(part * MOST_TOGETHER, (part + 1) * MOST_TOGETHER),
  )
}
