import { abortable } from '../abortable.ts'
import { SwarmError } from '../core/errors.ts'
import type { Call } from '../core/research/calls.ts'
import type { Lookup } from '../core/research/lookups.ts'
import { holdsKey } from '../core/secret-files.ts'
import type { TierName } from '../core/task.ts'
import type { ToolCard } from '../core/tools/tool-card.ts'
import type { Clock, Ports } from './ports.ts'
import type { Setting } from './setting.ts'

/** What the task's own base can answer, and what only somebody who has the folder before him. */
const FROM_BASE = ['read_file', 'find_references']
const FROM_FOLDER = ['search_docs', 'analyze_codebase']

/** The tools that a tier's model is offered before it plans; none where nobody says that it calls any. */
export async function toolsOfPlanner(
  tier: TierName,
  { task, brief, ports, toolless }: Setting,
  signal: AbortSignal,
): Promise<ToolCard[]> {
  const { tools, models } = ports
  if (!tools || toolless.has(tier) || brief.paths.length === 0) return []
  const capability = await models.capabilityOf?.(tier, signal)
  if (!capability?.tools) return []
  const names = task.workspace.kind === 'named' ? [...FROM_BASE, ...FROM_FOLDER] : FROM_BASE
  return tools.inside.cards.filter(({ name }) => names.includes(name))
}

/** So long one call may take. */
const WITHIN_MS = 8_000

/** What the tools say of the workspace as it is now. A model in the cloud is told nothing private. */
export async function askTools(
  calls: readonly Call[],
  tier: TierName,
  { task: { workspace }, ports }: { task: Setting['task']; ports: Ports },
  signal: AbortSignal,
): Promise<Lookup[]> {
  const { tools, privacy, clock } = ports
  if (!tools || workspace.kind !== 'named') return []
  const mine = privacy?.placeOf(tier) === 'cloud' ? tools.outside : tools.inside
  const { name } = workspace
  return Promise.all(
    calls.map((call) =>
      askTool(
        call,
        (limit) => mine.call(call.tool, { ...call.arguments, workspace: name }, limit),
        clock,
        signal,
      ),
    ),
  )
}

/** A fault of the call's is an answer, too. */
async function askTool(
  call: Call,
  ask: (limit: AbortSignal) => Promise<{ readonly text: string }>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Lookup> {
  const over = new AbortController()
  const limit = AbortSignal.any([signal, over.signal])
  clock.sleep(WITHIN_MS, limit).then(
    () => over.abort(TOO_LONG),
    () => {},
  )
  try {
    // not every tool heeds a signal while it works
    const { text } = await abortable(ask(limit), limit)
    return { call, text: holdsKey(text) ? 'not shown: a private key is part of it' : text }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof SwarmError) return { call, text: error.message }
    throw error
  } finally {
    over.abort()
  }
}

const TOO_LONG = new SwarmError('timeout', 'this took too long')
