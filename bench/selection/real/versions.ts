import { filesOf, projectOf, testsOf, type Files, type SmallTask, type Version } from '../small-task.ts'
import type { PlantedTest } from '../planted.ts'
import type { Reply } from '../judges.ts'
import type { Tape, Written } from '../tape.ts'

/** The version of a task that the tape wants. The gates are real, so what they are to catch is another version. */
function versionOf(task: SmallTask, { fault, planted }: Written, tape: Tape): Version {
  const { kind, form, wording } = planted
  const [plain, reworded, ...others] = task.right
  if (kind === 'right') return form === 0 ? (wording % 2 === 0 ? plain : reworded) : (others[0] ?? plain)
  if (fault === 'mistyped') return task.mistyped
  return tape.isCaught(form) ? task.caught : task.logic[form % task.logic.length]!
}

const VISIBLE = 'test/visible.test.ts'

/** A coder's reply in whole files, so that it does not matter what they held before. */
export function replyOf(task: SmallTask, written: Written, tape: Tape): Reply {
  const files = filesOf(task, versionOf(task, written, tape))
  const text = wholeFiles(files)
  switch (written.fault) {
    case null:
    case 'logic':
    case 'mistyped':
      return { text, cut: false }
    case 'malformed': {
      const nowhere = `${task.path}\n<<<<<<< SEARCH\nno such line\n=======\nanother\n>>>>>>> REPLACE\n`
      return { text: nowhere, cut: false }
    }
    case 'wrong-file':
      return { text: wholeFiles({ 'lib/another.ts': Object.values(files).join('\n') }), cut: false }
    case 'prose':
      return { text: 'I would begin by looking at how the function treats its edge cases.', cut: false }
    case 'truncated':
      return { text: text.slice(0, -20), cut: true }
    case 'tampered': {
      const content = testsOf(task, { 'is fine': 'equal(1, 1)' })
      return { text: `${text}\n${wholeFiles({ [VISIBLE]: content })}`, cut: false }
    }
    default:
      return written.fault satisfies never
  }
}

export const wholeFiles = (files: Files): string =>
  Object.entries(files)
    .map(([path, content]) => `${path}\n\`\`\`\n${content}\`\`\`\n`)
    .join('\n')

/** Every file that some right version writes. */
export const ownedBy = (task: SmallTask): string[] => [
  ...new Set([task.base, ...task.right].flatMap((version) => Object.keys(filesOf(task, version)))),
]

/**
 * A test as a model would write it. A sound one is the first of the hidden tests: what that one settles can be known from
 * the request, and the others stay hidden.
 */
export function plantedTestText(task: SmallTask, kind: PlantedTest['kind']): string {
  const first = (tests: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(tests).slice(0, 1))
  switch (kind) {
    case 'sound':
    case 'shows':
      return testsOf(task, first(task.hidden))
    case 'blind':
      return testsOf(task, first(task.visible))
    case 'broken':
      return testsOf(task, first(task.visible)).replace(`../${task.path}`, '../src/nowhere.ts')
    case 'misread':
    case 'demanding':
      return testsOf(task, { 'asks for more': `equal(typeof ${task.exports.split(',')[0]!}, 'string')` })
    default:
      return kind satisfies never
  }
}

type Known = { readonly isRight: boolean; readonly form: number; readonly lines: ReadonlySet<string> }
export type Recogniser = (added: readonly string[]) => Known | null

/** Tells by the lines that a diff adds which version it shows; null where it shows none. */
export function createRecogniser(task: SmallTask): Recogniser {
  const base = new Set(linesIn(projectOf(task)))
  const known = [
    ...task.right.map((version) => ({ version, isRight: true })),
    ...[...task.logic, task.caught, task.mistyped].map((version) => ({ version, isRight: false })),
  ].map(({ version, isRight }, form): Known => {
    const lines = linesIn(filesOf(task, version)).filter((line) => !base.has(line))
    return { isRight, form, lines: new Set(lines) }
  })
  return (added) => {
    const shown = added.map((line) => line.trim()).filter((line) => line !== '' && !base.has(line))
    const fits = known.filter(({ lines }) => shown.every((line) => lines.has(line)))
    // of those that hold all that is shown, the one that holds the least beside it
    return fits.sort((one, other) => one.lines.size - other.lines.size)[0] ?? null
  }
}

const linesIn = (files: Files): string[] =>
  Object.values(files).flatMap((text) => text.split('\n').map((line) => line.trim()))
