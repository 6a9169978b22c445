import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A folder with a scripted llama-server in `bin`, which goes after the test. */
export async function llamaFolder(t: TestContext): Promise<{ folder: string; bin: string; program: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-llama-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const program = join(bin, 'llama-server')
  const script = join(import.meta.dirname, 'scripted-llama-server.ts')
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`, { mode: 0o755 })
  return { folder, bin, program }
}

/** A port nobody has now: llama-server cannot be told to choose one. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
