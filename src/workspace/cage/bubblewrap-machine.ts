import { lstat, readlink } from 'node:fs/promises'
import { release } from 'node:os'
import { findPrograms, locate, type Program } from './programs.ts'

/** What is known of this machine before anything is tried. */
export type Machine = {
  readonly bwrap: string
  readonly env: string
  readonly prlimit: string | null
  readonly outer: readonly [setpriv: string, unshare: string, sh: string, mount: string] | null
  readonly user: { readonly uid: number; readonly gid: number }
  /** Root is exempt from the limit on processes. Highest process ids exist by namespace from Linux 6.14 on. */
  readonly countsByProcessId: boolean
  readonly mounts: readonly string[]
}

/** Programs by their full path: whatever stands first on a gate's PATH must not become the jailer. */
export async function survey(jailers: Pick<Machine, 'bwrap' | 'env'>, path: string): Promise<Machine> {
  const find = (program: string) => locate(program, path)
  const [prlimit, ...found] = await Promise.all(['prlimit', 'setpriv', 'unshare', 'sh', 'mount'].map(find))
  const [setpriv, unshare, sh, mount] = found
  const uid = process.getuid?.() ?? 0
  const [major = 0, minor = 0] = release().split('.').map(Number)
  return {
    ...jailers,
    prlimit: prlimit ?? null,
    outer: setpriv && unshare && sh && mount ? [setpriv, unshare, sh, mount] : null,
    user: { uid, gid: process.getgid?.() ?? 0 },
    countsByProcessId: uid === 0 && (major > 6 || (major === 6 && minor >= 14)),
    mounts: [...(await systemMounts()), ...programMounts(await findPrograms(path))],
  }
}

/** The programs of the system, and of /etc what programs look up without a network. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store']
const SYSTEM_FILES = ['passwd', 'group', 'hosts', 'nsswitch.conf', 'localtime', 'alternatives']
  .concat('ld.so.cache', 'ld.so.conf', 'ld.so.conf.d')
  .map((name) => `/etc/${name}`)
/** For what may be missing. */
export const readOnly = (path: string): string[] => ['--ro-bind-try', path, path]

async function systemMounts(): Promise<string[]> {
  const folders = await Promise.all(
    SYSTEM_FOLDERS.map(async (path) => {
      const found = await lstat(path).catch(() => null)
      return found?.isSymbolicLink() ? ['--symlink', await readlink(path), path] : readOnly(path)
    }),
  )
  return [...folders.flat(), ...SYSTEM_FILES.flatMap(readOnly)]
}

function programMounts(programs: readonly Program[]): string[] {
  const outside = (path: string): boolean => !SYSTEM_FOLDERS.some((folder) => path.startsWith(`${folder}/`))
  const needs = new Set(programs.map(({ needs }) => needs).filter(outside))
  const links = programs.filter(
    ({ place, real }) =>
      place !== real && outside(place) && ![...needs].some((path) => place.startsWith(`${path}/`)),
  )
  return [...[...needs].flatMap(readOnly), ...links.flatMap(({ place, real }) => ['--symlink', real, place])]
}
