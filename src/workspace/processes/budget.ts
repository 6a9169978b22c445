import { setTimeout as sleep } from 'node:timers/promises'
import { watchDisk } from './disk-use.ts'
import { watchMemory } from './memory-use.ts'
import type { Family } from './process-tree.ts'

/** What a command and all that it starts may use together, where a limit only holds for each process or file. */
export type Budget = {
  readonly memoryBytes: number
  /** Of what it writes below the folders. */
  readonly diskBytes: number
  /** Where it can write: the tree, its home, the upper folders of overlays. */
  readonly folders: readonly string[]
}

export type Exceeded = 'memory' | 'disk'

const POLL_MS = 250
/** The watcher rests so many times longer than it looked, for it must not be what keeps the machine busy. */
const REST = 20
const LONGEST_REST_MS = 1_000

/** Watches a family from now on. Disposing ends the watch, and with it `exceeded` if nothing was. */
export function watchBudget(budget: Budget, family: Family) {
  const ended = new AbortController()
  const exceeded = watch(budget, family, ended.signal)
  return {
    exceeded,
    async [Symbol.asyncDispose]() {
      ended.abort()
      await exceeded
    },
  }
}

async function watch(budget: Budget, family: Family, signal: AbortSignal): Promise<Exceeded | null> {
  const usesMoreMemory = watchMemory(family)
  using disk = watchDisk(budget.folders)
  for (let rest = POLL_MS; await isStillWatching(rest, signal);) {
    const startedAt = performance.now()
    if (await usesMoreMemory(budget.memoryBytes)) return 'memory'
    if (disk.hasMore(budget.diskBytes)) return 'disk'
    const tookMs = performance.now() - startedAt
    rest = Math.min(Math.max(POLL_MS, REST * tookMs), LONGEST_REST_MS)
  }
  return null
}

const isStillWatching = (ms: number, signal: AbortSignal): Promise<boolean> =>
  sleep(ms, true, { signal }).catch(() => false)
