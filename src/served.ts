import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { GatesConfig } from './config.ts'
import { SwarmError } from './core/errors.ts'

/** A folder the server works on, and the name requests know it by. */
export type Served = { readonly name: string; readonly path: string; readonly gates?: GatesConfig }

type Flags = { workspace?: string[] | undefined; workspaceRoot?: string | undefined }
type Settings = {
  workspaces: Record<string, { path: string; gates?: GatesConfig | undefined }>
  workspaceRoot?: string | undefined
}
type Standing = { cwd: string; file: string | null; home: string | undefined }

/** Which folders are served: those of the command line, else those of the file, else the project one stands in. */
export function chooseWorkspaces(
  flags: Flags,
  settings: Settings,
  { cwd, file, home }: Standing,
): { workspaces: Served[]; workspaceRoot: string | null } {
  const fileDir = dirname(file ?? cwd)
  const root = flags.workspaceRoot
    ? { path: resolve(cwd, flags.workspaceRoot), where: '--workspace-root' }
    : settings.workspaceRoot && {
        path: resolve(fileDir, settings.workspaceRoot),
        where: `${file}: workspaceRoot`,
      }
  if (root) requireFolder(root.path, root.where)
  const workspaceRoot = root ? root.path : null

  const flagged = (flags.workspace ?? []).map((text) => readFlag(text, cwd))
  if (flagged.length > 0) return { workspaces: distinct(flagged), workspaceRoot }
  const listed = Object.entries(settings.workspaces).map(([name, { path, gates }]) => ({
    name,
    path: resolve(fileDir, path),
    ...(gates === undefined ? {} : { gates }),
  }))
  for (const { name, path } of listed) requireFolder(path, `${file}: workspaces.${name}.path`)
  if (listed.length > 0) return { workspaces: standingFirst(listed, cwd), workspaceRoot }

  const project = workspaceRoot === null ? findProject(cwd, home) : null
  return { workspaces: project === null ? [] : [{ name: nameOf(project), path: project }], workspaceRoot }
}

/** The git repository around a folder, found without running anything; else the folder itself if it is a package. */
export function findProject(cwd: string, home: string | undefined): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    // a home kept in git is not the project of everything below it
    const isHome = folder === home && folder !== cwd
    if (!isHome && existsSync(join(folder, '.git'))) return folder
    if (folder === dirname(folder)) break
  }
  return existsSync(join(cwd, 'package.json')) ? cwd : null
}

function readFlag(text: string, cwd: string): Served {
  const named = /^([\w.-]+)=(.+)$/.exec(text)
  const path = resolve(cwd, named?.[2] ?? text)
  requireFolder(path, '--workspace')
  return { name: named?.[1] ?? nameOf(path), path }
}

function requireFolder(path: string, where: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  throw new SwarmError('bad-request', `${where}: ${path} is not a folder; correct the path`)
}

function distinct(workspaces: Served[]): Served[] {
  const names = workspaces.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return workspaces
  throw new SwarmError(
    'bad-request',
    `two workspaces are called ${twice}; give one a name: --workspace other=DIR`,
  )
}

/** The workspace one stands in is the default. */
const standingFirst = (workspaces: Served[], cwd: string): Served[] =>
  workspaces.toSorted((one, other) => Number(holds(other, cwd)) - Number(holds(one, cwd)))

const holds = ({ path }: Served, cwd: string): boolean => cwd === path || cwd.startsWith(`${path}/`)

/** A folder's name, as a request may spell it. */
const nameOf = (path: string): string => basename(path).replaceAll(/[^\w.-]+/g, '-') || 'workspace'
