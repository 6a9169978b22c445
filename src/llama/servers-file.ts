import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { checked, readJson } from '../config-check.ts'
import { SwarmError } from '../core/errors.ts'

/** Ours to give: elsewhere than we look nobody finds the server, and with a prefix there is no /v1 any more. */
const OURS = ['--host', '--port', '--reuse-port', '--api-prefix', '-a', '--alias']

const ServerEntry = z.strictObject({
  /** A GGUF file, or `hf:user/repository:quantisation`. Without one, llama-server is a router over several models. */
  model: z.string().min(1).optional(),
  port: z.int().min(1024).max(65_535).optional(),
  /** Tokens that each slot can hold: prompt and answer together. */
  context: z.int().min(256).default(16_384),
  /** Calls at once; memory grows with context times slots. */
  slots: z.int().min(1).max(64).optional(),
  /** More arguments for llama-server, one word each. */
  flags: z
    .array(z.string())
    .default([])
    .refine((flags) => !flags.some((flag) => OURS.includes(flag.split('=')[0] ?? '')), {
      error: `${OURS.join(', ')} are given by Quorum`,
    }),
})

const ServersFile = z.strictObject({
  /** llama-server: a name on the path, or a file. */
  program: z.string().min(1).default('llama-server'),
  servers: z
    .record(
      z.string().regex(/^\w[\w.-]{0,63}$/, 'a name is letters, digits, dot, dash and underscore'),
      ServerEntry,
    )
    .refine((servers) => Object.keys(servers).length > 0, { error: 'at least one server is expected' }),
})

/** One llama-server, with nothing left open. `model` is a path or `hf:…`; null for a router. */
export type LlamaServer = {
  readonly name: string
  readonly model: string | null
  readonly port: number
  readonly context: number
  readonly slots: number
  readonly flags: readonly string[]
}

/** What `quorum llama up` starts. */
export type Servers = {
  readonly file: string
  readonly program: string
  readonly servers: readonly LlamaServer[]
}

export const SERVERS_FILE = 'quorum.llama.json'
/** The first of the ports where a llama-server is looked for; 8000 itself is vLLM's. */
const FIRST_PORT = 8001
/** As many calls as Quorum has under way at each of its tiers. */
const SLOTS: Readonly<Record<string, number>> = { 'fast-coder': 4, 'deep-coder': 1, reviewer: 2 }

/** The servers a file asks for. Throws 'bad-request' with what to mend. */
export function readServers(file: string): Servers {
  const content = readJson(file, { mustExist: true })
  const { program, servers } = checked(ServersFile, content, { source: file })
  const here = dirname(file)
  const list = Object.entries(servers).map(([name, { model, port, slots, ...rest }], index) => ({
    ...rest,
    name,
    model: model === undefined ? null : placed(model, here),
    port: port ?? FIRST_PORT + index,
    slots: slots ?? SLOTS[name] ?? 1,
  }))
  refuseTwins(file, list)
  return { file, program: /[/\\]/.test(program) ? inFull(program, here) : program, servers: list }
}

const HF = 'hf:'

const placed = (model: string, here: string): string => (model.startsWith(HF) ? model : inFull(model, here))

const inFull = (path: string, here: string): string =>
  path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(here, path)

function refuseTwins(file: string, servers: readonly LlamaServer[]): void {
  for (const { name, port } of servers) {
    const twin = servers.find((other) => other.port === port && other.name !== name)
    if (twin)
      throw new SwarmError('bad-request', `${file}: ${name} and ${twin.name} both ask for port ${port}`)
  }
}

/** The argument list that starts a server. */
export function commandOf(
  program: string,
  { name, model, port, context, slots, flags }: LlamaServer,
): string[] {
  // llama-server's context is that of all slots together
  const size = ['--parallel', String(slots), '--ctx-size', String(context * slots)]
  // its own port has changed before, so it is always told
  const address = ['--host', HOST, '--port', String(port)]
  return [
    program,
    ...(model === null ? [] : ['--alias', name, ...modelFlag(model)]),
    ...address,
    ...size,
    ...flags,
  ]
}

const modelFlag = (model: string): string[] =>
  model.startsWith(HF) ? ['--hf-repo', model.slice(HF.length)] : ['--model', model]

/** Is the model a file, which must be there? */
export const isFile = (model: string | null): model is string => model !== null && !model.startsWith(HF)

/** Loopback, always: whoever reaches such a server spends the machine. */
export const HOST = '127.0.0.1'

/** Base URL of a server, without `/v1`. */
export const urlOf = ({ port }: { readonly port: number }): string => `http://${HOST}:${port}`
