import { homedir } from 'node:os'
import { join } from 'node:path'
import { findPrograms, locate, type Program } from './programs.ts'
import { noCage, type Cage, type ProbeOptions, type Room } from './sandbox.ts'
import { openTrial } from './sandbox-trial.ts'

/**
 * Cages by Seatbelt (macOS), with a profile of our own for `sandbox-exec`. Written from its documentation and not yet run
 * on a Mac: it is believed only where the trial finds that its walls hold.
 *
 * Weaker than bubblewrap: no overlays, no limit on processes and memory, what it leaves running has to be killed from
 * outside, the presence (not the content) of files in homes can be seen, and tests that listen on loopback fail, because a
 * profile cannot tell their loopback from the user's.
 */
export async function probeSeatbelt({ run, path, folder }: ProbeOptions, signal: AbortSignal): Promise<Cage> {
  const program = await locate('sandbox-exec', path)
  if (program === null) return noCage('there is no sandbox-exec on the path', 'add /usr/bin to the path')
  const cage = seatbelt(program, homedir(), await findPrograms(path))
  await using trial = await openTrial(folder, run)
  const fault = await trial.faultOf(cage, signal)
  if (fault === null) return cage
  return noCage(`sandbox-exec does not hold here (${fault})`, 'report this with the version of macOS')
}

/** The cage for one machine; `userHome` is what nobody may read. */
export const seatbelt = (program: string, userHome: string, programs: readonly Program[]): Cage => ({
  kind: 'seatbelt',
  description: 'sandbox-exec: no network, homes unreadable, writes only to the workspace, files limited',
  overlays: false,
  fixedPlaces: false,
  wrap: (command, room) => {
    const readable = [...room.readable, ...programs.flatMap(({ needs, place }) => [needs, place])]
    const blocks = Math.ceil(room.limits.fileBytes / BLOCK)
    return [
      [program, '-p', profileOf(room, readable.length)],
      pairs(parameters(room, userHome, readable)).flatMap((pair) => ['-D', pair]),
      ['/usr/bin/env', '-i', ...pairs(room.environment)],
      ['/bin/sh', '-c', LIMITED, 'limited', String(blocks), room.cwd],
      command,
    ].flat()
  },
})

const pairs = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `${name}=${value}`)

const BLOCK = 512
const LIMITED = 'ulimit -c 0 && ulimit -f "$1" && cd "$2" && shift 2 && exec "$@"'

const parameters = (room: Room, userHome: string, readable: readonly string[]): Record<string, string> => ({
  USER_HOME: userHome,
  ROOT: room.root,
  HOME: room.home,
  REPOSITORY: join(room.root, '.git'),
  ...Object.fromEntries(readable.map((path, index) => [`READABLE_${index}`, path])),
})

/** The last rule that matches wins. Paths are parameters: no character in them has a meaning. */
const profileOf = ({ network }: Room, readable: number): string => `
(version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow signal (target same-sandbox))
(allow process-info* (target same-sandbox))
(allow sysctl-read)
(allow ipc-posix-sem)
(allow ipc-posix-shm*)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))
(allow file-read*)
(deny file-read-data
  (subpath (param "USER_HOME")) (subpath "/Users") (subpath "/Volumes")
  (subpath "/private/tmp") (subpath "/private/var/folders") (subpath "/private/var/root"))
(allow file-read* (subpath (param "ROOT")) (subpath (param "HOME")))
${Array.from({ length: readable }, (_, index) => `(allow file-read* (subpath (param "READABLE_${index}")))`).join('\n')}
(allow file-write* (subpath (param "ROOT")) (subpath (param "HOME")))
(allow file-write-data (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))
(deny file-write* (subpath (param "REPOSITORY")))
${network ? '(allow network*)\n(allow mach-lookup)' : ''}
`
