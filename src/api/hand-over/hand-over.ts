import { z } from 'zod'
import { editCalls, type EditCall, type EditPlace } from '../../core/edit-tools/calls.ts'
import type { EditKit } from '../../core/edit-tools/edit-tool.ts'
import { isPlanning } from '../../core/edit-tools/planning.ts'
import { editKit } from '../../core/edit-tools/recognise.ts'
import { clientFolders } from '../../core/client-folder.ts'
import type { OfferedTool } from '../../core/offered-tool.ts'
import type { TaskState } from '../../core/state.ts'
import type { ChatRequest } from '../chat-request.ts'
import type { ApiServices } from '../services.ts'

/** How a change gets into the client's files: through its own tools, in the workspace that it works in, or not at all. */
export type HandOver =
  | {
      readonly kind: 'tools'
      readonly kit: EditKit
      readonly place: EditPlace
      /** The workspace that is the client's folder, or holds it. */
      readonly workspace: string
      /** May one turn hold several calls? */
      readonly sideBySide: boolean
    }
  | { readonly kind: 'text'; readonly why: string }

/** Finds out whether a change can be handed over through the client's tools. Its folder has to be a served one. */
export async function handOverFor(
  request: ChatRequest,
  named: string | null,
  { workspaces }: ApiServices,
): Promise<HandOver> {
  const kit = editKit(callable(request))
  if (kit.tools.length === 0) return text('none of its tools takes an edit')
  const { messages } = request.facts
  if (isPlanning(messages)) return text('it is planning')
  const folders = clientFolders(messages)
  if (folders.length === 0) return text('it does not say in which folder it works')
  for (const folder of folders) {
    const found = await workspaces.at(folder)
    if (!found) continue
    if (named !== null && found.name !== named)
      return text('it works in another folder than the workspace named')
    const sideBySide = request.body.parallel_tool_calls !== false
    return { kind: 'tools', kit, place: { folder, below: found.below }, workspace: found.name, sideBySide }
  }
  return text('its folder is not served here')
}

/** The calls that hand a task's change over; null where it has none, or these tools cannot say it. */
export function handOverCalls({ outcome }: TaskState, { kit, place }: Tools): EditCall[] | null {
  if (outcome?.kind !== 'verified' && outcome?.kind !== 'unverified') return null
  return editCalls({ files: outcome.files, diff: outcome.patch.diff }, kit, place)
}

export type Tools = Extract<HandOver, { kind: 'tools' }>

const text = (why: string): HandOver => ({ kind: 'text', why })

/** The tools that may be called in this turn. */
function callable({ tools, body }: ChatRequest): readonly OfferedTool[] {
  const choice = body.tool_choice ?? 'auto'
  if (choice === 'none') return []
  if (typeof choice === 'string') return tools
  if (choice.type === 'function') return tools.filter(({ name }) => name === choice.function.name)
  const allowed = new Set(choice.allowed_tools.tools.map(nameOf))
  return tools.filter(({ name }) => allowed.has(name))
}

const NamedTool = z.looseObject({ function: z.looseObject({ name: z.string() }) })

function nameOf(tool: unknown): string | null {
  const read = NamedTool.safeParse(tool)
  return read.success ? read.data.function.name : null
}
