import { median, quantile } from '../figures.ts'
import { concurrently, type Target } from './targets.ts'

// What one target takes, in one round. Every answer's length is checked: a fast wrong answer is none.

/** Milliseconds for a whole answer, one at a time. */
export const wholeMs = (target: Target): Promise<number> =>
  medianOf(60, async () => (await whole(target)).totalMs)

/** The same for sixteen callers at once and a model that thinks for 50 ms. */
export async function concurrentMs(target: Target): Promise<number> {
  const all: number[] = []
  await concurrently(16, 6, async () => all.push((await whole(target, 50)).totalMs))
  return median(all)
}

/** Milliseconds for a whole answer to 400 KB. */
export const largePromptMs = (target: Target): Promise<number> =>
  medianOf(10, async () => (await whole(target, 0, 400_000)).totalMs)

/** Milliseconds to the first bytes of a stream. */
export const firstChunkMs = (target: Target): Promise<number> =>
  medianOf(60, async () => (await stream(target, 20, 0)).firstMs)

/** Requests per second of sixteen callers, and what each costs the target. */
export async function saturated(target: Target): Promise<{ perSecond: number; cpuMs: number }> {
  const cpuBefore = await target.process.cpuMs()
  const startedAt = performance.now()
  let done = 0
  const caller = async (): Promise<void> => {
    while (performance.now() - startedAt < SATURATED_MS) {
      await whole(target)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: 16 }, caller))
  const seconds = (performance.now() - startedAt) / 1000
  return { perSecond: done / seconds, cpuMs: ((await target.process.cpuMs()) - cpuBefore) / done }
}

/** Processor time for a thousand chunks of 64 streams that bring a hundred a second. */
export async function pacedCpuMs(target: Target): Promise<number> {
  const before = await target.process.cpuMs()
  await concurrently(64, 1, () => stream(target, PACED_CHUNKS, 10))
  return ((await target.process.cpuMs()) - before) / ((64 * PACED_CHUNKS) / 1000)
}

/** Processor time for a thousand chunks that come all at once. */
export async function burstCpuMs(target: Target): Promise<number> {
  const before = await target.process.cpuMs()
  await concurrently(2, 15, () => stream(target, 2_000, 0))
  return ((await target.process.cpuMs()) - before) / 60
}

/** The 99th percentile of the time between two pieces of a stream that brings one every 8 ms. */
export async function gapMs(target: Target): Promise<number> {
  const times: number[] = []
  await target.call(
    { kind: 'stream', chunks: 150, everyMs: 8 },
    { onData: () => void times.push(performance.now()) },
  )
  return quantile(
    times.slice(1).map((time, at) => time - times[at]!),
    0.99,
  )
}

const SATURATED_MS = 1_000
const PACED_CHUNKS = 80

async function medianOf(times: number, measure: () => Promise<number>): Promise<number> {
  const all: number[] = []
  for (let time = 0; time < times; time += 1) all.push(await measure())
  return median(all)
}

async function whole(target: Target, thinkMs = 0, promptLength = 0): Promise<{ totalMs: number }> {
  const call = await target.call({ kind: 'whole', thinkMs }, { promptLength })
  if (!call.body.includes('"finish_reason":"stop"')) throw new Error(`${target.name}: half an answer`)
  return call
}

async function stream(target: Target, chunks: number, everyMs: number): Promise<{ firstMs: number }> {
  const call = await target.call({ kind: 'stream', chunks, everyMs })
  const { length } = call.body.toString('latin1').split('"content":"word "')
  if (length !== chunks + 1 || !call.body.includes('data: [DONE]'))
    throw new Error(`${target.name}: a broken stream`)
  return call
}
