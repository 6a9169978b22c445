import { lstatSync, realpathSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readOnly, type Machine } from './bubblewrap-machine.ts'
import type { Overlay, Room } from './sandbox.ts'

/** What bubblewrap, the kernel and their settings allow here, beyond the bare walls. */
export type Abilities = {
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

/** The argument list that runs `command` in `room`, with the walls this machine is able to. */
export const cagedCommand = (
  machine: Machine,
  abilities: Abilities,
  command: readonly string[],
  room: Room,
): readonly string[] =>
  [
    // bubblewrap keeps the environment it was started with where the cage can read it: /proc/1/environ
    [machine.env, '-i'],
    outerOf(machine, abilities, room),
    [machine.bwrap],
    walls(machine, abilities, room),
    furniture(abilities, room),
    Object.entries(room.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ['--chdir', room.cwd, '--'],
    limitsOf(machine, abilities, room),
    command,
  ].flat()

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

const NETWORK_FILES = ['resolv.conf', 'services', 'protocols', 'ssl', 'pki', 'ca-certificates'].map(
  (name) => `/etc/${name}`,
)

function furniture({ ownOverlay }: Abilities, room: Room): string[] {
  const { root, home, seen, readable } = room
  const repository = join(root, '.git')
  return [
    readable.flatMap(readOnly),
    ['--bind', home, seen.home, '--bind', root, seen.root],
    ownOverlay ? plainOverlays(room).flatMap((overlay) => mountOverlay(overlay, room)) : [],
    // hooks and settings in it would be run outside, by the next git that comes along
    isPlain(root, repository) ? ['--ro-bind', repository, join(seen.root, '.git')] : [],
    // what was made on the way to the mounts is no place to write either
    ['--remount-ro', '/'],
  ].flat()
}

const mountOverlay = ({ lower, upper, work, target }: Overlay, room: Room): string[] =>
  ['--overlay-src', lower].concat('--overlay', upper, work, whereSeen(target, room))

function whereSeen(path: string, { root, home, seen }: Room): string {
  const [from, to] = isBelow(root, path) ? [root, seen.root] : [home, seen.home]
  return join(to, relative(from, path))
}

const isBelow = (folder: string, path: string): boolean => path.startsWith(`${folder}/`)

const plainOverlays = ({ root, home, overlays }: Room): Overlay[] =>
  overlays.filter(({ target }) => isPlain(isBelow(root, target) ? root : home, target))

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

function outerOf(machine: Machine, abilities: Abilities, room: Room): string[] {
  if (!abilities.outer || machine.outer === null) return []
  const [setpriv, unshare, sh, mount] = machine.outer
  const mounted = abilities.ownOverlay ? [] : plainOverlays(room)
  if (mounted.length === 0 && !machine.countsByProcessId) return []
  const highest = machine.countsByProcessId ? LOWEST_PROCESS_ID + room.limits.processes : 0
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
