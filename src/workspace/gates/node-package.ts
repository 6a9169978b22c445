import { z } from 'zod'
import { folderOf, isBelow, isManifest, type ProjectFacts, topmostFolders, within } from './facts.ts'
import { jsonOrNull } from '../../core/json.ts'

const Names = z.record(z.string(), z.unknown()).catch({})
const PackageJson = z.object({
  scripts: z.record(z.string(), z.string()).catch({}),
  dependencies: Names,
  devDependencies: Names,
  packageManager: z.string().nullish().catch(null),
  workspaces: z
    .union([z.array(z.string()), z.object({ packages: z.array(z.string()) })])
    .optional()
    .catch(undefined),
})

/** A package.json, as far as its gates are concerned. */
export type NodePackage = {
  readonly folder: string
  readonly scripts: Readonly<Record<string, string>>
  /** What it needs when it runs. */
  readonly dependencies: ReadonlySet<string>
  /** Tools it may call: its own and those of the package around it. */
  readonly tools: ReadonlySet<string>
  /** npm, pnpm, yarn or bun: what the project says, or the lock file tells. */
  readonly manager: string
}

/** A package that stands for itself, and the packages that live in it. */
export type NodeProject = { readonly root: NodePackage; readonly members: readonly NodePackage[] }

/** The topmost packages of the tree, each with its workspace members. */
export function nodeProjects(facts: ProjectFacts): NodeProject[] {
  return topmostFolders(facts, ['package.json']).flatMap((folder) => {
    const root = readPackage(folder, facts, null)
    if (!root) return []
    const members = memberFolders(folder, facts).flatMap((member) => readPackage(member, facts, root) ?? [])
    return [{ root, members }]
  })
}

function readPackage(folder: string, facts: ProjectFacts, above: NodePackage | null): NodePackage | null {
  const manifest = manifestOf(folder, facts)
  if (!manifest) return null
  const { scripts, dependencies, devDependencies } = manifest
  const tools = [...Object.keys(dependencies), ...Object.keys(devDependencies), ...(above?.tools ?? [])]
  return {
    folder,
    scripts,
    dependencies: new Set(Object.keys(dependencies)),
    tools: new Set(tools),
    manager: above?.manager ?? managerOf(folder, manifest.packageManager, facts),
  }
}

/** The package.json of a folder; null where npm itself would refuse it: there are no scripts to run. */
export function manifestOf(
  folder: string,
  { read }: Pick<ProjectFacts, 'read'>,
): z.infer<typeof PackageJson> | null {
  return PackageJson.safeParse(jsonOrNull(read(within(folder, 'package.json')) ?? '')).data ?? null
}

function managerOf(folder: string, named: string | null | undefined, { files }: ProjectFacts): string {
  const locks = { pnpm: ['pnpm-lock.yaml'], yarn: ['yarn.lock'], bun: ['bun.lock', 'bun.lockb'] }
  const locked = Object.entries(locks).find(([, names]) =>
    names.some((name) => files.has(within(folder, name))),
  )
  return named?.split('@')[0] ?? locked?.[0] ?? 'npm'
}

/** Folders of the packages that the manifest of a monorepo names. */
function memberFolders(folder: string, facts: ProjectFacts): string[] {
  const listed = manifestOf(folder, facts)?.workspaces
  const patterns = [
    ...(Array.isArray(listed) ? listed : (listed?.packages ?? [])),
    ...pnpmPackages(facts.read(within(folder, 'pnpm-workspace.yaml')) ?? ''),
  ]
  const [without, wanted] = [patterns.filter(isNegated), patterns.filter((pattern) => !isNegated(pattern))]
  const matches = (path: string, globs: string[]): boolean => globs.some((glob) => matcherOf(glob).test(path))
  return [...facts.files]
    .filter((path) => path.endsWith('/package.json') && isBelow(path, folder) && isManifest(path))
    .map((path) => folderOf(path))
    .filter((member) => {
      const path = folder === '' ? member : member.slice(folder.length + 1)
      return matches(path, wanted) && !matches(path, without)
    })
    .toSorted()
}

const isNegated = (pattern: string): boolean => pattern.startsWith('!')

/** A pattern as npm and pnpm know it: `packages/*`, `apps/**`, `./tools/x`. */
function matcherOf(pattern: string): RegExp {
  const parts = pattern
    .replace(/^!?(?:\.\/)?/, '')
    .replace(/\/$/, '')
    .split('/')
  const source = parts.map((part) =>
    part === '**' ? '.+' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*'),
  )
  return new RegExp(`^${source.join('/')}$`)
}

/** The list below `packages:`, which is all of YAML that is needed here. */
function pnpmPackages(yaml: string): string[] {
  const [, list = ''] = /^packages:[ \t]*\n((?:[ \t]*(?:-.*|#.*)?\n?)*)/m.exec(yaml) ?? []
  return [...list.matchAll(/^\s*-\s*(['"]?)(.+?)\1\s*(?:#.*)?$/gm)].flatMap(([, , pattern]) => pattern ?? [])
}
