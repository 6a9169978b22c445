import { extname, join } from 'node:path'
import { jsonOrNull } from '../core/json.ts'
import { startCompanion, type Companion } from '../workspace/shell.ts'
import { Said, type Ready, type Settings } from './messages.ts'

/** The process that holds the model. */
export type Child = {
  readonly ready: Ready
  isRunning(): boolean
  /** When it has ended, for whatever reason. */
  readonly ended: Promise<void>
  kill(): Promise<void>
}

export type Started = { ok: true; child: Child } | { ok: false; reason: string }

/** Starts it and waits until its model is loaded. An abort ends it. */
export async function startChild(
  settings: Settings,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Started> {
  // published, both of us are JavaScript
  const program = join(import.meta.dirname, `server-process${extname(import.meta.filename)}`)
  const companion = startCompanion([process.execPath, program], import.meta.dirname, environment)
  const kill = (): void => void companion.kill()
  signal.addEventListener('abort', kill, { once: true })
  companion.say(JSON.stringify(settings))
  const said = await hear(companion)
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  if (said?.kind === 'ready') {
    companion.unref()
    return { ok: true, child: childOf(companion, said) }
  }
  await companion.kill()
  return { ok: false, reason: said?.message ?? 'its process ended before its model was loaded' }
}

/** Other people's code may write to its output too. */
async function hear(companion: Companion): Promise<Said | null> {
  for (let line = await companion.hear(); line !== null; line = await companion.hear()) {
    const said = Said.safeParse(jsonOrNull(line))
    if (said.success) return said.data
  }
  return null
}

function childOf(companion: Companion, ready: Ready): Child {
  let hasEnded = false
  const ended = untilEnd(companion).then(() => void (hasEnded = true))
  return {
    ready,
    ended,
    isRunning: () => !hasEnded && companion.isRunning(),
    async kill() {
      // its end is worth staying for
      companion.ref()
      await companion.kill()
    },
  }
}

async function untilEnd(companion: Companion): Promise<void> {
  while ((await companion.hear()) !== null);
}
