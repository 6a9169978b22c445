import { probeBubblewrap } from './bubblewrap.ts'
import { probeSeatbelt } from './seatbelt.ts'

/** A folder that reads from `lower` and keeps what is written in `upper`. All four exist; one command at a time. */
export type Overlay = {
  readonly lower: string
  readonly upper: string
  /** Scratch folder of the mount, empty, beside `upper`. */
  readonly work: string
  /** Where it appears: an existing folder below root or home of the room. */
  readonly target: string
}

export type CageLimits = {
  /** Processes and threads together: the kernel does not tell them apart. */
  readonly processes: number
  /** Of each process, not of all together. */
  readonly memoryBytes: number
  /** Of each file, and of all of /tmp and of /dev/shm together. */
  readonly fileBytes: number
}

/** Where the tree and HOME stand. */
export type Places = { readonly root: string; readonly home: string }

/** What a caged command can reach. Paths are absolute and have no symbolic links in them. */
export type Room = Places & {
  /** The checked-out tree: writable. */
  readonly root: string
  /** HOME and TMPDIR of this workspace: writable. */
  readonly home: string
  /** Where the command sees them; only a cage with `fixedPlaces` can show them elsewhere than they are. */
  readonly seen: Places
  /** As the command sees it. */
  readonly cwd: string
  /** More that may be read where it exists, such as the user's node_modules that links of the tree lead to. */
  readonly readable: readonly string[]
  readonly overlays: readonly Overlay[]
  /** Also opens the machine's own loopback and abstract sockets. */
  readonly network: boolean
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>
  readonly limits: CageLimits
}

/** Turns "run this argument list in this room" into "run that argument list". */
type Wrap = (command: readonly string[], room: Room) => readonly string[]

export type Cage =
  | {
      readonly kind: 'bubblewrap' | 'seatbelt'
      /** One line for the start-up lines and receipts. */
      readonly description: string
      /** Without them `Room.overlays` has to be empty, and dependencies are provided in another way. */
      readonly overlays: boolean
      /**
       * Every workspace is seen at one and the same path. What tools remember by absolute path then holds for all of them.
       */
      readonly fixedPlaces: boolean
      readonly wrap: Wrap
    }
  | {
      readonly kind: 'none'
      readonly description: string
      /** Why there is no cage, and what a person can do about it. */
      readonly reason: string
      readonly mend: string
      readonly overlays: false
      readonly fixedPlaces: false
      /** The command as it is: for somebody who said that this is fine. */
      readonly wrap: Wrap
    }

/** Runs an argument list outside of any cage; exit code 127 or null when it could not be run. */
export type RunCommand = (
  command: readonly string[],
  signal: AbortSignal,
) => Promise<{ readonly exitCode: number | null; readonly output: string }>

export type ProbeOptions = {
  readonly run: RunCommand
  readonly platform: NodeJS.Platform
  /** Where programs are looked for: the user's path, nothing of a workspace in it. */
  readonly path: string
  /** An existing folder on the file system the workspaces will be on, for what the trial writes. */
  readonly folder: string
}

/** Finds the cage of this machine by trying to break out of it. Meant to be called once, at the start. */
export async function probeCage(options: ProbeOptions, signal: AbortSignal): Promise<Cage> {
  if (options.platform === 'linux') return probeBubblewrap(options, signal)
  if (options.platform === 'darwin') return probeSeatbelt(options, signal)
  return noCage(`there is no cage for ${options.platform}`, 'run it on Linux (WSL 2 is fine) or macOS')
}

/** The cage of a machine that has none. */
export const noCage = (reason: string, mend: string): Cage => ({
  kind: 'none',
  description: `no cage: ${reason}`,
  reason,
  mend,
  overlays: false,
  fixedPlaces: false,
  wrap: (command) => command,
})

/** Where a command sees the tree and HOME that stand here. */
export const seenBy = ({ fixedPlaces }: Cage, { root, home }: Places): Places =>
  fixedPlaces ? { root: '/workspace', home: '/home/quorum' } : { root, home }
