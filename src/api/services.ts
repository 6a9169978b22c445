import type { Clock, Models } from '../cascade/ports.ts'
import type { TierName } from '../core/task.ts'
import type { Runner } from '../tasks/runner.ts'

/** An upstream's answer, unread. */
export type Relayed = {
  status: number
  contentType: string
  /** When the upstream wants to be asked again, in its own words. */
  retryAfter?: string | null
  body: ReadableStream<Uint8Array>
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
    /** The tree of the user's files as they are now, which a task that starts now would have as its base. */
    baseOf(name: string, signal: AbortSignal): Promise<string>
  }
  /** The receipt of a task that is no longer remembered; null where none was kept either. */
  readonly receipt: (taskId: string) => { readonly status: string } | null
  readonly models: Pick<Models, 'tiers' | 'modelOf'>
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
