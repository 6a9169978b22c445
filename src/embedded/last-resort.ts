import { SwarmError } from '../core/errors.ts'
import { readInstallation } from './installation.ts'
import { startRuntime, type Runtime, type RuntimeOptions } from './runtime.ts'

/** The model that was installed, for when no server is found. */
export type LastResort = AsyncDisposable & {
  /** Starts it when it is asked for the first time. Null where none is installed. */
  readonly start: (signal: AbortSignal) => Promise<LastResortStart | null>
}

export type LastResortStart =
  | ({ readonly ok: true } & Runtime)
  | { readonly ok: false; readonly reason: string }

/** Nothing happens until somebody asks. */
export function createLastResort(dir: string, options: RuntimeOptions): LastResort {
  let starting: Promise<LastResortStart | null> | null = null
  return {
    start: (signal) => (starting ??= start(dir, options, signal)),
    async [Symbol.asyncDispose]() {
      // one that was aborted has left nothing behind
      const started = await starting?.catch(() => null)
      if (started?.ok) await started.close()
    },
  }
}

async function start(
  dir: string,
  options: RuntimeOptions,
  signal: AbortSignal,
): Promise<LastResortStart | null> {
  const installation = await readInstallation(dir)
  if (installation === null) return null
  try {
    return { ok: true, ...(await startRuntime(installation, options, signal)) }
  } catch (error) {
    // a file that has gone bad must not keep the server from starting
    if (!(error instanceof SwarmError) || signal.aborted) throw error
    return { ok: false, reason: error.message }
  }
}
