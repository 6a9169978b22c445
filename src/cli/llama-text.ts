import { urlOf, type LlamaServer } from '../llama/servers-file.ts'
import type { ServerState, State } from '../llama/state-file.ts'

/** Says what has changed since the state before. */
export function createTeller(say: (line: string) => void): (state: State) => void {
  const told = new Map<string, string>()
  return ({ servers }) => {
    for (const server of servers) {
      const line = statusLine(server)
      if (told.get(server.name) !== line) say(line)
      told.set(server.name, line)
    }
  }
}

/** One server in a line, which changes only when something happened. */
function statusLine({ name, port, care }: ServerState): string {
  const restarts = care.starts > 1 ? `, restarted ${times(care.starts - 1)}` : ''
  return `${name.padEnd(14)} ${MEANING[care.phase].padEnd(10)} ${urlOf({ port })}/v1${restarts}`
}

const MEANING = {
  waiting: 'down',
  starting: 'starting',
  loading: 'loading',
  healthy: 'healthy',
  silent: 'silent',
} as const

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

/** Role, model, port, health, restarts and how long it has been running, a line for each. */
export function statusTable({ file, servers }: State, now: number): string {
  const rows = servers.map(({ name, model, port, process, care }) => [
    name,
    model ?? 'router',
    String(port),
    MEANING[care.phase],
    String(Math.max(0, care.starts - 1)),
    process === null ? '-' : lasting(now - care.launchedAt),
  ])
  const cells = [['role', 'model', 'port', 'health', 'restarts', 'up for'], ...rows]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
  return [file, ...lines].join('\n')
}

function lasting(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const TIERS: Readonly<Record<string, string>> = {
  'fast-coder': 'fast',
  'deep-coder': 'deep',
  reviewer: 'reviewer',
}

/** What to write into quorum.config.json so that the tiers are asked at their servers. */
export function settings(servers: readonly LlamaServer[]): string {
  const tiers = servers.flatMap(({ name, port }) => {
    const tier = TIERS[name]
    return tier === undefined ? [] : [`    "${tier}": { "model": "${name}", "url": "${urlOf({ port })}/v1" }`]
  })
  if (tiers.length === 0) return `LITELLM_URL=${urlOf(servers[0]!)}/v1 quorum serve`
  return `In quorum.config.json:\n  "tiers": {\n${tiers.join(',\n')}\n  }`
}
