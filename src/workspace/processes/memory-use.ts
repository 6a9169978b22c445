import { readFile } from 'node:fs/promises'
import { bears, processIds, readListing, readProcess, type Family, type Process } from './process-tree.ts'

/**
 * Tells again and again whether a family uses more memory than so many bytes. Who once belonged to it always does, also
 * after having lost its parents; a process that is no member never becomes one, and is looked at only once.
 */
export function watchMemory(family: Family): (bytes: number) => Promise<boolean> {
  let seen: ReadonlySet<number> = new Set([process.pid])
  let members: ReadonlySet<number> = new Set()

  return async (bytes) => {
    const ids = await processIds()
    if (ids.length === 0) return overByListing(bytes)
    const fresh = await Promise.all(ids.filter((pid) => !seen.has(pid)).map(readProcess))
    remember(
      ids,
      fresh.filter((one) => one !== null),
    )
    return (await sumOf(members, residentBytes)) > bytes && (await sumOf(members, ownBytes)) > bytes
  }

  async function overByListing(bytes: number): Promise<boolean> {
    const listed = readListing(await family.listProcesses())
    const ids = listed.map(({ pid }) => pid)
    remember(ids, listed)
    return listed.filter(({ pid }) => members.has(pid)).reduce((sum, one) => sum + one.bytes, 0) > bytes
  }

  /** Ids of those that have ended are given again, and are forgotten for that. */
  function remember(ids: readonly number[], fresh: readonly Process[]): void {
    const known = new Set([...seen, ...fresh.map(({ pid }) => pid)])
    members = withRelatives(new Set(ids.filter((pid) => members.has(pid))), fresh, family)
    seen = new Set(ids.filter((pid) => known.has(pid)))
  }
}

/** The members, and who among the others is of the family: by its group, its mark or its parents. */
function withRelatives(
  members: ReadonlySet<number>,
  others: readonly Process[],
  { pid, mark }: Family,
): Set<number> {
  const found = new Set(members)
  const isRelative = (one: Process): boolean => one.group === pid || bears(one, mark) || found.has(one.parent)
  for (let before = -1; before < found.size;) {
    before = found.size
    others.filter(isRelative).forEach((one) => found.add(one.pid))
  }
  return found
}

async function sumOf(pids: ReadonlySet<number>, bytesOf: (pid: number) => Promise<number>): Promise<number> {
  const sizes = await Promise.all([...pids].map(bytesOf))
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

/** What a process shares with others counts for each of them: never too little, and cheap. */
async function residentBytes(pid: number): Promise<number> {
  const status = await textOf(`/proc/${pid}/status`)
  return kilobytes(status, 'VmRSS') + kilobytes(status, 'VmSwap')
}

/** What is shared is divided among those who share it; the kernel has to walk all pages for that. */
async function ownBytes(pid: number): Promise<number> {
  const rollup = await textOf(`/proc/${pid}/smaps_rollup`)
  return rollup === '' ? residentBytes(pid) : kilobytes(rollup, 'Pss') + kilobytes(rollup, 'SwapPss')
}

/** Empty when the process has ended, or does not let itself be looked at. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

const kilobytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
