import { z } from 'zod'
import { isInstalled } from '../installed.ts'
import { jsonOrNull } from '../../core/json.ts'

/** What installs a project's dependencies, and how it is told to run no script of theirs. */
export type PackageManager = {
  readonly program: Program
  readonly command: readonly string[]
  /** Beyond what every command is given; `home` is where it keeps what it downloads. */
  readonly environment: (home: string) => Readonly<Record<string, string>>
}

type Program = 'npm' | 'pnpm' | 'yarn'

/** The package manager that a project's manifests ask for, where it is installed; else npm. */
export async function choosePackageManager(manifests: ReadonlyMap<string, string>): Promise<PackageManager> {
  const { name, major } = namedIn(manifests.get('package.json'))
  const asksFor = (program: Program, lock: string): boolean =>
    name === null ? manifests.has(lock) : name === program
  if (asksFor('pnpm', 'pnpm-lock.yaml') && (await isInstalled('pnpm'))) return pnpm(manifests)
  if (asksFor('yarn', 'yarn.lock') && (await isInstalled('yarn'))) return yarn(manifests, major)
  return npm(manifests)
}

const Manifest = z.object({ packageManager: z.string() })

/** `pnpm@10.1.0+sha512…` as its name and the first number of its version. */
function namedIn(manifest: string | undefined): { name: string | null; major: number | null } {
  const read = Manifest.safeParse(jsonOrNull(manifest ?? ''))
  if (!read.success) return { name: null, major: null }
  const [name = '', version = ''] = read.data.packageManager.split('@')
  return { name, major: Number.parseInt(version, 10) || null }
}

function npm(manifests: ReadonlyMap<string, string>): PackageManager {
  const isLocked = manifests.has('package-lock.json') || manifests.has('npm-shrinkwrap.json')
  return {
    program: 'npm',
    command: ['npm', isLocked ? 'ci' : 'install', '--ignore-scripts', '--no-audit', '--no-fund'],
    // a package that is fetched by git would have git run, at a place of its own choice
    environment: () => ({ npm_config_allow_git: 'none' }),
  }
}

function pnpm(manifests: ReadonlyMap<string, string>): PackageManager {
  const locked = manifests.has('pnpm-lock.yaml') ? '--frozen-lockfile' : '--no-frozen-lockfile'
  return {
    program: 'pnpm',
    // copies: a file that is linked to the store could be changed for every project through one of them
    command: ['pnpm', 'install', '--ignore-scripts', locked, '--package-import-method=copy'],
    environment: (home) => ({
      npm_config_store_dir: `${home}/.pnpm-store`,
      npm_config_manage_package_manager_versions: 'false',
    }),
  }
}

/** From its second version on, yarn is told everything by its environment. */
function yarn(manifests: ReadonlyMap<string, string>, major: number | null): PackageManager {
  const isLocked = manifests.has('yarn.lock')
  const isClassic =
    major === 1 || (major === null && /yarn lockfile v1/.test(manifests.get('yarn.lock') ?? ''))
  const classic = ['--ignore-scripts', '--non-interactive', ...(isLocked ? ['--frozen-lockfile'] : [])]
  return {
    program: 'yarn',
    command: ['yarn', 'install', ...(isClassic ? classic : [isLocked ? '--immutable' : '--no-immutable'])],
    environment: (home) => ({
      YARN_CACHE_FOLDER: `${home}/.yarn-cache`,
      YARN_ENABLE_SCRIPTS: 'false',
      YARN_ENABLE_TELEMETRY: 'false',
      YARN_NODE_LINKER: 'node-modules',
    }),
  }
}
