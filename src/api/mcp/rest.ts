import type { Context } from 'hono'
import { z } from 'zod'
import type { ToolCard } from '../../core/tools/tool-card.ts'
import { jsonOrNull } from '../../core/json.ts'
import { clientOf } from '../connection.ts'
import { badRequest } from '../faults.ts'
import type { ApiServices } from '../services.ts'
import { contentOf } from './content.ts'

/** The tools, with the form of what each takes. */
export const listTools =
  ({ outsideTools }: ApiServices) =>
  (c: Context): Response =>
    c.json({ tools: outsideTools.cards.map(described) })

const described = ({ name, description, input }: ToolCard) => ({
  name,
  description,
  inputSchema: z.toJSONSchema(input, { io: 'input' }),
})

const Call = z.object({
  name: z.string().min(1).max(200),
  arguments: z.record(z.string(), z.unknown()).default({}),
})

/** Asks one tool, in plain HTTP. */
export const callTool =
  ({ outsideTools }: ApiServices) =>
  async (c: Context): Promise<Response> => {
    const client = clientOf(c)
    const call = Call.safeParse(jsonOrNull(await c.req.text()))
    if (!call.success) {
      const [issue] = call.error.issues
      const param = issue?.path.join('.') || 'body'
      throw badRequest(
        `{"name": …, "arguments": {…}} is expected; ${param}: ${issue?.message ?? 'bad'}`,
        param,
      )
    }
    return c.json(contentOf(await outsideTools.call(call.data.name, call.data.arguments, client)))
  }
