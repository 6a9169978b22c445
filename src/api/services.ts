import type { Clock, Models } from '../cascade/ports.ts'
import type { TierName } from '../core/task.ts'
import type { Runner } from '../tasks/runner.ts'

/** An upstream's answer, unread. */
export type Relayed = { status: number; contentType: string; body: ReadableStream<Uint8Array> }

/** Is there a model to talk to? */
export type Readiness = { ok: boolean; upstream: string; models: string[]; reason: string | null }

/** What the edge needs of the house. */
export type ApiServices = {
  readonly runner: Runner
  readonly relay: {
    /** Sends a chat request's body on as it is. Throws SwarmError when no answer begins. */
    open(tier: TierName, body: string, signal: AbortSignal): Promise<Relayed>
  }
  readonly workspaces: {
    /** The names served, the default first. */
    names(): readonly string[]
    /** May this name be worked on? False for whatever is unknown or leads outside. */
    has(name: string): Promise<boolean>
    /** Does this workspace hold all of these files? */
    contains(name: string, paths: readonly string[]): Promise<boolean>
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
  readonly version: string
  /** Told of what should never happen. */
  readonly onBug?: (error: unknown) => void
}
