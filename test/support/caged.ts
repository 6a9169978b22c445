import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { systemPath } from '../../src/config.ts'
import { probeCage, type Cage } from '../../src/workspace/cage/sandbox.ts'
import { shell } from '../../src/workspace/shell.ts'

const never = new AbortController().signal

/** The cage of this machine, as the server finds it. */
export async function findCage(): Promise<Cage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'quorum-probe-')))
  try {
    const run = (command: readonly string[], signal: AbortSignal) =>
      shell(command, { cwd: folder, environment: {} }, signal)
    return await probeCage({ run, platform: process.platform, path: systemPath, folder }, never)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Is there one? Skips aloud where there is not. */
export function hasCage(t: TestContext, cage: Cage, { overlays = false } = {}): boolean {
  if (cage.kind === 'none') t.skip(`no sandbox here: ${cage.reason}`)
  else if (overlays && !cage.overlays) t.skip('the sandbox here knows no overlays')
  return cage.kind !== 'none' && (cage.overlays || !overlays)
}
