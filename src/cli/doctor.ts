import { access, constants, mkdir } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadConfig, requireKeyBeyondLoopback, type Config, type Overrides } from '../config.ts'
import type { Capability } from '../core/capability.ts'
import { TierName } from '../core/task.ts'
import { openCapabilities } from '../models/finding/capabilities.ts'
import { detectWithin } from '../models/finding/within-policy.ts'
import { NAMES } from '../models/finding/runtimes.ts'
import type { Served } from '../served.ts'
import { gitVersion } from '../workspace/git/git-version.ts'
import { findCage, openEmbedded, openWorkspaces } from '../wire.ts'
import { onInterrupt } from './interrupt.ts'

/** One thing that was looked at. `missing` is essential, `warning` is not. */
type Finding = {
  readonly state: 'ok' | 'warning' | 'missing'
  readonly what: string
  readonly found: string
  /** What to do about it. */
  readonly mend?: string
}

/** Tells what was found, what is missing and what mends it. Calls no model. */
export async function doctor(flags: Overrides): Promise<number> {
  using interrupt = onInterrupt()
  const { signal } = interrupt
  const findings: Finding[] = [node()]
  findings.forEach(show)
  // an unreadable configuration is an error of its own, and there is nothing to look at without one
  const config = loadConfig({ overrides: flags, cwd: process.cwd() })
  for (const look of [git, configuration, cache, sandbox, upstream, workspaces]) {
    const found = await look(config, signal)
    found.forEach(show)
    findings.push(...found)
  }
  const missing = findings.filter(({ state }) => state === 'missing').length
  console.log(
    missing === 0 ? '\nQuorum can work here.' : `\n${missing} missing: mend the lines marked "missing".`,
  )
  return missing === 0 ? 0 : 1
}

function show({ state, what, found, mend }: Finding): void {
  console.log(`${state.padEnd(8)} ${what.padEnd(14)} ${found}`)
  if (mend) console.log(`${INDENT}→ ${mend}`)
}

const INDENT = ' '.repeat(24)

const OLDEST_NODE = 24

function node(): Finding {
  const found = process.version
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return { state: 'ok', what: 'node', found }
  const mend = `Node ${OLDEST_NODE} comes with "npm ci"; start Quorum by "npm start" or "npm run quorum --"`
  return { state: 'missing', what: 'node', found, mend }
}

async function git(_: Config, signal: AbortSignal): Promise<Finding[]> {
  const version = await gitVersion(signal)
  if (version !== null) return [{ state: 'ok', what: 'git', found: version }]
  const mend = 'sudo apt-get install git, brew install git, or https://git-scm.com/downloads'
  return [{ state: 'missing', what: 'git', found: 'there is none', mend }]
}

async function configuration(config: Config): Promise<Finding[]> {
  const found = config.file ?? `defaults; ${join(config.cwd, 'quorum.config.json')} would be read`
  const file: Finding = { state: 'ok', what: 'configuration', found }
  try {
    requireKeyBeyondLoopback(config)
    return [file]
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    return [
      file,
      { state: 'missing', what: 'key', found, mend: 'export QUORUM_API_KEY=$(openssl rand -hex 16)' },
    ]
  }
}

async function cache({ cacheDir }: Config): Promise<Finding[]> {
  try {
    await mkdir(cacheDir, { recursive: true })
    await access(cacheDir, constants.W_OK)
    return [{ state: 'ok', what: 'cache', found: cacheDir }]
  } catch {
    const mend = 'export QUORUM_CACHE=/a/folder/you/may/write'
    return [{ state: 'missing', what: 'cache', found: `${cacheDir} cannot be written`, mend }]
  }
}

/** What holds model-written code while it is tested. */
async function sandbox(config: Config, signal: AbortSignal): Promise<Finding[]> {
  const cage = await findCage(config, signal)
  if (cage.kind !== 'none') return [{ state: 'ok', what: 'sandbox', found: cage.description }]
  return [{ state: 'warning', what: 'sandbox', found: cage.description, mend: cage.mend }]
}

/** The upstream, and the model behind each role. */
async function upstream(config: Config, signal: AbortSignal): Promise<Finding[]> {
  const capabilities = openCapabilities(config.cacheDir)
  // loaded for this look only: it is the one way to know that it can be
  await using embedded = openEmbedded(config, () => {})
  const options = { capabilities, embedded: embedded.start }
  const { tiers, notes, found, known } = await detectWithin(config, options, signal)
  if (found === null) {
    const silent = notes.filter((note, index) => index === 0 || note.startsWith('nothing answers'))
    const mends = notes.filter((note) => !silent.includes(note))
    return [
      { state: 'missing', what: 'upstream', found: silent.join('; '), mend: mends.join(`\n${INDENT}  `) },
    ]
  }
  const what = NAMES[found.kind]
  const models = found.models.join(', ') || 'none'
  return [
    {
      state: 'ok',
      what: 'upstream',
      found: `${what} at ${found.url}, ${found.latencyMs} ms; models: ${models}`,
    },
    ...TierName.options.flatMap((tier): Finding[] => {
      const model = tiers[tier]
      if (!model) return []
      const why = notes.find((note) => note.startsWith(`${model.model} takes ${tier}: `))
      const can = known[tier] ? `; ${abilities(known[tier])}` : ''
      const role = { what: `tier ${tier}`, found: (why ?? `${model.model} at ${model.url}`) + can }
      if (model.url !== found.url || found.models.includes(model.model)) return [{ state: 'ok', ...role }]
      const fetchIt = found.kind === 'ollama' ? `ollama pull ${model.model}` : `serve ${model.model} there`
      const mend = `${fetchIt}, or name another in tiers.${tier}.model of quorum.config.json`
      return [{ state: tier === 'fast' ? 'missing' : 'warning', ...role, mend }]
    }),
    ...notes
      .filter((note) => !/ takes (?:fast|deep|reviewer|cloud): /.test(note))
      .map((note): Finding => ({ state: 'warning', what: 'note', found: note })),
  ]
}

/** As far as it is known what a model can do. */
function abilities({ window, slots, structured }: Capability): string {
  const parts = [
    ...(window === null ? [] : [`reads ${window.toLocaleString('en-US')} tokens`]),
    ...(slots === null ? [] : [`answers ${slots} at once`]),
    structured === 'none' ? 'answers in free form' : 'keeps to a JSON schema',
  ]
  return parts.join(', ')
}

async function workspaces(config: Config, signal: AbortSignal): Promise<Finding[]> {
  if (config.workspaces.length === 0 && config.workspaceRoot === null) {
    const mend = 'go into a git repository, or name one: quorum doctor --workspace DIR'
    return [{ state: 'warning', what: 'workspace', found: `${config.cwd} is in no git repository`, mend }]
  }
  const findings: Finding[] = []
  for (const workspace of config.workspaces)
    findings.push(...(await workspaceFindings(workspace, config, signal)))
  return findings
}

/** A workspace, opened as a task would open it. */
async function workspaceFindings(
  { name, path }: Served,
  config: Config,
  signal: AbortSignal,
): Promise<Finding[]> {
  try {
    const workspaces = await openWorkspaces(config, signal)
    await using project = await workspaces.open({ kind: 'named', name }, signal)
    const commit = project.commit === null ? 'no commit yet' : `at ${project.commit.slice(0, 7)}`
    const workspace: Finding = { state: 'ok', what: 'workspace', found: `${name}: ${path}, ${commit}` }
    const gates = project.gates.map(({ name, command }): Finding => {
      return { state: 'ok', what: `gate ${name}`, found: command.join(' ') }
    })
    const held = project.leftOut.map(notHeld)
    return [
      workspace,
      ...(gates.length + held.length > 0 ? gates : [noGates(path)]),
      ...held,
      ...dependencies(path),
    ]
  } catch (error) {
    signal.throwIfAborted()
    const found = `${name}: ${error instanceof Error ? error.message : String(error)}`
    return [{ state: 'missing', what: 'workspace', found }]
  }
}

const notHeld = (name: string): Finding => ({
  state: 'warning',
  what: `gate ${name}`,
  found: 'left out: it runs what a model wrote, and there is no sandbox',
  mend: 'install the sandbox, or say --unsafe-gates',
})

const noGates = (path: string): Finding => ({
  state: 'warning',
  what: 'gates',
  found: 'none: nothing can be verified without a check',
  mend: `give ${join(path, 'package.json')} a script called lint, typecheck, build or test, or name commands under "gates" in quorum.config.json`,
})

function dependencies(path: string): Finding[] {
  if (!existsSync(join(path, 'package.json')) || existsSync(join(path, 'node_modules'))) return []
  const mend = `npm --prefix ${path} install`
  return [{ state: 'warning', what: 'dependencies', found: `${path} has no node_modules`, mend }]
}
