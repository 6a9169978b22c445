import { z } from 'zod'
import type { Codebase } from '../../cascade/ports.ts'
import { SwarmError } from '../../core/errors.ts'
import { holdsKey } from '../../core/secret-files.ts'
import { whyHidden, whyNoPath } from '../../core/tools/readable.ts'
import { note } from '../../core/tools/bounded.ts'
import { refused, type ToolAnswer, type ToolCard } from '../../core/tools/tool-card.ts'
import type { PlacedLook } from '../../workspace/look.ts'
import type { WorkspaceService } from '../../workspace/workspaces.ts'
import type { ToolReader } from './tool-reader.ts'

/** What the tools stand on. */
export type Ground = {
  readonly workspaces: Pick<WorkspaceService, 'names' | 'has' | 'look' | 'open' | 'confinement'>
  readonly codebase: Pick<Codebase, 'map'>
  readonly reader: ToolReader
  readonly withheld: Withheld
}

/** What is private, for whoever may hand it on to a model anywhere. */
export type Withheld = {
  /** Of the files whose content is not shown, as in .gitignore. */
  readonly patterns: readonly string[]
  isPrivate(path: string): boolean
  /** Such files of which a line stands in a text. */
  filesIn(text: string): Promise<readonly string[]>
}

/** A workspace that was asked about, and its files as they are now. */
export type Place = Ground & { readonly name: string; look(): Promise<PlacedLook> }

/** A tool with the reading of its input inside. */
export type Tool = ToolCard & {
  run(input: unknown, ground: Ground, signal: AbortSignal): Promise<ToolAnswer>
}

/** What every tool takes. */
export const WORKSPACE = {
  workspace: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .describe('name of the workspace; default: the first one served'),
}

/** The path of a file, as every tool takes it. */
export const Path = z
  .string()
  .max(1_000)
  .transform((path) => path.replace(/^(?:\.\/)+/, ''))

type Asked = { readonly workspace?: string | undefined }

/** A tool, from what it is called and takes, and what it does with that. */
export function tool<Input extends Asked>(
  card: Omit<ToolCard, 'input'> & { readonly input: z.ZodObject & z.ZodType<Input> },
  run: (input: Input, place: Place, signal: AbortSignal) => Promise<ToolAnswer>,
): Tool {
  return {
    ...card,
    async run(given, ground, signal) {
      const read = card.input.safeParse(given)
      if (!read.success) throw badArguments(card.name, read.error)
      const name = await workspaceOf(read.data, ground)
      const place = { ...ground, name, look: () => ground.workspaces.look(name, signal) }
      return run(read.data, place, signal)
    },
  }
}

function badArguments(name: string, { issues }: z.ZodError): SwarmError {
  const [issue] = issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys : []
  const param = [...(issue?.path ?? []), ...unknown.slice(0, 1)].join('.')
  const said = `${name}: ${param === '' ? '' : `${param}: `}${issue?.message ?? 'bad arguments'}`
  return new SwarmError('bad-request', said.slice(0, 500), { param: param.slice(0, 100) || 'arguments' })
}

async function workspaceOf({ workspace }: Asked, { workspaces }: Ground): Promise<string> {
  const names = workspaces.names()
  const name = workspace ?? names[0]
  const bad = (why: string): SwarmError => new SwarmError('bad-request', why, { param: 'workspace' })
  if (name === undefined) throw bad('no workspace is served by name here: say which, in "workspace"')
  if (await workspaces.has(name)) return name
  throw bad(`no workspace ${JSON.stringify(name)} here; served: ${names.join(', ') || 'none by name'}`)
}

/** Throws 'bad-request' for what leads elsewhere, or nowhere on some system. */
export function requirePath(path: string, param = 'path'): void {
  const why = whyNoPath(path)
  if (why !== null) throw new SwarmError('bad-request', why, { param })
}

/** Why who asks is not shown this file; null where he may be. */
export function refusalOf(path: string, { withheld }: Place): ToolAnswer | null {
  const hidden = withheld.isPrivate(path) ? `${path} is not shown: it is private` : whyHidden(path)
  return hidden === null ? null : refused(hidden)
}

/** That something was left out because it is private, and how much. */
export const keptBack = (count: number, what: 'file' | 'passage'): string | null =>
  count === 0
    ? null
    : note(count === 1 ? `1 private ${what} is not shown` : `${count} private ${what}s are not shown`)

/** The answer, unless something in it is a line of a private file. */
export async function unlessPrivate(answer: ToolAnswer, { withheld }: Place): Promise<ToolAnswer> {
  const files = await withheld.filesIn(answer.text)
  if (files.length === 0) return answer
  const names = `${files.slice(0, 5).join(', ')}${files.length > 5 ? ', …' : ''}`
  return refused(`not shown: lines of private files stand in it (${names})`)
}

/** A file that may be shown: its text and the look it comes from; else why not. */
export async function fileOf(
  path: string,
  place: Place,
): Promise<{ readonly text: string } | { readonly no: ToolAnswer }> {
  requirePath(path)
  const no = refusalOf(path, place)
  if (no !== null) return { no }
  const look = await place.look()
  if (!look.paths.includes(path)) {
    return {
      no: refused(
        `there is no file ${path} in ${place.name}; ignored files are not shown${alike(path, look.paths)}`,
      ),
    }
  }
  const text = await look.read(path)
  if (text === undefined) return { no: refused(`${path} is not shown: it is a link, no text, or too large`) }
  if (holdsKey(text)) return { no: refused(`${path} is not shown: it holds a private key`) }
  return { text }
}

/** The same name elsewhere is most likely what was meant. */
function alike(path: string, paths: readonly string[]): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const found = paths.filter((other) => other === name || other.endsWith(`/${name}`)).slice(0, 3)
  return found.length === 0 ? '' : `. There is: ${found.join(', ')}`
}
