import { appendFile, cp, mkdtemp, realpath, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIndex, type CodeIndex } from '../src/codebase/code-index.ts'
import { searchMap } from '../src/codebase/search-map.ts'
import { rankCode } from '../src/core/code-map/rank.ts'
import { renderMap } from '../src/core/code-map/render.ts'
import { lookInto } from '../src/workspace/look.ts'

// `node bench/code-map.ts [copies]`: what a map of this project costs, copied so often: from nothing, from what was kept,
// and after one file has changed, against a search for declarations.
const never = new AbortController().signal
const COPIES = Number(process.argv[2] ?? 2)
const REQUEST = 'an aborted waiter of createSlots should give its place in the queue back'
const at = await mkdtemp(join(await realpath(tmpdir()), 'bench-code-map-'))
try {
  console.log(`${cpus().length} cores, load ${loadavg()[0]!.toFixed(2)}, Node ${process.version}`)
  await bench(join(at, 'project'), join(at, 'kept'))
} finally {
  await rm(at, { recursive: true, force: true })
}
console.log(`load at the end ${loadavg()[0]!.toFixed(2)}`)

async function bench(folder: string, kept: string): Promise<void> {
  for (let copy = 0; copy < COPIES; copy += 1) {
    for (const part of ['src', 'test', 'bench'])
      await cp(join(import.meta.dirname, '..', part), join(folder, String(copy), part), { recursive: true })
  }
  const { paths, root } = await lookInto(folder, join(at, 'room'), never)
  console.log(`${paths.length} files\n`)
  const search = await costOf(
    async () => void (await searchMap({ root, paths, request: REQUEST, tokens: 1_500 }, never)),
  )
  const index = await openIndex(root, kept)
  const cold = await costOf(() => map(index, paths))
  const keeping = await costOf(() => index.keep())
  const warm = await costOf(async () => map(await openIndex(root, kept), paths))
  const again = await costOf(() => map(index, paths))
  await appendFile(join(root, '0/src/slots.ts'), '\nexport function oneMore(): void {}\n')
  const changed = await costOf(() => map(index, paths))
  console.log(
    `  a search for declarations  ${search.wallSeconds.toFixed(2).padStart(6)} s, in a process of its own`,
  )
  tell('from nothing', cold, cold)
  tell('keeping what was read', keeping, cold)
  tell('from what was kept', warm, cold, 0.05)
  tell('with nothing changed', again, cold, 0.05)
  tell('with one file changed', changed, cold, 0.05)
}

/** A map that does not show the file that is meant is not worth being measured. */
async function map(index: CodeIndex, paths: readonly string[]): Promise<void> {
  const { files } = renderMap(rankCode(await index.graphOf(paths), { request: REQUEST, open: [] }), 1_500)
  if (!files.some(({ path }) => path.endsWith('src/slots.ts'))) throw new Error('the map misses src/slots.ts')
}

type Cost = { readonly wallSeconds: number; readonly cpuSeconds: number }

/** Of this process and its threads alone: what others do on the machine at the same time does not count. */
async function costOf(work: () => Promise<void>): Promise<Cost> {
  const before = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const wallSeconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(before)
  return { wallSeconds, cpuSeconds: (user + system) / 1e6 }
}

function tell(what: string, { wallSeconds, cpuSeconds }: Cost, cold: Cost, goal?: number): void {
  const ratio = (cpuSeconds / cold.cpuSeconds).toFixed(3)
  const wanted = goal === undefined ? '' : ` (goal ≤ ${goal})`
  console.log(
    `  ${what.padEnd(26)} ${wallSeconds.toFixed(2).padStart(6)} s, processor ${cpuSeconds.toFixed(2).padStart(6)} s, ${ratio} of from nothing${wanted}`,
  )
}
