import { lstatSync, realpathSync } from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { release } from 'node:os'
import { join, relative } from 'node:path'
import { findPrograms, locate, type Program } from './programs.ts'
import { noCage, type Cage, type Overlay, type ProbeOptions, type Room } from './sandbox.ts'
import { openTrial } from './sandbox-trial.ts'

/**
 * Cages by bubblewrap (Linux). A command gets namespaces of its own (no network, no processes but its own), a root made of
 * the system's programs read-only, its workspace, and nothing else: homes, sockets and other projects are not hidden,
 * they are not there. It holds no capability, and everything it started ends with it.
 */
export async function probeBubblewrap(options: ProbeOptions, signal: AbortSignal): Promise<Cage> {
  const { run, path, folder } = options
  const bwrap = await locate('bwrap', path)
  if (bwrap === null) return noCage('bubblewrap is not installed', 'install it: apt install bubblewrap')
  const { output: help } = await run([bwrap, '--help'], signal)
  const { output: version } = await run([bwrap, '--version'], signal)
  const machine = await survey(bwrap, path)
  await using trial = await openTrial(folder, run)
  const faultOf = (abilities: Abilities) => trial.faultOf(cageOf(version.trim(), machine, abilities), signal)

  const wished = wishesFor(help, machine)
  if ((await faultOf(wished)) === null) return cageOf(version.trim(), machine, wished)
  const fault = await faultOf(BARE)
  if (fault !== null) return noCage(`bubblewrap does not work here (${lastLine(fault)})`, mendFor(fault))
  let had = BARE
  for (const wish of ['sized', 'nestingOff', 'limits', 'outer', 'ownOverlay'] as const) {
    const more = { ...had, [wish]: wished[wish] }
    if (wished[wish] && (await faultOf(more)) === null) had = more
  }
  return cageOf(version.trim(), machine, had)
}

/** What bubblewrap, the kernel and their settings allow here, beyond the bare walls. */
type Abilities = {
  /** A size for tmpfs (bubblewrap 0.7). */
  readonly sized: boolean
  /** No user namespace inside, and with it none of the kernel's code that only its owner reaches (bubblewrap 0.8). */
  readonly nestingOff: boolean
  readonly limits: boolean
  /** A user namespace around bubblewrap, in which overlays can be mounted and processes be counted. */
  readonly outer: boolean
  /** Overlays by bubblewrap itself (0.11). */
  readonly ownOverlay: boolean
}

const BARE: Abilities = { sized: false, nestingOff: false, limits: false, outer: false, ownOverlay: false }

const wishesFor = (help: string, machine: Machine): Abilities => ({
  sized: help.includes('--size'),
  nestingOff: help.includes('--disable-userns'),
  limits: machine.prlimit !== null,
  outer: machine.outer !== null,
  ownOverlay: help.includes('--overlay-src'),
})

type Machine = {
  readonly bwrap: string
  readonly prlimit: string | null
  readonly outer: readonly [setpriv: string, unshare: string, sh: string, mount: string] | null
  readonly user: { readonly uid: number; readonly gid: number }
  /** Root is exempt from the limit on processes. Highest process ids exist by namespace from Linux 6.14 on. */
  readonly countsByProcessId: boolean
  readonly mounts: readonly string[]
}

/** Programs by their full path: whatever stands first on a gate's PATH must not become the jailer. */
async function survey(bwrap: string, path: string): Promise<Machine> {
  const find = (program: string) => locate(program, path)
  const [prlimit, ...found] = await Promise.all(['prlimit', 'setpriv', 'unshare', 'sh', 'mount'].map(find))
  const [setpriv, unshare, sh, mount] = found
  const uid = process.getuid?.() ?? 0
  const [major = 0, minor = 0] = release().split('.').map(Number)
  return {
    bwrap,
    prlimit: prlimit ?? null,
    outer: setpriv && unshare && sh && mount ? [setpriv, unshare, sh, mount] : null,
    user: { uid, gid: process.getgid?.() ?? 0 },
    countsByProcessId: uid === 0 && (major > 6 || (major === 6 && minor >= 14)),
    mounts: [...(await systemMounts()), ...programMounts(await findPrograms(path))],
  }
}

function cageOf(version: string, machine: Machine, abilities: Abilities): Cage {
  const overlays = abilities.outer || abilities.ownOverlay
  return {
    kind: 'bubblewrap',
    description: [
      `${version}: no network, no files but the workspace, no foreign processes`,
      describeLimits(machine, abilities),
      overlays ? 'overlays' : 'no overlays',
    ].join(', '),
    overlays,
    wrap: (command, room) =>
      [
        outerOf(machine, abilities, room),
        [machine.bwrap],
        walls(machine, abilities, room),
        furniture(abilities, room),
        Object.entries(room.environment).flatMap(([name, value]) => ['--setenv', name, value]),
        ['--chdir', room.cwd, '--'],
        limitsOf(machine, abilities, room),
        command,
      ].flat(),
  }
}

function describeLimits(machine: Machine, { limits, outer }: Abilities): string {
  const countsProcesses = machine.user.uid === 0 ? outer && machine.countsByProcessId : limits
  if (!limits) return countsProcesses ? 'processes limited, memory and files not' : 'no limits'
  return countsProcesses ? 'processes, memory and files limited' : 'memory and files limited, processes not'
}

function walls(machine: Machine, { sized, nestingOff }: Abilities, { network, limits }: Room): string[] {
  const size = sized ? ['--size', String(limits.fileBytes)] : []
  return [
    ['--unshare-all', '--unshare-user', network ? '--share-net' : '--unshare-net'],
    nestingOff ? ['--disable-userns'] : [],
    // dies with us; no terminal to type into; and root, or who is root in the outer namespace, would keep capabilities
    ['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
    ['--uid', String(machine.user.uid), '--gid', String(machine.user.gid)],
    // /proc/sys belongs to root, whose writes there would reach the whole machine
    ['--proc', '/proc', '--remount-ro', '/proc'],
    ['--dev', '/dev', ...size, '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
    [...size, '--tmpfs', '/tmp'],
    machine.mounts,
    network ? NETWORK_FILES.flatMap(readOnly) : [],
  ].flat()
}

function furniture({ ownOverlay }: Abilities, { root, home, readable, overlays }: Room): string[] {
  const repository = join(root, '.git')
  return [
    readable.flatMap((path) => ['--ro-bind', path, path]),
    [home, root].flatMap((path) => ['--bind', path, path]),
    ownOverlay ? overlays.filter(({ target }) => isPlain(root, target)).flatMap(mountOverlay) : [],
    // hooks and settings in it would be run outside, by the next git that comes along
    isPlain(root, repository) ? ['--ro-bind', repository, repository] : [],
    // what was made on the way to the mounts is no place to write either
    ['--remount-ro', '/'],
  ].flat()
}

const mountOverlay = ({ lower, upper, work, target }: Overlay): string[] =>
  ['--overlay-src', lower].concat('--overlay', upper, work, target)

/** Is it there, and no link led to it? One that an earlier command left would choose what is mounted for the next. */
function isPlain(root: string, path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || found.isSymbolicLink()) return false
  return realpathSync(path) === join(realpathSync(root), relative(root, path))
}

/** Inside, because outside the user's other processes would count too. */
function limitsOf({ prlimit }: Machine, abilities: Abilities, { limits }: Room): string[] {
  if (!abilities.limits || prlimit === null) return []
  const { processes, memoryBytes, fileBytes } = limits
  const bounds = { nproc: processes, data: memoryBytes, fsize: fileBytes, core: 0 }
  return [prlimit, ...Object.entries(bounds).map(([name, bound]) => `--${name}=${bound}:${bound}`), '--']
}

function outerOf(machine: Machine, abilities: Abilities, { root, overlays, limits }: Room): string[] {
  if (!abilities.outer || machine.outer === null) return []
  const [setpriv, unshare, sh, mount] = machine.outer
  const mounted = abilities.ownOverlay ? [] : overlays.filter(({ target }) => isPlain(root, target))
  if (mounted.length === 0 && !machine.countsByProcessId) return []
  const highest = machine.countsByProcessId ? LOWEST_PROCESS_ID + limits.processes : 0
  return [
    // a process namespace has a parent to outlive; the other flags only change the process that becomes bubblewrap
    highest > 0 ? [setpriv, '--pdeathsig', 'KILL', unshare, '-Urmpf', '--kill-child'] : [unshare, '-Urm'],
    [sh, '-c', OUTER, 'outer', mount, String(highest), String(mounted.length)],
    mounted.flatMap(({ lower, upper, work, target }) => [lower, upper, work, target]),
  ].flat()
}

/** Ids below are not given again once they are used up, and the kernel takes no highest id below. */
const LOWEST_PROCESS_ID = 301

/** Paths come as parameters and go to mount as open folders: no character in them has a meaning. */
const OUTER = `
mount=$1 highest=$2 overlays=$3
shift 3
[ "$highest" = 0 ] || echo "$highest" >/proc/sys/kernel/pid_max || exit 125
while [ "$overlays" -gt 0 ]; do
  exec 3<"$1" 4<"$2" 5<"$3" || exit 125
  "$mount" -t overlay -o userxattr,lowerdir=/proc/self/fd/3,upperdir=/proc/self/fd/4,workdir=/proc/self/fd/5 \\
    overlay "$4" || exit 125
  shift 4
  overlays=$((overlays - 1))
done
exec 3<&- 4<&- 5<&-
exec "$@"
`

/** The programs of the system, and of /etc what programs look up without a network. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store']
const SYSTEM_FILES = ['passwd', 'group', 'hosts', 'nsswitch.conf', 'localtime', 'alternatives']
  .concat('ld.so.cache', 'ld.so.conf', 'ld.so.conf.d')
  .map((name) => `/etc/${name}`)
const NETWORK_FILES = ['resolv.conf', 'services', 'protocols', 'ssl', 'pki', 'ca-certificates'].map(
  (name) => `/etc/${name}`,
)

const readOnly = (path: string): string[] => ['--ro-bind-try', path, path]

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

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

function mendFor(fault: string): string {
  if (/uid map|RTM_NEWADDR|namespace.*(?:permission|not permitted)/i.test(fault)) {
    return (
      'user namespaces are forbidden: on Ubuntu 24.04 and later give bubblewrap an AppArmor profile with `userns,`; ' +
      'on older Debian `sysctl kernel.unprivileged_userns_clone=1`; in a container allow it to unshare'
    )
  }
  if (/unknown option/i.test(fault)) return 'update bubblewrap to 0.5 or later'
  return 'see what `bwrap --unshare-all --ro-bind / / --proc /proc true` says'
}
