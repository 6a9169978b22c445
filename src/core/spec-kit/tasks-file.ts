import { pathsIn } from './paths-in.ts'

/** One line of a tasks.md, and what stands below it. */
export type ListedTask = {
  /** `T012`; unique in its file. */
  readonly id: string
  readonly isDone: boolean
  /** May stand beside others of its kind. */
  readonly isParallel: boolean
  /** `US1`; null outside of a user story. */
  readonly story: string | null
  /** What is to be done, without its markers. */
  readonly text: string
  /** Paths that it names. */
  readonly files: readonly string[]
  /** From 0. */
  readonly line: number
}

export type Phase = {
  /** `3` of "Phase 3: User Story 1"; null where the heading has none. */
  readonly number: string | null
  readonly title: string
  readonly tasks: readonly ListedTask[]
}

const TASK = /^\s{0,8}[-*] \[([ xX])\] \**(T\d{1,6}[a-z]?)\b[*:.]*(.*)$/
const HEADING = /^##? +(.*)$/
const MARKER = /^\s*\[(P|US\d{1,4})\]/
const MOST_DETAIL = 600

/** The phases of a tasks.md that hold tasks, in order. Examples in fences and comments are none. */
export function readTasksFile(text: string): Phase[] {
  const phases: { number: string | null; title: string; tasks: ListedTask[] }[] = []
  const seen = new Map<string, number>()
  let current = phaseOf('Tasks')
  for (const { line, text: said, details } of spoken(text)) {
    const heading = HEADING.exec(said)?.[1]
    if (heading !== undefined) current = phaseOf(heading)
    const task = readTask(said, line, details)
    if (!task) continue
    const times = (seen.get(task.id) ?? 0) + 1
    seen.set(task.id, times)
    if (current.tasks.length === 0) phases.push(current)
    current.tasks.push(times === 1 ? task : { ...task, id: `${task.id}-${times}` })
  }
  return phases
}

/** The same file with the boxes of these tasks ticked. */
export function tick(text: string, tasks: readonly ListedTask[]): string {
  const lines = text.split('\n')
  for (const { line } of tasks) lines[line] = (lines[line] ?? '').replace('[ ]', '[X]')
  return lines.join('\n')
}

function phaseOf(heading: string) {
  const [, number = null, title = heading] =
    /^Phase (\d{1,4}(?:\.\d{1,4})?|N)\b[:. -]*(.*)$/i.exec(heading) ?? []
  return { number, title: title.trim() || heading.trim(), tasks: [] as ListedTask[] }
}

function readTask(said: string, line: number, details: readonly string[]): ListedTask | null {
  const [, box, id, rest = ''] = TASK.exec(said) ?? []
  if (id === undefined) return null
  const { markers, text } = withoutMarkers(rest)
  const whole = [text, ...details].join('\n').slice(0, MOST_DETAIL)
  return {
    id,
    isDone: box !== ' ',
    isParallel: markers.includes('P'),
    story: markers.find((marker) => marker.startsWith('US')) ?? null,
    text: whole,
    files: pathsIn(whole),
    line,
  }
}

function withoutMarkers(rest: string): { markers: string[]; text: string } {
  const markers: string[] = []
  let text = rest
  for (let found = MARKER.exec(text); found; found = MARKER.exec(text)) {
    markers.push(found[1]!)
    text = text.slice(found[0].length)
  }
  return { markers, text: text.trim() }
}

type Line = { readonly line: number; readonly text: string; readonly details: readonly string[] }

/** Lines that say something, each with the indented ones below it that are no tasks of their own. */
function spoken(text: string): Line[] {
  const said: { line: number; text: string; details: string[] }[] = []
  let isFenced = false
  let isComment = false
  for (const [line, raw] of text.split('\n').entries()) {
    const shown = raw.replace(/\r$/, '')
    const isFence = /^\s*(?:```|~~~)/.test(shown)
    if (isFence && !isComment) isFenced = !isFenced
    if (isFence || isFenced) continue
    if (!isComment && shown.includes('<!--')) isComment = true
    const wasComment = isComment
    if (isComment && shown.includes('-->')) isComment = false
    if (wasComment) continue
    const last = said.at(-1)
    const isDetail = last && TASK.test(last.text) && /^\s{2,}\S/.test(shown) && !TASK.test(shown)
    if (isDetail) last.details.push(shown.trim())
    else said.push({ line, text: shown, details: [] })
  }
  return said
}
