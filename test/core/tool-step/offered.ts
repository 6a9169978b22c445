import type { OfferedTool } from '../../../src/core/offered-tool.ts'
import type { Offer } from '../../../src/core/tool-step/offer.ts'

const tool = (name: string, properties: object, required: string[]): OfferedTool => ({
  name,
  description: '',
  parameters: { type: 'object', properties, required, additionalProperties: false },
})

export const READ = tool('read', { path: { type: 'string' }, limit: { type: 'number', default: 100 } }, [
  'path',
])
export const RUN = tool(
  'run',
  { command: { type: 'string' }, description: { type: 'string' }, background: { type: 'boolean' } },
  ['command'],
)

/** What an agent with two tools lets be called. */
export const offer = (more: Partial<Offer> = {}): Offer => ({
  tools: [READ, RUN],
  mustCall: false,
  parallel: true,
  ...more,
})
