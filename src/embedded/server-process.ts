import { createInterface } from 'node:readline'
import { openEngine } from './engine.ts'
import { serveEngine } from './http-server.ts'
import { Settings, type Said } from './messages.ts'

/*
 * A process of its own: what a model does to the memory, and what a bug in the native code does to the process, happens
 * here. It is told what to do by the first line of its input, and ends when its input ends, so also with its parent.
 */

const say = (said: Said): void => void process.stdout.write(`${JSON.stringify(said)}\n`)

async function start(line: string): Promise<void> {
  const { packageFolder, model, name, key, port, window, sequences } = Settings.parse(JSON.parse(line))
  const errors: string[] = []
  try {
    const options = { packageFolder, model, window, sequences }
    const engine = await openEngine(options, (line) => {
      errors.push(line)
      errors.splice(0, errors.length - MOST_ERRORS)
    })
    const { port: taken } = await serveEngine({ engine, name, key }, port)
    say({ kind: 'ready', port: taken, window: engine.window, sequences: engine.sequences, gpu: engine.gpu })
  } catch (error) {
    const message = [error instanceof Error ? error.message : String(error), ...errors].join('; ')
    process.stdout.write(`${JSON.stringify({ kind: 'failed', message } satisfies Said)}\n`, () =>
      process.exit(1),
    )
  }
}

/** Lines of llama.cpp's own log that go with a failure. */
const MOST_ERRORS = 5

createInterface({ input: process.stdin })
  .once('line', (line) => void start(line))
  .once('close', () => process.exit(0))
