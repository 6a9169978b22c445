import { rankFiles } from '../core/context.ts'
import { earlierParts } from '../core/earlier-change.ts'
import { inFence } from '../core/fence.ts'
import type { SourceFile, Task } from '../core/task.ts'
import { textPart, type PromptPart } from './fit-prompt.ts'
import type { Project } from './ports.ts'

/** The task after preprocessing: what every prompt of it begins with. */
export type Brief = {
  readonly request: string
  /** Paths of the base tree. */
  readonly paths: readonly string[]
  /** The conversation before the request, the change it goes on from, and the list of files: parts of every prompt. */
  readonly overview: readonly PromptPart[]
}

/** Longest part of an earlier conversation a prompt carries: its end, where the request comes from. */
const CONVERSATION_CHARACTERS = 6_000
const LISTED_PATHS = 400

/** Turns a task into the text that planner and coders read. Sound and pictures have become text before this. */
export async function preprocess(
  task: Task,
  project: Pick<Project, 'base' | 'files'> & Partial<Pick<Project, 'onTop'>>,
): Promise<Brief> {
  const paths = await project.files(project.base)
  const earlier = task.upon && project.onTop ? earlierParts(task.upon, project.onTop) : null
  const request = earlier ? `${task.request}\n\n${earlier.request}` : task.request
  const ranked = rankFiles(paths, request, task.filesOwned)
  const listed = ranked.slice(0, LISTED_PATHS).sort()
  const unlisted = paths.length - listed.length
  const files = [...listed, ...(unlisted > 0 ? [`… and ${unlisted} more`] : [])].join('\n')
  // it is told below, and shorter
  const told = task.upon ? task.conversation.replace(task.upon.diff.trimEnd(), () => '…') : task.conversation
  const conversation = told.slice(-CONVERSATION_CHARACTERS)
  const overview = [
    section('conversation', '# Conversation so far', conversation, 'end', 0.05),
    section('earlier change', '# The change before this one', earlier?.overview ?? '', 'start', 0.07),
    section('list of files', '# Files of the project', files, 'start', 0.08),
  ]
  return { request, paths, overview }
}

const section = (
  name: string,
  heading: string,
  text: string,
  keep: 'start' | 'end',
  share: number,
): PromptPart => ({ kind: 'text', into: 'overview', name, heading, text, keep, share })

/** The files a prompt carries whole, best first, as many as fit. */
export async function sourcesFor(
  focus: { request: string; owned: readonly string[] },
  tree: string,
  project: Pick<Project, 'files' | 'read'>,
  most: number,
): Promise<SourceFile[]> {
  const ranked = rankFiles(await project.files(tree), focus.request, focus.owned).slice(0, MOST_LOOKED_AT)
  // all at once: reads of one turn share one git process
  const contents = await Promise.all(ranked.map((path) => project.read(tree, path)))
  const sources: SourceFile[] = []
  let left = most
  for (const [index, path] of ranked.entries()) {
    const content = contents[index]
    if (sources.length >= MOST_SOURCES) break
    if (content === undefined || content.length > left) continue
    sources.push({ path, content })
    left -= content.length
  }
  return sources
}

const MOST_SOURCES = 60
/** Of a large repository not every file is read only to find that it does not fit. */
const MOST_LOOKED_AT = 120

/** Files as a part of a prompt, which shows them in the order of their paths: so a prefix stays the same for longer. */
export const sourcesPart = (sources: readonly SourceFile[], share: number, instead: string): PromptPart => ({
  kind: 'pieces',
  into: 'sources',
  name: 'files',
  share,
  instead,
  form: 'whole',
  pieces: sources.map((source) => ({ place: source.path, text: showSources([source]) })),
})

/** A test of the project, shown as an example. */
export const examplePart = (example: SourceFile | null, share: number): PromptPart =>
  textPart(
    'example',
    'example of a test',
    example ? showSources([example]) : '',
    'start',
    share,
    '(the project has no test yet)',
  )

/** Files as a prompt shows them. */
export const showSources = (sources: readonly SourceFile[]): string =>
  sources.map(({ path, content }) => inFence(path, content)).join('\n\n')
