import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second, whatever the kernel's own clock is (proc(5), sysconf(3)). */
const TICKS_PER_SECOND = 100

/** Seconds of processor time that ended child processes of ours have used, with all they started; null without /proc. */
async function secondsOfChildren(): Promise<number | null> {
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => null)
  if (stat === null) return null
  // the name in parentheses may hold anything; user and system time of waited-for children are the 14th and 15th after it
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND
}

export type Cost = { readonly wallSeconds: number; readonly cpuSeconds: number | null }

/** Runs something and tells what it took, in time and in the work of the processes it started. */
export async function costOf(work: () => Promise<void>): Promise<Cost> {
  const before = await secondsOfChildren()
  const startedAt = performance.now()
  await work()
  const wallSeconds = (performance.now() - startedAt) / 1000
  const after = await secondsOfChildren()
  return { wallSeconds, cpuSeconds: before === null || after === null ? null : after - before }
}
