import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import { environmentWith, loadConfig } from '../../src/config.ts'
import { SwarmError } from '../../src/core/errors.ts'
import { installPackage } from '../../src/embedded/install-package.ts'
import type { Installation } from '../../src/embedded/installation.ts'
import { thisMachine } from '../../src/embedded/platform-package.ts'
import { startRuntime, type Runtime, type RuntimeOptions } from '../../src/embedded/runtime.ts'
import { tinyGguf } from './tiny-gguf.ts'

export const never = new AbortController().signal

/** node-llama-cpp, installed once for all tests as a user would have it; or why it cannot be. */
export async function llamaPackage(): Promise<{ folder: string } | { why: string }> {
  const { cacheDir } = loadConfig({ overrides: {}, cwd: tmpdir() })
  try {
    return { folder: await installPackage(cacheDir, thisMachine(), environment(), never) }
  } catch (error) {
    // no npm, no network, or a machine that none is made for
    if (error instanceof SwarmError) return { why: error.message }
    throw error
  }
}

/** As this process has it, but for what npm was told about our own package. */
const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environmentWith({})).flatMap(([name, value]) =>
      value === undefined ||
      /^PATH$|^npm_(?!config_(?:registry|cafile|proxy|https_proxy|noproxy|userconfig|cache)$)/i.test(name)
        ? []
        : [[name, value]],
    ),
  )

/** The worst model in the world, in a folder that goes with the test. */
export async function tinyInstallation(
  t: TestContext,
  packageFolder: string,
): Promise<Installation & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-embedded-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const model = join(folder, 'tiny.gguf')
  await writeFile(model, tinyGguf())
  return { folder, packageFolder, model, name: 'tiny' }
}

export type Embedded = Runtime & {
  readonly troubles: string[]
  /** Asks it, with its key. */
  ask(path: string, body?: object, signal?: AbortSignal): Promise<Response>
}

/** As the composition root has them, with a window that suits the tests. */
export const runtimeOptions = (troubles: string[] = []): RuntimeOptions => ({
  environment: {},
  now: Date.now,
  sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
  onTrouble: (message) => troubles.push(message),
  window: 2_048,
})

/** A runtime that ends with the test. */
export async function startEmbedded(
  t: TestContext,
  installation: Installation,
  options: Partial<RuntimeOptions> = {},
): Promise<Embedded> {
  const troubles: string[] = []
  const runtime = await startRuntime(installation, { ...runtimeOptions(troubles), ...options }, never)
  t.after(() => runtime.close())
  const root = runtime.url.replace(/\/v1$/, '')
  return {
    ...runtime,
    troubles,
    ask: (path, body, signal) =>
      fetch(`${root}${path}`, {
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        headers: { authorization: `Bearer ${runtime.apiKey}` },
        signal: signal ?? null,
      }),
  }
}
