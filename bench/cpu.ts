import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second, whatever the kernel's own clock is (proc(5), sysconf(3)). */
const TICKS_PER_SECOND = 100

/**
 * Seconds of processor time this machine has worked, for whomever; null without /proc. What a sandbox runs is not counted
 * as its parent's, so only the whole machine tells: it has to be quiet otherwise.
 */
async function secondsWorked(): Promise<number | null> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => null)
  if (stat === null) return null
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .split(/ +/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND
}

export type Cost = { readonly wallSeconds: number; readonly cpuSeconds: number | null }

/** Runs something and tells what it took, in time and in the work of the machine. */
export async function costOf(work: () => Promise<void>): Promise<Cost> {
  const before = await secondsWorked()
  const startedAt = performance.now()
  await work()
  const wallSeconds = (performance.now() - startedAt) / 1000
  const after = await secondsWorked()
  return { wallSeconds, cpuSeconds: before === null || after === null ? null : after - before }
}
