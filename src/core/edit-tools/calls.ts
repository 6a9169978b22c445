import type { ChangedFile } from '../task.ts'
import { toolOf, type EditKit, type EditTool, type ReadTool } from './edit-tool.ts'
import { envelopeOf } from './envelope.ts'
import { piecesOf, replacementOf } from './pieces.ts'

/** One call of a client's tool. */
export type EditCall = {
  readonly name: string
  /** JSON. */
  readonly arguments: string
  /** The files it changes, as the workspace names them. */
  readonly paths: readonly string[]
  /** It only reads, because the tool that changes the file wants that. */
  readonly isReading: boolean
}

/** Where the client works. */
export type EditPlace = {
  /** Its folder, from the root of the disk on; null where it did not say. */
  readonly folder: string | null
  /** That folder below the workspace, such as `packages/app`; empty where it is the workspace itself. */
  readonly below: string
}

export type Change = { readonly files: readonly ChangedFile[]; readonly diff: string }

/** As many as an id has room for, and more than anybody wants to be asked about. */
const MOST_CALLS = 99

/** The calls that make this change, all of it; null where the tools cannot say all of it exactly. */
export function editCalls(change: Change, kit: EditKit, place: EditPlace): EditCall[] | null {
  if (change.files.length === 0 || holdsMoreThanText(change)) return null
  const calls = byFile(change.files, kit, place) ?? byPatch(change.files, kit, place)
  return calls !== null && calls.length > 0 && calls.length <= MOST_CALLS ? calls : null
}

/**
 * Calls by the turn they are made in. Clients may run the calls of one turn side by side, so no file is in two of them;
 * a client that wants one call at a time gets one.
 */
export function turnsOf(calls: readonly EditCall[], { sideBySide }: { sideBySide: boolean }): number[][] {
  const turns: number[][] = []
  for (const [index, { paths }] of calls.entries()) {
    const last = turns.at(-1)
    const taken = new Set(last?.flatMap((at) => calls[at]!.paths))
    if (last && sideBySide && !paths.some((path) => taken.has(path))) last.push(index)
    else turns.push([index])
  }
  return turns
}

/** Readings first, all at once; then each file's changes. */
function byFile(files: readonly ChangedFile[], kit: EditKit, place: EditPlace): EditCall[] | null {
  const made = files.map((file) => fileCalls(file, kit, place))
  if (!made.every((calls) => calls !== null)) return null
  const calls = made.flat()
  return [...calls.filter(({ isReading }) => isReading), ...calls.filter(({ isReading }) => !isReading)]
}

function fileCalls({ path, before, after }: ChangedFile, kit: EditKit, place: EditPlace): EditCall[] | null {
  const way = after === null ? null : wayFor(before, after, kit.tools)
  if (way === null) return null
  const where = pathFor(way.tool, path, place)
  if (where === null || way.given.some((given) => isTooLong(given, way.tool))) return null
  const calls = way.given.map((given) => callOf(way.tool, { [way.tool.path]: where, ...given }, [path]))
  const reading = before !== null && way.tool.wantsReading ? readingOf(path, kit.reads, place) : null
  return reading === null ? calls : [reading, ...calls]
}

const isTooLong = (given: object, { longest }: EditTool): boolean =>
  Object.values(given).some((value) => typeof value === 'string' && value.length > longest)

type FileTool = Exclude<EditTool, { kind: 'patch' }>

/** The tool that says this change with the fewest words, and the arguments of each of its calls. */
function wayFor(
  before: string | null,
  after: string,
  tools: readonly EditTool[],
): { tool: FileTool; given: object[] } | null {
  const changed = before === null ? null : piecesOf(before, after)?.map(replacementOf)
  const list = toolOf(tools, 'replace-all')
  if (changed && list) {
    const edits = changed.map(({ before, after }) => ({ [list.before]: before, [list.after]: after }))
    return { tool: list, given: [{ [list.edits]: edits }] }
  }
  const one = toolOf(tools, 'replace')
  if (changed && one) {
    const given = changed.map(({ before, after }) => ({ [one.before]: before, [one.after]: after }))
    return { tool: one, given }
  }
  const write = tools.find(
    (tool): tool is Extract<EditTool, { kind: 'write' }> =>
      tool.kind === 'write' && (before === null || tool.overwrites),
  )
  return write ? { tool: write, given: [{ [write.content]: after }] } : null
}

function readingOf(path: string, reads: ReadTool | null, place: EditPlace): EditCall | null {
  const where = reads && pathFor(reads, path, place)
  return reads && where !== null
    ? { ...callOf(reads, { [reads.path]: where }, [path]), isReading: true }
    : null
}

function byPatch(files: readonly ChangedFile[], { tools }: EditKit, place: EditPlace): EditCall[] | null {
  const tool = toolOf(tools, 'patch')
  const patch = tool ? envelopeOf(files, (path) => pathFor(tool, path, place)) : null
  if (!tool || patch === null) return null
  const paths = files.map(({ path }) => path)
  return [callOf(tool, { [tool.patch]: patch }, paths)]
}

const callOf = (
  { name, fixed }: Pick<EditTool, 'name' | 'fixed'>,
  given: object,
  paths: readonly string[],
): EditCall => ({ name, arguments: JSON.stringify({ ...fixed, ...given }), paths, isReading: false })

/** How the client calls a file; null for one outside of its folder, which it may not change unasked. */
function pathFor(
  { absolute }: Pick<EditTool, 'absolute'>,
  path: string,
  { folder, below }: EditPlace,
): string | null {
  if (below !== '' && !path.startsWith(`${below}/`)) return null
  const relative = below === '' ? path : path.slice(below.length + 1)
  if (!absolute) return relative
  return folder === null ? null : `${folder.replace(/\/+$/, '')}/${relative}`
}

/** Modes, links, files that are no text: no edit tool can say them. */
function holdsMoreThanText({ files, diff }: Change): boolean {
  if (files.some(({ before, after }) => before === null && after === null)) return true
  if (/^(?:old mode|new file mode (?!100644)|GIT binary patch|Binary files )/m.test(diff)) return true
  const removed = diff.match(/^deleted file mode/gm)?.length ?? 0
  const added = diff.match(/^new file mode/gm)?.length ?? 0
  // a text that became something else is no file that is gone
  return (
    removed !== files.filter(({ after }) => after === null).length ||
    added !== files.filter(({ before }) => before === null).length
  )
}
