import { SwarmError } from '../core/errors.ts'
import type { ApiServices, Readiness } from './services.ts'

const FRESH_MS = 2_000
const PROBE_MS = 5_000

/** Asks the upstreams at most once every two seconds, whoever wants to know. */
export function createReadiness(services: Pick<ApiServices, 'clock' | 'ready'>): () => Promise<Readiness> {
  const { clock } = services
  let asked: { at: number; answer: Promise<Readiness> } | null = null
  return () => {
    if (asked === null || clock.now() - asked.at >= FRESH_MS) asked = { at: clock.now(), answer: probe() }
    return asked.answer
  }

  /** On its own signal: the first caller's leaving must not fail the others. */
  async function probe(): Promise<Readiness> {
    const limit = AbortSignal.timeout(PROBE_MS)
    try {
      return await services.ready(limit)
    } catch (error) {
      const reason = limit.aborted ? `no answer within ${PROBE_MS / 1000} s` : faultIn(error)
      return { ok: false, upstream: 'the upstream', models: [], reason }
    }
  }
}

/** An upstream that is down is an answer here; a bug is not. */
function faultIn(error: unknown): string {
  if (error instanceof SwarmError) return error.message
  throw error
}

/** Throws 'upstream' unless there is a model to talk to: a clear 503 before the stream starts. */
export async function requireReady(readiness: () => Promise<Readiness>): Promise<void> {
  const { ok, upstream, reason } = await readiness()
  if (!ok) throw new SwarmError('upstream', `${upstream} is not ready: ${reason ?? 'no reason was given'}`)
}
