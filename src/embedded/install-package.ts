import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SwarmError } from '../core/errors.ts'
import { isInstalled } from '../workspace/installed.ts'
import { readInstallFault } from '../workspace/packages/install-fault.ts'
import { shell } from '../workspace/shell.ts'
import { LLAMA_VERSION, packageFolderIn } from './installation.ts'
import { platformPackage, type Machine } from './platform-package.ts'

/** What the package and all it stands on take on the disk, without models. */
export const PACKAGE_BYTES = 86e6
export const PACKAGE_LICENCE = 'MIT'

const TIMEOUT_MS = 15 * 60_000

/** The packages that are asked for, by name and version. Throws 'bad-request' for a machine that none is made for. */
export function packagesFor(machine: Machine): string[] {
  const platform = platformPackage(machine)
  if (platform === null)
    throw new SwarmError(
      'bad-request',
      `node-llama-cpp has no package for ${machine.platform} on ${machine.arch}${machine.glibc ? '' : ' without glibc'}; start a server such as Ollama or llama-server instead`,
    )
  return [`node-llama-cpp@${LLAMA_VERSION}`, `${platform}@${LLAMA_VERSION}`]
}

/**
 * Puts node-llama-cpp into a folder of its own, and returns it; nothing happens where it is already. No script of any
 * package is run, and of its platforms' packages only this machine's comes. Throws 'upstream' with npm's reason.
 */
export async function installPackage(
  dir: string,
  machine: Machine,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const folder = packageFolderIn(dir)
  if (existsSync(folder)) return folder
  const packages = packagesFor(machine)
  const npm = await findNpm()
  await mkdir(dir, { recursive: true })
  // half an installation is none: the folder gets its name at the end
  const draft = await mkdtemp(join(dir, 'node-llama-cpp-draft-'))
  try {
    await writeFile(join(draft, 'package.json'), '{"private":true}')
    await runNpm([...npm, ...FLAGS, ...packages], draft, environment, signal)
    await rename(draft, folder).catch((error: unknown) => {
      // somebody else was quicker
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}

/** Without its optional packages, which are the other platforms', and without scripts, which would compile. */
const FLAGS = ['install', '--omit=optional', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund']

async function runNpm(
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const options = { cwd, environment, timeoutMs: TIMEOUT_MS, leavesNothing: true }
  const { exitCode, output } = await shell(command, options, signal)
  signal.throwIfAborted()
  if (exitCode !== 0) throw new SwarmError('upstream', readInstallFault('npm', output, exitCode).reason)
}

/** The npm that came with the Node that runs us, else the one on the path. */
async function findNpm(): Promise<string[]> {
  const home = dirname(process.execPath)
  const beside = ['../lib/node_modules', 'node_modules'].map((path) =>
    join(home, path, 'npm', 'bin', 'npm-cli.js'),
  )
  const script = beside.find((path) => existsSync(path))
  if (script !== undefined) return [process.execPath, script]
  if (await isInstalled(process.platform === 'win32' ? 'npm.cmd' : 'npm')) return ['npm']
  throw new SwarmError(
    'not-found',
    'npm is needed to fetch node-llama-cpp, and there is none: it comes with Node from https://nodejs.org',
  )
}
