import { randomUUID } from 'node:crypto'
import { mkdir, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { Project, Workspaces } from '../cascade/ports.ts'
import type { GatesConfig } from '../config.ts'
import { SwarmError } from '../core/errors.ts'
import { GateKind, type SourceFile, type WorkspaceChoice } from '../core/task.ts'
import { createSlots } from '../slots.ts'
import type { Earlier } from './git/earlier-tree.ts'
import { git } from './git/git.ts'
import { takeSnapshot } from './git/repository.ts'
import type { Confinement } from './confinement.ts'
import { downloadsIn, makeOwnedFolder, PREFIX, sweepLeftovers } from './leftovers.ts'
import { lookInto, type PlacedLook } from './look.ts'
import { placeOf, type Place } from './place-of.ts'
import { openProject, type Opening } from './project.ts'
import { removeTree } from './remove.ts'

export type WorkspaceSource = {
  readonly name: string
  readonly path: string
  readonly gates?: GatesConfig | undefined
}

export type WorkspaceService = Workspaces & {
  /** How gates are held that run what a model wrote. */
  readonly confinement: Confinement
  /** Names a request may pick, the default first. */
  names(): string[]
  /** Is this a workspace here? Never throws: false for anything unknown. */
  has(name: string): Promise<boolean>
  /** Is every one of these paths a file in that workspace? */
  contains(name: string, paths: readonly string[]): Promise<boolean>
  /** Which workspace a folder of this machine is, or lies in; null for any other. */
  at(folder: string): Promise<Place | null>
  /** The tree of a workspace's files as they are now: the base of a task that would start now. */
  baseOf(name: string, signal: AbortSignal): Promise<string>
  /** The files of a workspace as they are now, to read from: much quicker than to open it. */
  look(name: string, signal: AbortSignal): Promise<PlacedLook>
  /** Opens a workspace as it was before a change; throws 'not-found' when that cannot be had any more. */
  openEarlier(name: string, earlier: Earlier, signal: AbortSignal): Promise<Project>
  /** Removes what dead processes left in the cache. Returns how many folders. */
  sweep(): Promise<number>
}

export type WorkspaceOptions = {
  readonly sources: readonly WorkspaceSource[]
  /** Any git repository below it may be named by its relative path. */
  readonly root?: string | undefined
  readonly gates: GatesConfig
  /** Gates running at once, over all tasks. */
  readonly gateSlots: number
  readonly cacheDir: string
  readonly confinement: Confinement
}

/** The workspaces this server serves. */
export function createWorkspaces(options: WorkspaceOptions): WorkspaceService {
  const { sources, root, cacheDir, confinement } = options
  const slots = createSlots(options.gateSlots)
  const home = join(cacheDir, `${PREFIX}${randomUUID()}`)
  let opened = 0
  let rooms = 0
  let closing: Promise<void> = Promise.resolve()

  return {
    confinement,
    names: () => sources.map(({ name }) => name),
    has: async (name) => (await find(name)) !== null,
    async contains(name, paths) {
      const source = await find(name)
      if (!source) return false
      const found = await Promise.all(paths.map((path) => isFileBelow(source.path, path)))
      return found.every(Boolean)
    },
    at: (folder) => placeOf(folder, sources, root),
    async baseOf(name, signal) {
      const { path } = await findOrThrow(name)
      const room = await makeRoom()
      try {
        return (await takeSnapshot(path, join(room, 'now.git'), signal)).base
      } finally {
        await leaveRoom(room)
      }
    },
    async look(name, signal) {
      const { path } = await findOrThrow(name)
      const room = await makeRoom()
      try {
        return await lookInto(path, join(room, 'look.git'), signal)
      } finally {
        await leaveRoom(room)
      }
    },
    sweep: () => sweepLeftovers(cacheDir),
    open: (choice, signal) => openAs(choice, {}, signal),
    openOnTop: (choice, upon, signal) => openAs(choice, { upon }, signal),
    openEarlier: (name, earlier, signal) => openAs({ kind: 'named', name }, { earlier }, signal),
  }

  async function openAs(
    choice: WorkspaceChoice,
    state: Pick<Opening, 'earlier' | 'upon'>,
    signal: AbortSignal,
  ): Promise<Project> {
    const room = await makeRoom()
    try {
      const source =
        choice.kind === 'named' ? await findOrThrow(choice.name) : await layOut(choice.files, room, signal)
      const gates = mergeGates(options.gates, source.gates ?? {})
      const project = await openProject(
        {
          name: source.name,
          folder: source.path,
          room: join(room, 'project'),
          downloads: downloadsIn(cacheDir),
          gates,
          slots,
          confinement,
          ...state,
        },
        signal,
      )
      return leaving(project, room)
    } catch (error) {
      await leaveRoom(room)
      throw error
    }
  }

  async function find(name: string): Promise<WorkspaceSource | null> {
    const named = sources.find((source) => source.name === name)
    if (named) return (await isFolder(named.path)) ? named : null
    if (root === undefined || !isPlainPath(name)) return null
    const path = await realpath(join(root, name)).catch(() => null)
    // a symbolic link below the root may lead anywhere; only what is really there is served
    if (path === null || !path.startsWith(`${await realpath(root)}${sep}`)) return null
    const hasGit = await stat(join(path, '.git')).catch(() => null)
    return hasGit ? { name, path } : null
  }

  async function findOrThrow(name: string): Promise<WorkspaceSource> {
    const source = await find(name)
    if (source) return source
    const known = sources.map(({ name }) => name).join(', ') || 'none by name'
    const below = root === undefined ? '' : `, and any git repository below the workspace root`
    throw new SwarmError(
      'bad-request',
      `no workspace ${JSON.stringify(name)} here; there is: ${known}${below}`,
      {
        param: 'workspace',
      },
    )
  }

  async function makeRoom(): Promise<string> {
    opened += 1
    rooms += 1
    const room = join(home, String(rooms))
    await closing
    await makeOwnedFolder(home)
    await mkdir(room)
    return room
  }

  /** The last one out takes the folder that holds the rooms with him. */
  async function leaveRoom(room: string): Promise<void> {
    await removeTree(room)
    opened -= 1
    if (opened === 0) closing = removeTree(home)
    await closing
  }

  function leaving(project: Project, room: string): Project {
    return {
      ...project,
      async [Symbol.asyncDispose]() {
        await project[Symbol.asyncDispose]()
        await leaveRoom(room)
      },
    }
  }
}

/** A project's own settings on top of the general ones, gate by gate. */
function mergeGates(general: GatesConfig, own: GatesConfig): GatesConfig {
  const merged: GatesConfig = {}
  for (const kind of GateKind.options) merged[kind] = { ...general[kind], ...own[kind] }
  return merged
}

/** Files that came with a request become a project of their own. */
async function layOut(
  files: readonly SourceFile[],
  room: string,
  signal: AbortSignal,
): Promise<WorkspaceSource> {
  const path = join(room, 'files')
  await mkdir(path)
  // a repository of its own, whatever the cache stands in, and nothing in it is left out for its name
  await git(['init', '--quiet'], { gitDir: '', workTree: path }, signal)
  for (const file of files) {
    const isAlsoFolder = files.some((other) => other.path.startsWith(`${file.path}/`))
    if (isAlsoFolder || !isPlainPath(file.path) || /(?:^|\/)\.git(?:\/|$)/i.test(file.path)) {
      throw new SwarmError(
        'bad-request',
        `${JSON.stringify(file.path)} is no path a file of a project can have`,
      )
    }
    await mkdir(dirname(join(path, file.path)), { recursive: true })
    await writeFile(join(path, file.path), file.content)
  }
  return { name: 'files', path }
}

/** Relative, with forward slashes, and nothing in it that leads up or elsewhere. */
function isPlainPath(path: string): boolean {
  if (path === '' || path.includes('\\') || /\p{Cc}|^[a-z]:/iu.test(path)) return false
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

async function isFileBelow(folder: string, path: string): Promise<boolean> {
  if (!isPlainPath(path) || /(?:^|\/)\.git(?:\/|$)/i.test(path)) return false
  const found = await realpath(join(folder, path)).catch(() => null)
  if (found === null || !found.startsWith(`${await realpath(folder)}${sep}`)) return false
  return (await stat(found)).isFile()
}
