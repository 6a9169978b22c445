import { realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { shell } from '../shell.ts'
import { findGo } from './go.ts'
import { findPython } from './python.ts'
import { findRust } from './rust.ts'

/** What a language needs in a cage that shows the system's programs and the workspace only. */
export type Toolchain = {
  /** Added to every gate's environment; `{root}`, `{home}` and `{cache}` are replaced. */
  readonly environment: Readonly<Record<string, string>>
  /** Folders put on the gate's PATH, after the workspace's own. `{root}` is replaced. */
  readonly path: readonly string[]
  /** Absolute paths that may be read, and nothing more than is needed: never a home, never credentials. */
  readonly readable: readonly string[]
  /** Folders of the user's that appear in the workspace (`root`) or in HOME (`home`) as a writable overlay, the user's copy untouched. */
  readonly layers: readonly { readonly lower: string; readonly at: 'root' | 'home'; readonly path: string }[]
}

/** A user's project, and how the tools installed on the machine are asked about it. */
export type Surroundings = {
  /** Paths of the project's base tree. */
  readonly files: ReadonlySet<string>
  /** The project as the user has it, without symbolic links. */
  readonly folder: string
  readonly home: string
  /** Of `CARGO_HOME` and the like: what the user told the tools about where they are. */
  readonly settings: Readonly<Record<string, string>>
  /** What the program prints when it is run in this folder of the project; null when it is not there, fails or hangs. */
  readonly ask: (command: readonly string[], folder: string) => Promise<string | null>
}

const LONGEST_ANSWER_MS = 10_000

/** The toolchains a project needs, as far as they are installed: every answer comes from the tool itself. */
export async function findToolchains(
  files: ReadonlySet<string>,
  folder: string,
  path: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Toolchain[]> {
  const surroundings = await surroundingsOf(files, folder, path, settings)
  const finders = [findRust, findGo, findPython]
  const found = await Promise.all(finders.map((find) => find(surroundings)))
  // what is on the path anyway keeps its place: /usr/bin must not come before the node that runs us
  const known = new Set(path.split(delimiter))
  return found
    .filter((toolchain) => toolchain !== null)
    .map((toolchain) => ({ ...toolchain, path: toolchain.path.filter((folder) => !known.has(folder)) }))
}

async function surroundingsOf(
  files: ReadonlySet<string>,
  project: string,
  path: string,
  settings: Readonly<Record<string, string>>,
): Promise<Surroundings> {
  const folder = await realpath(project)
  const home = settings['HOME'] ?? homedir()
  const environment = { HOME: home, ...settings, PATH: path, ...DOWNLOAD_NOTHING }
  const ask = async (command: readonly string[], at: string): Promise<string | null> => {
    const options = { cwd: join(folder, at), environment, timeoutMs: LONGEST_ANSWER_MS, leavesNothing: true }
    const { exitCode, stdout } = await shell(command, options, new AbortController().signal)
    return exitCode === 0 ? stdout.trim() : null
  }
  return { files, folder, home, settings, ask }
}

/** A project may name a version that is not here: to ask about it must not be what installs it. */
const DOWNLOAD_NOTHING = { RUSTUP_AUTO_INSTALL: '0', GOPROXY: 'off' }
