import { availableParallelism, homedir } from 'node:os'
import { delimiter, dirname, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import type { Limits } from './cascade/ports.ts'
import { checked, readJson } from './config-check.ts'
import { SwarmError } from './core/errors.ts'
import { Prices } from './core/prices.ts'
import { EndpointPlace, Policy } from './core/privacy/policy-name.ts'
import { BudgetWish, type TierName } from './core/task.ts'
import { chooseWorkspaces, type Served } from './served.ts'

const Url = z.url({ protocol: /^https?$/ })

/** Another model for the same role, asked while the first one fails. Its url and key: as the tier's own. */
const StandInConfig = z.strictObject({
  model: z.string().min(1),
  url: Url.optional(),
  apiKey: z.string().optional(),
  place: EndpointPlace.optional(),
})

/** One price class: which model, where, and how much of it may be used at once. */
const TierConfig = z.strictObject({
  model: z.string().min(1),
  /** Base URL of its upstream; the general one when absent. */
  url: Url.optional(),
  apiKey: z.string().optional(),
  /** Where it answers, if its address says it wrong: a gateway on this machine may forward to a cloud. */
  place: EndpointPlace.optional(),
  /** Does its model call tools, where its server does not say so, or says it wrong? A planner then looks with them. */
  tools: z.boolean().optional(),
  /** Who takes over while it fails, in this order. */
  standIns: z.array(StandInConfig).max(5).optional(),
  /** Calls at once (B4: fast 4, deep 1, reviewer 2). */
  slots: z.int().min(1),
  /** Coders in a contest at this tier (default: fast 5, deep 3, reviewer 2, cloud 1). */
  seats: z.int().min(1).max(26),
})

/** `url` and `apiKey`: the first tier's, when absent; its key goes to its own server only. */
const SenseConfig = z.strictObject({
  model: z.string().min(1),
  url: Url.optional(),
  apiKey: z.string().optional(),
  place: EndpointPlace.optional(),
})

const GateConfig = z.strictObject({
  /** Argument list to run instead of what was detected; `false` switches the gate off. */
  command: z
    .union([z.array(z.string().min(1)).min(1), z.literal(false)], {
      error: 'a list of arguments is expected, such as ["npm", "run", "lint"], or false',
    })
    .optional(),
  timeoutMs: z.int().min(1).optional(),
  /** Open the network to it; with it comes the machine's own loopback. */
  network: z.boolean().optional(),
})
const Gates = z.strictObject({
  lint: GateConfig.optional(),
  typecheck: GateConfig.optional(),
  build: GateConfig.optional(),
  test: GateConfig.optional(),
})
export type GatesConfig = z.infer<typeof Gates>

const WorkspaceConfig = z.strictObject({ path: z.string().min(1), gates: Gates.optional() })

/** What quorum.config.json may hold. Unknown keys are an error: a typo must not be a silent default. */
export const FileConfig = z.strictObject({
  server: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(4747),
      /** Largest request body, in bytes. */
      bodyLimit: z
        .int()
        .min(1024)
        .default(10 * 1024 * 1024),
      /** Origins a browser may call from: `loopback` pages of this machine, `*` any. Default: any with a key, else loopback. */
      corsOrigins: z.array(z.string()).optional(),
      /** Tasks running at once; more are told to come back later. */
      maxTasks: z.int().min(1).default(8),
      /** Finished tasks kept in memory. */
      keepTasks: z.int().min(1).default(200),
      /** How long a task goes on when its last reader has left, in milliseconds: he may come back. */
      graceMs: z.int().min(0).default(8_000),
      /** How long the same request again gets the answer there is, in milliseconds after the task's end. */
      joinMs: z.int().min(0).default(900_000),
    })
    .prefault({}),
  upstream: z
    .strictObject({
      url: Url.optional(),
      apiKey: z.string().optional(),
      /** Longest silence of a running stream, in milliseconds, before the call counts as hung. */
      idleTimeoutMs: z.int().min(1).default(120_000),
      /** Longest time until the first token, in milliseconds: a local model may have to be loaded first. */
      firstTokenTimeoutMs: z.int().min(1).default(300_000),
      /** Tries before the first byte. */
      tries: z.int().min(1).default(3),
    })
    .prefault({}),
  tiers: z
    .strictObject({
      fast: TierConfig.partial().optional(),
      deep: TierConfig.partial().optional(),
      reviewer: TierConfig.partial().optional(),
      cloud: TierConfig.partial().required({ model: true }).optional(),
    })
    .prefault({}),
  /** Models that put pictures and speech into words; found among the upstreams' own where none is named. */
  senses: z.strictObject({ vision: SenseConfig.optional(), speech: SenseConfig.optional() }).prefault({}),
  /** How much may go to the cloud: nothing, what nobody else gets done, or wide tasks from the start. */
  policy: Policy.default('prefer-local'),
  /** One call at a time, one model after the other: `auto` where memory or servers bear no more. */
  sequential: z.enum(['auto', 'on', 'off']).default('auto'),
  /** Files whose content never goes to the cloud; patterns as in .gitignore. */
  private: z.array(z.string().min(1).max(500)).max(500).default([]),
  /** What clients of the tools are shown: private files too, where all of them are known to stay at home. */
  mcp: z.strictObject({ showPrivate: z.boolean().default(false) }).prefault({}),
  /** US dollars for a million tokens, for the estimate of what local work saves. */
  prices: Prices.optional(),
  workspaces: z
    .record(
      z.string().regex(/^[\w.-]+$/, 'a name is letters, digits, dot, dash and underscore'),
      WorkspaceConfig,
    )
    .default({}),
  workspaceRoot: z.string().optional(),
  gates: Gates.prefault({}),
  /** Build and test also where there is no sandbox to hold them. */
  unsafeGates: z.boolean().default(false),
  /** Gates running at once over all tasks; default: half the cores, at least 2. */
  gateSlots: z.int().min(1).optional(),
  limits: z
    .strictObject({
      ballots: z.int().min(1).default(5),
      quorum: z.int().min(1).default(3),
      reviewLoops: z.int().min(0).default(3),
      attemptsPerTier: z.int().min(1).default(2),
      attempts: z.int().min(1).default(5),
      patchLines: z.int().min(1).default(300),
      temperatures: z.tuple([z.number().min(0).max(2), z.number().min(0).max(2)]).default([0.3, 0.7]),
      patience: z.number().min(0).default(0.4),
      patienceMs: z.int().min(0).default(2_000),
      contextCharacters: z.int().min(1_000).default(60_000),
      budget: BudgetWish,
      voting: z.enum(['by-effort', 'first-to-3']).default('by-effort'),
    })
    .prefault({}),
})
export type FileConfig = z.infer<typeof FileConfig>

const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])

/** Environment Quorum reads (B10). Nothing else in the house reads process.env. */
const Environment = z.object({
  LITELLM_URL: Url.optional(),
  LITELLM_API_KEY: z.string().optional(),
  QUORUM_API_KEY: z.string().min(1).optional(),
  QUORUM_CONFIG: z.string().optional(),
  QUORUM_CACHE: z.string().optional(),
  /** Folder of receipts and of what outcomes taught; `:memory:` keeps nothing. */
  QUORUM_DATA: z.string().optional(),
  LOG_LEVEL: LogLevel.optional(),
  NODE_ENV: z.string().default('development'),
  XDG_CACHE_HOME: z.string().optional(),
  XDG_DATA_HOME: z.string().optional(),
  HOME: z.string().optional(),
  /** Where the user stood when npm went to the folder of the package. */
  INIT_CWD: z.string().optional(),
})
export type Environment = z.infer<typeof Environment>

const Flags = z.object({
  config: z.string().optional(),
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  workspace: z.array(z.string().min(1)).optional(),
  workspaceRoot: z.string().min(1).optional(),
  unsafeGates: z.boolean().optional(),
  logLevel: LogLevel.optional(),
})

/** What the command line may say, as it was typed. */
export type Overrides = {
  config?: string
  host?: string
  port?: string
  /** Each `DIR` or `name=DIR`. */
  workspace?: string[]
  workspaceRoot?: string
  unsafeGates?: boolean
  logLevel?: string
}

/** Everything that can be set, with nothing left open. */
export type Config = {
  /** The folder relative paths start from. */
  readonly cwd: string
  /** The configuration file that was read; null when there is none. */
  readonly file: string | null
  readonly server: FileConfig['server'] & { readonly apiKey: string | null; readonly corsOrigins: string[] }
  readonly upstream: FileConfig['upstream']
  readonly litellmUrl: string | null
  readonly litellmApiKey: string | null
  readonly tiers: FileConfig['tiers']
  readonly senses: FileConfig['senses']
  readonly policy: Policy
  readonly sequential: FileConfig['sequential']
  readonly private: readonly string[]
  readonly mcp: FileConfig['mcp']
  readonly prices: Prices | null
  /** The default first. */
  readonly workspaces: readonly Served[]
  readonly workspaceRoot: string | null
  readonly gates: GatesConfig
  readonly unsafeGates: boolean
  readonly gateSlots: number
  readonly limits: Limits
  readonly cacheDir: string
  /** null: nothing outlives the process. */
  readonly dataDir: string | null
  /** `asked`: somebody chose the level, so log lines are wanted where a command would rather show progress. */
  readonly log: { readonly level: z.infer<typeof LogLevel>; readonly json: boolean; readonly asked: boolean }
}

const FILE_NAME = 'quorum.config.json'
const PACKAGE = dirname(import.meta.dirname)
const SEATS = { fast: 5, deep: 3, reviewer: 2, cloud: 1 } as const satisfies Record<TierName, number>

/** File, then environment, then flags, the later stronger. Throws 'bad-request' with what to mend. */
export function loadConfig(from: {
  overrides: Overrides
  cwd: string
  env?: Readonly<Record<string, string | undefined>>
}): Config {
  const env = checked(Environment, withoutEmpty(from.env ?? process.env), { source: 'environment' })
  const flags = checked(Flags, from.overrides, { source: 'command line', name: flagName })
  const cwd = standingIn(from.cwd, env)
  const { file, settings } = readSettings(flags.config ?? env.QUORUM_CONFIG, cwd)

  return freeze({
    cwd,
    file,
    server: {
      ...settings.server,
      host: flags.host ?? settings.server.host,
      port: flags.port ?? settings.server.port,
      apiKey: env.QUORUM_API_KEY ?? null,
      // a page that knows the key may come from anywhere
      corsOrigins: settings.server.corsOrigins ?? (env.QUORUM_API_KEY === undefined ? ['loopback'] : ['*']),
    },
    ...upstreamOf(settings, env),
    tiers: settings.tiers,
    senses: settings.senses,
    policy: settings.policy,
    sequential: settings.sequential,
    private: settings.private,
    mcp: settings.mcp,
    prices: settings.prices ?? null,
    ...chooseWorkspaces(flags, settings, { cwd, file, home: env.HOME }),
    gates: settings.gates,
    unsafeGates: flags.unsafeGates ?? settings.unsafeGates,
    gateSlots: settings.gateSlots ?? Math.max(2, Math.floor(availableParallelism() / 2)),
    limits: { ...settings.limits, seats: seatsOf(settings) },
    cacheDir: resolve(cwd, env.QUORUM_CACHE ?? defaultCache(env)),
    dataDir: dataDirOf(env, cwd),
    log: {
      level: flags.logLevel ?? env.LOG_LEVEL ?? 'info',
      json: env.NODE_ENV === 'production',
      asked: (flags.logLevel ?? env.LOG_LEVEL) !== undefined,
    },
  })
}

/** The environment with some of it replaced; an empty text takes a variable away. */
export const environmentWith = (changes: Readonly<Record<string, string>>) => ({ ...process.env, ...changes })

/** Where a graphics card and its libraries are, as the user has set it, and what every process needs. */
const GRAPHICS =
  /^(?:HOME|USERPROFILE|SYSTEMROOT|TEMP|TMP|TMPDIR|XDG_RUNTIME_DIR|LD_LIBRARY_PATH|(?:DYLD|CUDA|NVIDIA|HIP|ROCR|HSA|VK|GGML|GPU|ONEAPI|MESA)_.*)$/i

/** What a process that computes on the graphics card is to know of the environment; none of anybody's keys. */
export const graphicsSettings = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && GRAPHICS.test(name) ? [[name, value]] : [],
    ),
  )

/** Throws 'bad-request' when the server would listen to the network with its door open. */
export function requireKeyBeyondLoopback({ server: { host, apiKey } }: Config): void {
  if (apiKey !== null || LOOPBACK.test(host)) return
  throw new SwarmError(
    'bad-request',
    `${host} can be reached from other machines, so a key is needed: set QUORUM_API_KEY, or listen on 127.0.0.1`,
  )
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i

/** `npm --prefix` starts us in our own folder; the user stands where npm was called. */
const standingIn = (cwd: string, { INIT_CWD }: Environment): string =>
  resolve(cwd) === PACKAGE && INIT_CWD !== undefined ? INIT_CWD : resolve(cwd)

function readSettings(named: string | undefined, cwd: string): { file: string | null; settings: FileConfig } {
  const path = resolve(cwd, named ?? FILE_NAME)
  const content = readJson(path, { mustExist: named !== undefined })
  const settings = checked(FileConfig, content ?? {}, { source: path })
  return { file: content === undefined ? null : path, settings }
}

/** The environment beats the file; a key from the file goes to the server the file names and to no other. */
function upstreamOf(
  { upstream }: FileConfig,
  env: Environment,
): Pick<Config, 'upstream' | 'litellmUrl' | 'litellmApiKey'> {
  const { url, apiKey, ...timing } = upstream
  const ownUrl = env.LITELLM_URL === undefined ? url : undefined
  const isElsewhere = url !== undefined && env.LITELLM_URL !== undefined && url !== env.LITELLM_URL
  const ownKey = env.LITELLM_API_KEY === undefined && !isElsewhere ? apiKey : undefined
  return {
    upstream: {
      ...timing,
      ...(ownUrl === undefined ? {} : { url: ownUrl }),
      ...(ownKey === undefined ? {} : { apiKey: ownKey }),
    },
    litellmUrl: env.LITELLM_URL ?? null,
    litellmApiKey: env.LITELLM_API_KEY ?? null,
  }
}

const seatsOf = ({ tiers }: FileConfig): Record<TierName, number> => ({
  fast: tiers.fast?.seats ?? SEATS.fast,
  deep: tiers.deep?.seats ?? SEATS.deep,
  reviewer: tiers.reviewer?.seats ?? SEATS.reviewer,
  cloud: tiers.cloud?.seats ?? SEATS.cloud,
})

const defaultCache = ({ XDG_CACHE_HOME, HOME }: Environment): string =>
  join(XDG_CACHE_HOME ?? join(HOME ?? homedir(), '.cache'), 'quorum')

/** Not in the cache: whoever empties that does not mean his receipts. */
function dataDirOf({ QUORUM_DATA, XDG_DATA_HOME, HOME }: Environment, cwd: string): string | null {
  if (QUORUM_DATA === ':memory:') return null
  const usual = join(XDG_DATA_HOME ?? join(HOME ?? homedir(), '.local', 'share'), 'quorum')
  return resolve(cwd, QUORUM_DATA ?? usual)
}

/** `LITELLM_API_KEY= quorum …` means that there is none. */
const withoutEmpty = (env: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))

const flagName = (key: string): string =>
  `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) freeze(part)
  return Object.freeze(value)
}

/** Where the system's programs are found; all that a process of ours inherits from our environment. */
export const systemPath = (process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin')
  .split(delimiter)
  // npm puts our own programs first; a project must be checked by its own
  .filter((folder) => !resolve(folder).startsWith(join(PACKAGE, 'node_modules', sep)))
  .join(delimiter)

/** Where the user told the tools of other languages to keep what they need; each is asked with these words of his. */
const TOOL_SETTINGS =
  'HOME CARGO_HOME RUSTUP_HOME RUSTUP_TOOLCHAIN GOPATH GOMODCACHE GOCACHE PYENV_ROOT PYENV_VERSION'.split(' ')

/** Those of them that are set. */
export const toolSettings: Readonly<Record<string, string>> = Object.fromEntries(
  TOOL_SETTINGS.flatMap((name) => {
    const value = process.env[name]
    return value === undefined || value === '' ? [] : [[name, value]]
  }),
)
