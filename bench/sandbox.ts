import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freshOverlay } from '../src/workspace/cage/overlay.ts'
import { removeTree } from '../src/workspace/remove.ts'
import { probeCage, type Room } from '../src/workspace/cage/sandbox.ts'

const RUNS = 30

/** What the cage costs per command: medians over commands run in turn, plain, caged, and caged with an overlay. */
export async function benchSandbox(): Promise<void> {
  const at = await mkdtemp(join(await realpath(tmpdir()), 'bench-sandbox-'))
  try {
    const path = process.env['PATH'] ?? ''
    const never = new AbortController().signal
    const startedAt = performance.now()
    const cage = await probeCage({ run, platform: process.platform, path, folder: at }, never)
    console.log(`${cage.description}\nfound in ${Math.round(performance.now() - startedAt)} ms\n`)
    if (cage.kind === 'none') return

    const room = await furnish(at, path)
    for (const command of [['true'], ['node', '-e', '']]) {
      const bare = { ...room, overlays: [] }
      const ways: Record<string, readonly string[]> = { plain: command, caged: cage.wrap(command, bare) }
      if (cage.overlays) ways['caged, overlay'] = cage.wrap(command, room)
      print(command.join(' '), await measure(ways))
    }
  } finally {
    await removeTree(at)
  }
}

/** In turn, so that what else the machine does falls on all of them alike. */
async function measure(ways: Readonly<Record<string, readonly string[]>>): Promise<Map<string, number>> {
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]))
  for (let round = 0; round < RUNS; round += 1) {
    for (const [name, command] of Object.entries(ways)) {
      const startedAt = performance.now()
      const { exitCode, output } = await run(command)
      if (exitCode !== 0) throw new Error(`${name}: ${output}`)
      times.get(name)?.push(performance.now() - startedAt)
    }
  }
  return new Map([...times].map(([name, each]) => [name, each.sort((a, b) => a - b)[each.length >> 1] ?? 0]))
}

function print(command: string, medians: ReadonlyMap<string, number>): void {
  const plain = medians.get('plain') ?? 0
  console.log(`${command}  (median of ${RUNS})`)
  for (const [name, ms] of medians) {
    const more = `+${(ms - plain).toFixed(1)} ms, ${(ms / plain).toFixed(2)}×`
    console.log(`  ${name.padEnd(16)} ${ms.toFixed(1).padStart(6)} ms   ${name === 'plain' ? '' : more}`)
  }
}

async function furnish(at: string, path: string): Promise<Room> {
  const place = (name: string): string => join(at, name)
  const folders = { root: place('tree'), home: place('home') }
  const target = join(folders.root, 'node_modules')
  for (const folder of [folders.home, target, place('lower')]) await mkdir(folder, { recursive: true })
  await writeFile(join(place('lower'), 'package.json'), '{}')
  return {
    ...folders,
    seen: folders,
    cwd: folders.root,
    readable: [],
    overlays: [await freshOverlay(place('lower'), target, place('layers'))],
    network: false,
    environment: { PATH: path, HOME: folders.home },
    limits: { processes: 512, memoryBytes: 4 * 2 ** 30, fileBytes: 2 ** 29 },
  }
}

async function run(command: readonly string[]): Promise<{ exitCode: number | null; output: string }> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()))
  await once(child, 'close')
  return { exitCode: child.exitCode, output }
}

if (import.meta.main) await benchSandbox()
