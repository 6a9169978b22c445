import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GATE_LIMITS } from '../confinement.ts'
import { gateEnvironment } from '../gates/environment.ts'
import { readInstallFault, type InstallFault } from './install-fault.ts'
import { networkSettings } from './npm-settings.ts'
import { choosePackageManager } from './package-manager.ts'
import { touchDownloads } from '../leftovers.ts'
import { removeTree } from '../remove.ts'
import { seenBy, type Cage } from '../cage/sandbox.ts'
import { shell } from '../shell.ts'

/** What is to be installed, and where. */
export type Install = {
  /** Text of every package.json and lock file, by its path in the project. */
  readonly manifests: ReadonlyMap<string, string>
  /** A folder of ours; what stood in it is gone. */
  readonly at: string
  /** What was downloaded is kept here from one install to the next; several may share it at once. */
  readonly downloads: string
  readonly cage: Cage
}

export type Installed =
  /** Beside its copy of each manifest, `folder` has the node_modules that belong to it. */
  | { readonly ok: true; readonly folder: string; readonly command: readonly string[]; readonly ms: number }
  | ({ readonly ok: false; readonly command: readonly string[]; readonly ms: number } & InstallFault)

const NO_REGISTRY: InstallFault = {
  fault: 'machine',
  code: 'no registry',
  reason:
    'npm is not installed, or does not tell its registry, as with a password in the URL of it in .npmrc',
}

const TIMEOUT_MS = 10 * 60_000
/** Bytes of output: the reason of a failure stands at its end. */
const KEPT = 100_000

/**
 * Installs what these manifests name, in a folder that holds nothing else. No script of any package is run, so the
 * network can be open; where there is a cage, the package manager is in it all the same.
 */
export async function installDependencies(install: Install, signal: AbortSignal): Promise<Installed> {
  const { manifests, at, downloads, cage } = install
  const folder = join(at, 'tree')
  await removeTree(folder)
  await write(manifests, folder)
  await touchDownloads(downloads)
  await mkdir(join(downloads, 'tmp'), { recursive: true })

  const manager = await choosePackageManager(manifests)
  const network = await networkSettings(signal)
  if (!network) return { ok: false, command: manager.command, ms: 0, ...NO_REGISTRY }
  const seen = seenBy(cage, { root: folder, home: downloads })
  const environment = {
    ...gateEnvironment(seen, '', []),
    ...network.environment,
    ...manager.environment(seen.home),
  }
  const room = { root: folder, home: downloads, seen, cwd: seen.root, overlays: [], limits: GATE_LIMITS }
  const held = cage.wrap(manager.command, { ...room, readable: network.readable, network: true, environment })
  const limits = { timeoutMs: TIMEOUT_MS, keep: KEPT, leavesNothing: true }
  const { exitCode, timedOut, output, ms } = await shell(
    held,
    { cwd: folder, environment, ...limits },
    signal,
  )
  signal.throwIfAborted()

  const told = { command: manager.command, ms }
  if (exitCode === 0) return { ok: true, folder, ...told }
  const fault = timedOut ? `no end within ${TIMEOUT_MS / 60_000} minutes` : output
  return { ok: false, ...told, ...readInstallFault(manager.program, fault, exitCode) }
}

async function write(manifests: ReadonlyMap<string, string>, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [path, text] of manifests) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}
