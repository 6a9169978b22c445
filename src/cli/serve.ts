import { loadConfig, requireKeyBeyondLoopback, type Config, type Overrides } from '../config.ts'
import { VERSION, type Swarm } from '../wire.ts'
import type { Confinement } from '../workspace/confinement.ts'
import { aborted, onInterrupt } from './interrupt.ts'
import { startServer, type Server } from './server.ts'

/** Serves the OpenAI API until it is told to stop. */
export async function serve(flags: Overrides): Promise<number> {
  using interrupt = onInterrupt()
  const config = loadConfig({ overrides: flags, cwd: process.cwd() })
  requireKeyBeyondLoopback(config)
  await using server = await startServer(config, interrupt.signal)
  await greet(config, server, interrupt.signal)
  readAhead(config, server.swarm, interrupt.signal)
  await aborted(interrupt.signal)
  return 0
}

/** Has the default workspace read in the background, so that the first who asks about it finds it known. */
function readAhead({ workspaces: [first] }: Config, { ports }: Swarm, signal: AbortSignal): void {
  if (!first) return
  // it fails only when the server is told to stop; what else goes wrong is logged by who reads
  ports.codebase?.find(first.name, [], signal).catch(() => {})
}

/** Where it listens, which model took which role and why, what it works on, and a line to try. */
async function greet(config: Config, { url, swarm }: Server, signal: AbortSignal): Promise<void> {
  console.log(`Quorum ${VERSION} listens on ${url}/v1`)
  const { found, notes } = swarm.roles
  show('models', [found === null ? 'no model yet' : `${found.url} (${found.kind})`, ...notes])
  show('sandbox', sandboxLines(swarm.workspaces.confinement))
  // a large project takes a moment to open
  const workspaces = await Promise.all(config.workspaces.map(({ name }) => describe(name, swarm, signal)))
  if (config.workspaceRoot !== null) workspaces.push(`any git repository below ${config.workspaceRoot}`)
  const none = 'none: only files that come with a message; name one with --workspace DIR'
  show('workspaces', workspaces.length === 0 ? [none] : workspaces)
  show('try', [tryIt(url, config)])
}

/** What holds model-written code, and what follows where nothing does. */
function sandboxLines({ cage, unsafeGates }: Confinement): string[] {
  if (cage.kind !== 'none') return [cage.description]
  const what = unsafeGates
    ? 'build and test run all the same, because --unsafe-gates was said'
    : 'build and test are left out, so changes stay unverified; --unsafe-gates runs them all the same'
  return [cage.description, what, `to have one: ${cage.mend}`]
}

function show(title: string, lines: readonly string[]): void {
  for (const [index, line] of lines.entries())
    console.log(`  ${(index === 0 ? title : '').padEnd(12)}${line}`)
}

async function describe(name: string, swarm: Swarm, signal: AbortSignal): Promise<string> {
  try {
    await using project = await swarm.workspaces.open({ kind: 'named', name }, signal)
    const gates =
      project.gates.map(({ name }) => name).join(', ') || 'no checks, so its changes stay unverified'
    return `quorum@${name}: ${gates}`
  } catch (error) {
    signal.throwIfAborted()
    // one broken folder must not keep the others from being served
    return `quorum@${name}: ${error instanceof Error ? error.message : String(error)}`
  }
}

function tryIt(url: string, config: Config): string {
  const key = config.server.apiKey === null ? '' : `-H "authorization: Bearer $QUORUM_API_KEY" `
  const body = {
    model: 'quorum',
    stream: true,
    messages: [{ role: 'user', content: 'Add a doc comment to the smallest function in src' }],
  }
  return `curl -N ${url}/v1/chat/completions ${key}-H 'content-type: application/json' -d '${JSON.stringify(body)}'`
}
