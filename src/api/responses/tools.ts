import { z } from 'zod'
import { believe, type ResponsesBody, type Tool } from './body.ts'

const FunctionTool = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  strict: z.boolean().nullish(),
})
const NamedChoice = z.looseObject({ name: z.string() })
const AllowedChoice = z.looseObject({
  mode: z.enum(['auto', 'required']),
  tools: z.array(z.looseObject({ name: z.string().nullish() })),
})

type ChatTool = {
  type: 'function'
  function: {
    name: string
    description: string | undefined
    parameters: Record<string, unknown>
    strict: boolean | undefined
  }
}

/** The functions a client offers, as chat offers them. What is no function only OpenAI could run: it is left out. */
export function toolFields(body: ResponsesBody): object {
  const { tool_choice: choice } = body
  const tools = (body.tools ?? []).flatMap(chatTool)
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') {
    return fields(body, tools, chatChoice(choice, tools))
  }
  const { mode, tools: allowed } = believe(AllowedChoice, choice, 'tool_choice')
  const names = new Set(allowed.map(({ name }) => name))
  const kept = tools.filter(({ function: { name } }) => names.has(name))
  return fields(body, kept, mode)
}

function chatTool(tool: Tool, index: number): ChatTool[] {
  if (tool.type !== 'function') return []
  const { name, description, parameters, strict } = believe(FunctionTool, tool, `tools.${index}`)
  return [
    {
      type: 'function',
      function: {
        name,
        description: description ?? undefined,
        parameters: parameters ?? { type: 'object', properties: {} },
        strict: strict ?? undefined,
      },
    },
  ]
}

/** A choice of something that was left out is no choice. */
function chatChoice(choice: ResponsesBody['tool_choice'], tools: readonly ChatTool[]): unknown {
  if (typeof choice === 'string') return choice
  if (choice?.type !== 'function') return undefined
  const { name } = believe(NamedChoice, choice, 'tool_choice')
  const isOffered = tools.some((tool) => tool.function.name === name)
  return isOffered ? { type: 'function', function: { name } } : undefined
}

/** Without tools there is nothing to choose, and some upstreams refuse a choice of nothing. */
function fields(
  { parallel_tool_calls: parallel }: ResponsesBody,
  tools: readonly ChatTool[],
  choice: unknown,
): object {
  if (tools.length === 0) return {}
  return { tools, tool_choice: choice, parallel_tool_calls: parallel ?? undefined }
}
