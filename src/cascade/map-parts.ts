import { estimateTokens } from '../core/tokens.ts'
import type { PromptPart } from './fit-prompt.ts'
import type { Stage } from './ports.ts'
import type { Setting } from './setting.ts'

/** Of the room for project files, what a map of the code may take: it points to lines, and shows none. */
const MAP_SHARE = 0.15
const MOST_TOKENS = 4_000

/** What the likeliest files declare, as a part of the overview; nothing where there is no map. */
export async function* mapParts(
  { task, brief, ports }: Pick<Setting, 'task' | 'brief' | 'ports'>,
  signal: AbortSignal,
): Stage<PromptPart[]> {
  const { codebase, limits } = ports
  if (!codebase || task.workspace.kind !== 'named') return []
  const tokens = Math.min(MOST_TOKENS, estimateTokens(limits.contextCharacters * MAP_SHARE))
  const wish = { request: brief.request, open: task.filesOwned, tokens }
  const map = await codebase.map(task.workspace.name, wish, signal)
  // it is a map of the folder as it is now, and the task's base may be another
  const existing = new Set(brief.paths)
  const files = map?.files.filter(({ path }) => existing.has(path)) ?? []
  if (!map || files.length === 0) return []
  yield { type: 'map_ready', by: map.by, files: files.map(({ path }) => path), tokens: map.tokens }
  const pieces = files.map(({ path, text }) => ({ place: path, text }))
  const form = 'signatures'
  return [
    { kind: 'pieces', into: 'overview', name: 'map of the code', heading: HEADING, pieces, form, share: 0.1 },
  ]
}

const HEADING = '# What some of these files declare, and on which line'
