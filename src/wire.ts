import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hono } from 'hono'
import packageJson from '../package.json' with { type: 'json' }
import { createApp } from './api/app.ts'
import { createMcpServers, type McpServers } from './api/mcp/servers.ts'
import type { Readiness } from './api/services.ts'
import { cascade } from './cascade/cascade.ts'
import type { Clock, Ports, PromptName, Stage, Tools } from './cascade/ports.ts'
import { createCodebase } from './codebase/codebase.ts'
import { createTools } from './codebase/tools/tools.ts'
import { graphicsSettings, systemPath, type Config } from './config.ts'
import { SwarmError } from './core/errors.ts'
import type { Outcome, Task } from './core/task.ts'
import { embeddedDir } from './embedded/installation.ts'
import { createLastResort, type LastResort } from './embedded/last-resort.ts'
import { createLogger, type Logger } from './logging.ts'
import { openCapabilities } from './models/finding/capabilities.ts'
import { createCatalogue, type Catalogue } from './models/catalogue.ts'
import { fetchPicture } from './media/fetch-picture.ts'
import { createModels, type ModelOptions, type TierModel, type TierSlots } from './models/client.ts'
import type { RoleAssignment } from './models/finding/detect.ts'
import { detectWithin } from './models/finding/within-policy.ts'
import { loadPrompts } from './models/prompts.ts'
import { booked, bookedCalls } from './models/booked.ts'
import { createRelay } from './models/relay.ts'
import { probeUpstream } from './models/finding/runtimes.ts'
import { createSenses, type Senses } from './models/senses/senses.ts'
import { openHome, type Home } from './home.ts'
import { experienceOf } from './records/experience.ts'
import { createBookkeeper, type Books } from './records/bookkeeper.ts'
import { createRecorder } from './records/recorder.ts'
import { readDelivered, readKept } from './records/kept-receipt.ts'
import { openDataDir, type Store } from './records/store.ts'
import { createRunner, type Runner } from './tasks/runner.ts'
import { probeCage, type Cage, type RunCommand } from './workspace/cage/sandbox.ts'
import { shell } from './workspace/shell.ts'
import { createWorkspaces, type WorkspaceService } from './workspace/workspaces.ts'

export const VERSION = packageJson.version

/** Runs on without ever going back, and can be read as a date. */
export const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
}

/** Everything that turns a request into a diff. `close` cancels what runs and waits for every cleanup. */
export type Swarm = {
  readonly runner: Runner
  readonly workspaces: WorkspaceService
  readonly roles: RoleAssignment
  readonly options: ModelOptions
  readonly ports: Ports
  readonly freeSlot: TierSlots['freeSlot']
  readonly catalogue: Catalogue
  readonly senses: Senses
  /** What may be asked about the workspaces. */
  readonly tools: Tools
  /** The same for clients, who are not shown what is private. */
  readonly outsideTools: Tools
  readonly withheld: Home['withheld']
  /** What outlives tasks: their receipts, and what they taught. */
  readonly store: Store
  /** What every call took. */
  readonly books: Books
  /** Is there a model to talk to? */
  ready(signal: AbortSignal): Promise<Readiness>
  close(): Promise<void>
}

/** How long a planner waits for a map of the code, in milliseconds; what is ready by then has to do. */
const MAP_WAIT_MS = 500

/** Looks for models, and puts the cascade on top of them. */
export async function openSwarm(config: Config, logger: Logger, signal: AbortSignal): Promise<Swarm> {
  const capabilities = openCapabilities(config.cacheDir)
  const embedded = openEmbedded(config, (message) => logger.trouble(message))
  const [workspaces, roles] = await Promise.all([
    openWorkspaces(config, signal),
    detectWithin(config, { capabilities, measure: true, embedded: embedded.start }, signal),
  ])
  const home = openHome(config, roles.tiers, logger)
  const options: ModelOptions = {
    ...config.upstream,
    tiers: roles.tiers,
    clock,
    capabilities,
    guard: home.guard,
  }
  const models = home.first(createModels(options))
  const prompts = loadPrompts(join(import.meta.dirname, '..', 'prompts'))
  const version = (name: PromptName): string => prompts.version(name)
  const store = openRecords(config, logger)
  const onTrouble = (error: unknown): void => logger.trouble(messageOf(error))
  const experience = experienceOf({ store, version, modelOf: (tier) => models.modelOf(tier), onTrouble })
  const recorder = createRecorder({ store, version, placeOf: placesOf(config), onTrouble })
  const catalogue = createCatalogue(options)
  const senses = createSenses({ options, wishes: home.senses, catalogue, models })
  const { privacy } = home
  const codebase = createCodebase({
    look: (workspace, signal) => workspaces.look(workspace, signal),
    cacheFolder: config.dataDir === null ? null : join(config.dataDir, 'code-maps'),
    waitMs: MAP_WAIT_MS,
    clock,
    onTrouble,
  })
  const watched: WorkspaceService = {
    ...workspaces,
    look(name, signal) {
      home.watch({ kind: 'named', name })
      return workspaces.look(name, signal)
    },
  }
  const tools = createTools({ workspaces: watched, codebase, withheld: home.withheld })
  const ports: Ports = {
    experience,
    models,
    senses,
    codebase,
    tools,
    prompts,
    clock,
    limits: { ...config.limits, together: roles.width.together, sequential: roles.width.sequential !== null },
    privacy,
  }
  const books = createBookkeeper({
    ledger: store.ledger,
    placeOf: (tier) => privacy.placeOf(tier),
    placeOfSense: (model) => senses.placeOf(model),
    onTrouble,
  })
  const runner = createRunner({
    cascade(task, signal) {
      home.watch(task.workspace)
      return announced(task, workspaces, ports, logger, signal)
    },
    now: Date.now,
    newId: () => `task_${randomUUID().replaceAll('-', '')}`,
    readers: [logger.read, recorder.read, books.read],
    onBug: (error, taskId) => logger.bug(error, taskId),
    maxTasks: config.server.maxTasks,
    keepTasks: config.server.keepTasks,
  })
  return {
    runner,
    workspaces: watched,
    roles,
    options,
    ports,
    freeSlot: (tier, signal) => models.freeSlot(tier, signal),
    catalogue,
    senses,
    tools: tools.inside,
    outsideTools: tools.outside,
    withheld: home.withheld,
    store,
    books,
    ready: (signal) => lookForModels(options, signal),
    async close() {
      await runner.close()
      await senses.close()
      await codebase.close()
      await tools.close()
      await models.close()
      await embedded[Symbol.asyncDispose]()
      books[Symbol.dispose]()
      store[Symbol.dispose]()
    },
  }
}

/** The model that was installed, to be started where no server is found. */
export const openEmbedded = (config: Config, onTrouble: (message: string) => void): LastResort =>
  createLastResort(embeddedDir(config), {
    environment: graphicsSettings(),
    now: () => clock.now(),
    // looking after it is no reason to stay
    sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
    onTrouble,
  })

/** The HTTP edge in front of a swarm. */
export function openApi(config: Config, swarm: Swarm, logger: Logger): { app: Hono; close(): Promise<void> } {
  const { runner, workspaces, options, ports } = swarm
  const { apiKey, bodyLimit, corsOrigins, graceMs, joinMs } = config.server
  const relay = booked(createRelay(options), options.tiers, swarm.books, clock)
  const app = createApp({
    runner,
    relay,
    catalogue: swarm.catalogue,
    senses: { ...swarm.senses, fetchPicture },
    workspaces,
    models: { ...ports.models, call: bookedCalls(ports.models, swarm.books, clock) },
    freeSlot: swarm.freeSlot,
    prompts: ports.prompts,
    limits: ports.limits,
    ...(ports.privacy && { privacy: ports.privacy }),
    ready: (signal) => swarm.ready(signal),
    apiKey,
    bodyLimit,
    corsOrigins,
    graceMs,
    joinMs,
    async defines(workspace, names, until) {
      const places = await ports.codebase?.find(workspace, names, until)
      return places?.some(({ definitions }) => definitions.length > 0) ?? false
    },
    tools: swarm.tools,
    outsideTools: swarm.outsideTools,
    withheld: swarm.withheld,
    receipt: (id) => readKept(swarm.store, id),
    delivered: (id) => readDelivered(swarm.store, id),
    clock,
    version: VERSION,
    onBug: (error) => logger.bug(error),
  })
  return { app, close: () => relay.close() }
}

/** The same over MCP, for a client that speaks it on a line of its own. */
export const openMcp = (swarm: Swarm, logger: Logger): McpServers =>
  createMcpServers({
    runner: swarm.runner,
    workspaces: swarm.workspaces,
    outsideTools: swarm.outsideTools,
    withheld: swarm.withheld,
    ready: (signal) => swarm.ready(signal),
    clock,
    version: VERSION,
    onBug: (error) => logger.bug(error),
  })

/**
 * The store of this configuration. Where there is no folder to write to (a container, say), what tasks leave behind goes
 * with the process; a file that is there and cannot be read is for the user to decide about.
 */
function openRecords({ dataDir }: Config, logger: Logger): Store {
  try {
    return openDataDir(dataDir)
  } catch (error) {
    if (!(error instanceof SwarmError) || error.fault !== 'forbidden') throw error
    logger.trouble(`receipts are kept only until the end of this process: ${error.message}`)
    return openDataDir(null)
  }
}

/** Where a workspace lies that is known by its name; null where it is not. */
const placesOf =
  ({ workspaces, workspaceRoot }: Config) =>
  (name: string): string | null =>
    workspaces.find((workspace) => workspace.name === name)?.path ??
    (workspaceRoot === null ? null : join(workspaceRoot, name))

/** The folders served, without anything that needs a model. Finds out first what can hold their gates. */
export async function openWorkspaces(config: Config, signal: AbortSignal): Promise<WorkspaceService> {
  const cage = await findCage(config, signal)
  return createWorkspaces({
    confinement: { cage, unsafeGates: config.unsafeGates },
    sources: [...config.workspaces],
    ...(config.workspaceRoot === null ? {} : { root: config.workspaceRoot }),
    gates: config.gates,
    gateSlots: config.gateSlots,
    cacheDir: config.cacheDir,
  })
}

/** What holds model-written code on this machine, found by trying to break out of it. */
export async function findCage({ cacheDir }: Config, signal: AbortSignal): Promise<Cage> {
  await mkdir(cacheDir, { recursive: true })
  const run: RunCommand = (command, signal) =>
    shell(command, { cwd: cacheDir, environment: {}, leavesNothing: true }, signal)
  return probeCage({ run, platform: process.platform, path: systemPath, folder: cacheDir }, signal)
}

/** A log that knows which texts must never appear in it. */
export const openLogger = (config: Config): Logger =>
  createLogger({ level: config.log.level, json: config.log.json, secrets: secretsOf(config) })

function secretsOf({ server, upstream, litellmApiKey, tiers, senses }: Config): string[] {
  const known = [tiers.fast, tiers.deep, tiers.reviewer, tiers.cloud]
  const tierKeys = known.flatMap((tier) => [
    tier?.apiKey,
    ...(tier?.standIns ?? []).map(({ apiKey }) => apiKey),
  ])
  const keys = [
    server.apiKey,
    upstream.apiKey,
    litellmApiKey,
    ...tierKeys,
    senses.vision?.apiKey,
    senses.speech?.apiKey,
  ]
  return keys.filter((key) => key !== null && key !== undefined)
}

/** The cascade, whose cancellation is logged with its reason before anything of it is torn down. */
async function* announced(
  task: Task,
  workspaces: WorkspaceService,
  ports: Ports,
  logger: Logger,
  signal: AbortSignal,
): Stage<Outcome> {
  // registered before anything else can listen, so it is the first to hear
  const announce = (): void => logger.cancelling(task.id, messageOf(signal.reason))
  signal.addEventListener('abort', announce, { once: true })
  try {
    return yield* cascade(task, workspaces, ports, signal)
  } finally {
    signal.removeEventListener('abort', announce)
  }
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason))

/** Does every upstream that a task is sure to need answer? The cloud is asked only when a task comes to it. */
async function lookForModels({ tiers }: ModelOptions, signal: AbortSignal): Promise<Readiness> {
  const { cloud: _, ...local } = tiers
  const upstreams = new Map<string, TierModel>(Object.values(local).map((tier) => [tier.url, tier]))
  const answers = await Promise.all(
    [...upstreams.values()].map(({ url, apiKey }) => probeUpstream(url, apiKey, signal)),
  )
  const silent = answers.find((answer) => answer.kind === 'none')
  return {
    ok: silent === undefined,
    upstream: silent?.url ?? [...upstreams.keys()].join(', '),
    models: answers.flatMap((answer) => (answer.kind === 'none' ? [] : answer.models)),
    reason: silent?.reason ?? null,
  }
}
