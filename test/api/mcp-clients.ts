import { Client, type CallToolResult, type Transport } from '@modelcontextprotocol/client'

/** How a client comes to a version of the protocol: `pin` speaks the current one, `legacy` shakes hands as of old. */
export type Era = 'current' | 'old'

/** The official client, connected. */
export async function connect(transport: Transport, era: Era): Promise<Client> {
  const mode = era === 'old' ? 'legacy' : { pin: '2026-07-28' }
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(transport)
  return client
}

/** What a tool said, as text. */
export const textOf = ({ content }: CallToolResult): string =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
