import { mkdir, mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { freshOverlay } from './overlay.ts'
import { removeTree } from '../remove.ts'
import type { Cage, Room, RunCommand } from './sandbox.ts'

export type Trial = AsyncDisposable & {
  /** What is wrong with this cage, in the words of whoever noticed; null when every wall held. */
  faultOf(cage: Cage, signal: AbortSignal): Promise<string | null>
}

/** A place to find out what a cage is worth: something to steal, something to spoil, and a door on loopback. */
export async function openTrial(folder: string, run: RunCommand): Promise<Trial> {
  const at = await mkdtemp(join(await realpath(folder), 'cage-trial-'))
  const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  let rounds = 0

  return {
    async faultOf(cage, signal) {
      rounds += 1
      const place = join(at, String(rounds))
      const room = await furnish(place, cage.overlays)
      const secret = join(at, `secret-${rounds}`)
      await writeFile(secret, SECRET)
      const targets = [room.root, secret, String(port), room.overlays[0]?.target ?? '']
      const { output } = await run(cage.wrap([process.execPath, '-e', BREAK_OUT, ...targets], room), signal)
      signal.throwIfAborted()
      if (output.trim() !== HELD) return output.trim() || 'nothing runs in it'
      // a write that goes to a throw-away /tmp succeeds and does no harm, so what counts is what is here now
      if ((await readFile(secret, 'utf8')) !== SECRET) return 'files outside were changed'
      return cage.overlays ? spoiled(place) : null
    },
    async [Symbol.asyncDispose]() {
      listener.close()
      await removeTree(at)
    },
  }
}

const SECRET = 'secret'
const HELD = 'the walls held'

async function furnish(place: string, overlays: boolean): Promise<Room> {
  const [root, home, lower] = [join(place, 'tree'), join(place, 'home'), join(place, 'lower')]
  const target = join(root, 'packages')
  for (const folder of [target, home, lower]) await mkdir(folder, { recursive: true })
  await writeFile(join(lower, 'package'), SECRET)
  return {
    root,
    home,
    seen: { root, home },
    cwd: root,
    readable: [],
    overlays: overlays ? [await freshOverlay(lower, target, join(place, 'layers'))] : [],
    network: false,
    environment: {},
    limits: { processes: 64, memoryBytes: 4 * 2 ** 30, fileBytes: 2 ** 20 },
  }
}

async function spoiled(place: string): Promise<string | null> {
  const lower = await readFile(join(place, 'lower', 'package'), 'utf8')
  const upper = await readFile(join(place, 'layers', 'upper', 'package'), 'utf8').catch(() => '')
  return lower === SECRET && upper === 'changed' ? null : 'the overlay does not keep its layers apart'
}

/** Runs in the cage. Says `HELD`, or what it could do and should not, or could not and should. */
const BREAK_OUT = `
const { readFileSync, writeFileSync } = require('node:fs')
const [root, secret, port, packages] = process.argv.slice(1)
const can = (act) => { try { act(); return true } catch { return false } }
const faults = []
if (!can(() => writeFileSync(root + '/written', ''))) faults.push('the workspace cannot be written')
if (packages && readFileSync(packages + '/package', 'utf8') !== '${SECRET}') faults.push('the overlay cannot be read')
if (packages) writeFileSync(packages + '/package', 'changed')
if (can(() => readFileSync(secret))) faults.push('files outside can be read')
can(() => writeFileSync(secret, 'spoiled'))
const finish = () => { console.log(faults.join('; ') || '${HELD}'); process.exit() }
require('node:net').connect(Number(port), '127.0.0.1')
  .on('connect', () => { faults.push('the network can be reached'); finish() })
  .on('error', finish)
`
