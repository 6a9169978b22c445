import type { FileView } from '../core/budget-context.ts'
import { wantedIn } from '../core/excerpt/wanted.ts'
import { inFence } from '../core/fence.ts'
import { meantAmong } from '../core/meant-path.ts'
import { onOneLine } from '../core/one-line.ts'
import type { WantedFile, Wants } from '../core/plan-wants.ts'
import { cutTo } from '../core/research/lookups.ts'
import { holdsKey } from '../core/secret-files.ts'
import type { SourceFile } from '../core/task.ts'
import { showLines } from '../core/tools/show-lines.ts'
import { readGround, viewFiles } from './file-views.ts'
import { readFiles } from './read-files.ts'
import type { Setting } from './setting.ts'

type Ground = Pick<Setting, 'brief' | 'project' | 'ports'>

type Files = { readonly views: readonly FileView[]; readonly missing: readonly string[] }

/** The files that a planner wants to see, as the task's base has them, in so many characters together. */
export async function filesWanted(
  { files, names }: Wants,
  readable: ReadonlySet<string>,
  most: number,
  { brief, project, ports }: Ground,
  signal: AbortSignal,
): Promise<Files> {
  const meant = meantAmong(readable)
  const there = files.filter(({ path }) => readable.has(path))
  const paths = [...new Set(there.map(({ path }) => path))]
  const contents = await readFiles(project, paths)
  const open = there.filter(({ path }) => contents.has(path) && !holdsKey(contents.get(path)!))
  const each = most / Math.max(1, open.length)
  const whole = new Set(open.filter(isWhole).map(({ path }) => path))
  const ground = await readGround([...whole], project.base, { project, ports }, signal)
  const wanted = wantedIn(brief.request, ground.mapped, names)
  const ranges = open
    .filter(({ path }) => !whole.has(path))
    .map((file) => viewLines(file, { path: file.path, content: contents.get(file.path)! }, each))
  return {
    views: [
      ...viewFiles(ground.meant, ground.mapped, () => wanted, each * whole.size),
      ...ranges.filter((range) => typeof range !== 'string'),
    ],
    missing: [
      ...files.filter(({ path }) => !readable.has(path)).map(({ path }) => noFile(path, meant(path))),
      ...there.filter((file) => !open.includes(file)).map(({ path }) => noFile(path, null)),
      ...ranges.filter((range) => typeof range === 'string'),
    ],
  }
}

const noFile = (path: string, other: string | null): string =>
  `There is no file ${onOneLine(path, LONGEST_PATH).replaceAll('`', "'")} to be shown.${other === null ? '' : ` There is ${other}.`}`

const LONGEST_PATH = 300

const isWhole = ({ start, end }: WantedFile): boolean => start === undefined && end === undefined

/** Some lines of a file, with their numbers; else why there are none. */
function viewLines(range: WantedFile, { path, content }: SourceFile, most: number): FileView | string {
  const { text, isError } = showLines(path, content, range)
  if (isError) return text
  const part = (characters: number): string =>
    characters < SMALLEST ? '' : inFence(path, cutTo(text, characters - path.length - AROUND))
  return { place: path, text: part(Math.max(SMALLEST, most)), form: 'part', weight: 1, part }
}

/** Fewer characters of a file tell nothing. */
const SMALLEST = 200
/** Characters for the fence and the note of a cut. */
const AROUND = 100
