import type { Clock, Limits, Look, Models, Prompts, Senses, Tools } from '../cascade/ports.ts'
import type { MediaKind } from '../core/media.ts'
import type { Privacy } from '../core/privacy/policy.ts'
import type { TierName } from '../core/task.ts'
import type { Runner } from '../tasks/runner.ts'
import type { Delivered } from './earlier.ts'

/** An upstream's answer, unread. */
export type Relayed = {
  status: number
  contentType: string
  /** When the upstream wants to be asked again, in its own words. */
  retryAfter?: string | null
  /** As the upstream said it; null where it did not. */
  contentLength?: string | null
  /** The bytes of `body`, without the cost of a web stream; only one of the two is read. */
  source?: Source
  readonly body: ReadableStream<Uint8Array>
}

/** An answer's bytes, given to one taker as they come. */
export type Source = {
  flow(taker: { take(chunk: Uint8Array): void; end(isWhole: boolean): void }): void
  pause(): void
  resume(): void
  destroy(): void
}

/** A request for an upstream, ready to go. */
export type Sending = {
  /** Below the upstream's base URL, such as `/embeddings`. */
  path: string
  contentType: string
  accept: string
  body: string | Uint8Array
}

/** A model that an upstream lists. */
export type Listed = {
  readonly id: string
  /** Unix seconds; null where nobody says. */
  readonly created: number | null
  readonly ownedBy: string | null
  /** A tier whose upstream lists it. */
  readonly tier: TierName
  /** What it seems to be good for. */
  readonly makes: 'text' | 'embeddings' | 'transcriptions'
}

/** Is there a model to talk to? */
export type Readiness = { ok: boolean; upstream: string; models: string[]; reason: string | null }

/** What the edge needs of the house. */
export type ApiServices = {
  readonly runner: Runner
  readonly relay: {
    /** Sends a chat request's body on as it is. Throws SwarmError when no answer begins. */
    open(tier: TierName, body: string, signal: AbortSignal): Promise<Relayed>
    /** Sends anything else to the upstream of a tier. */
    post(tier: TierName, sending: Sending, signal: AbortSignal): Promise<Relayed>
  }
  readonly senses: Senses & {
    /** What to configure where nobody sees, or hears. */
    advice(kind: MediaKind): string
    /** Sends a chat with pictures to the model that sees. */
    chat(body: string, signal: AbortSignal): Promise<Relayed>
    /** A picture that is named by its address. Throws 'bad-request' with the reason. */
    fetchPicture(url: string, signal: AbortSignal): Promise<{ mime: string; bytes: Uint8Array<ArrayBuffer> }>
  }
  /** The models the upstreams list. */
  readonly catalogue: {
    all(): Promise<readonly Listed[]>
    /** Null when no upstream lists it, also when asked anew. */
    find(id: string): Promise<Listed | null>
  }
  readonly workspaces: {
    /** The names served, the default first. */
    names(): readonly string[]
    /** May this name be worked on? False for whatever is unknown or leads outside. */
    has(name: string): Promise<boolean>
    /** Does this workspace hold all of these files? */
    contains(name: string, paths: readonly string[]): Promise<boolean>
    /** Which of them a folder of this machine is, or lies in, and where in it; null for any other. */
    at(folder: string): Promise<{ readonly name: string; readonly below: string } | null>
    /** The tree of the user's files as they are now, which a task that starts now would have as its base. */
    baseOf(name: string, signal: AbortSignal): Promise<string>
    /** The user's files as they are now, to read from. */
    look(name: string, signal: AbortSignal): Promise<Look>
  }
  /** Does a workspace define one of these names? False where that is not known within half a second. */
  readonly defines?: (workspace: string, names: readonly string[], signal: AbortSignal) => Promise<boolean>
  /** What may be asked about the workspaces served. */
  readonly tools: Tools
  /** The same for clients that take the answer elsewhere: what is private is left out. */
  readonly outsideTools: Tools
  /** What is not for them, in whatever they are told. */
  readonly withheld: {
    isPrivate(path: string): boolean
    /** Private files of which a line stands in a text. */
    filesIn(text: string): Promise<readonly string[]>
  }
  /** The receipt of a task that is no longer remembered; null where none was kept either. */
  readonly receipt: (taskId: string) => { readonly status: string } | null
  /** The change that a task delivered which is no longer remembered; null where none was kept. */
  readonly delivered: (taskId: string) => Delivered | null
  readonly prompts: Pick<Prompts, 'render'>
  readonly limits: Pick<Limits, 'contextCharacters'>
  /** What stays at home. Absent: every model is local. */
  readonly privacy?: Privacy
  /** Without `call`, a question is answered from what is known to matter. */
  readonly models: Pick<Models, 'tiers' | 'modelOf' | 'windowOf'> & Partial<Pick<Models, 'call'>>
  /** A slot of a tier, where one is free at this moment; null where a caller would have to wait. To dispose it twice is to do it once. */
  readonly freeSlot: (tier: TierName, signal: AbortSignal) => Promise<Disposable> | null
  ready(signal: AbortSignal): Promise<Readiness>
  /** null: no key is asked for. */
  readonly apiKey: string | null
  /** Largest request body, in bytes. */
  readonly bodyLimit: number
  /** Origins a browser may call from; `*` means any. */
  readonly corsOrigins: readonly string[]
  readonly clock: Clock
  /** Longest silence of an answer, in milliseconds; 10 s when absent. */
  readonly heartbeatMs?: number
  /** How long a task goes on when nobody reads it any more, in milliseconds. */
  readonly graceMs: number
  /** How long a finished answer is given again to the same request, in milliseconds. */
  readonly joinMs: number
  readonly version: string
  /** Told of what should never happen. */
  readonly onBug?: (error: unknown) => void
}
