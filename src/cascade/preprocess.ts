import { rankFiles } from '../core/context.ts'
import { earlierParts } from '../core/earlier-change.ts'
import type { SourceFile, Task } from '../core/task.ts'
import type { Project } from './ports.ts'

/** The task after preprocessing: what every prompt of it begins with. */
export type Brief = {
  readonly request: string
  /** Paths of the base tree. */
  readonly paths: readonly string[]
  /** The request, the conversation before it and the list of files, as text. */
  readonly overview: string
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
    ...(conversation === '' ? [] : ['# Conversation so far', conversation]),
    ...(earlier ? ['# The change before this one', earlier.overview] : []),
    '# Files of the project',
    files,
  ].join('\n\n')
  return { request, paths, overview }
}

/** The files a prompt carries whole, best first, as many as fit; and how many of the ranked ones did not. */
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
  return sources.sort((one, other) => (one.path < other.path ? -1 : 1))
}

const MOST_SOURCES = 60
/** Of a large repository not every file is read only to find that it does not fit. */
const MOST_LOOKED_AT = 120

/** Files as a prompt shows them. The fence is longer than any in the file, so that a Markdown file cannot close it. */
export function showSources(sources: readonly SourceFile[]): string {
  return sources
    .map(({ path, content }) => {
      const longest = Math.max(2, ...(content.match(/`+/g) ?? []).map(({ length }) => length))
      const fence = '`'.repeat(longest + 1)
      return `${fence} ${path}\n${content}${content.endsWith('\n') ? '' : '\n'}${fence}`
    })
    .join('\n\n')
}
