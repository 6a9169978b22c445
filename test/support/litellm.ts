import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import { loadConfig } from '../../src/config.ts'
import { freePort } from './llama-folder.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** The version compose.yaml starts. */
export const LITELLM_VERSION = /image: ghcr\.io\/berriai\/litellm:v(\S+)/.exec(
  readFileSync(join(ROOT, 'compose.yaml'), 'utf8'),
)?.[1]

/** The program, where test/support/install-litellm.sh puts it. */
export function installedLitellm(): { program: string; isThere: boolean } {
  const { cacheDir } = loadConfig({ overrides: {}, cwd: ROOT })
  const program = join(cacheDir, `litellm-${LITELLM_VERSION}`, 'bin', 'litellm')
  return { program, isThere: existsSync(program) }
}

/** Starts the real LiteLLM on the configuration we ship, in front of this Ollama. It ends with the test. */
export async function startLitellm(t: TestContext, program: string, ollamaUrl: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'quorum-litellm-'))
  const port = await freePort()
  const config = join(ROOT, 'litellm', 'config.yaml')
  const child = spawn(program, ['--config', config, '--host', '127.0.0.1', '--port', String(port)], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      OLLAMA_API_BASE: ollamaUrl,
      LITELLM_MASTER_KEY: 'dev-key',
      // else it tries for ten seconds to fetch prices
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said += bytes.toString()))
  t.after(async () => {
    const ended = once(child, 'close')
    child.kill('SIGKILL')
    await ended
    await rm(home, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  while (!(await isAlive(url))) {
    if (child.exitCode !== null)
      throw new Error(`LiteLLM ended with ${child.exitCode}:\n${said.slice(-2_000)}`)
    await sleep(200)
  }
  return url
}

const isAlive = (url: string): Promise<boolean> =>
  fetch(`${url}/health/liveliness`).then(
    ({ ok }) => ok,
    () => false,
  )
