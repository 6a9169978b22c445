import { z } from 'zod'
import type { Diagnostic } from '../task.ts'
import { jsonOrNull } from '../json.ts'

/** A package.json that a model wrote, as far as rules look at it. */
export type Manifest = {
  readonly scripts: ReadonlyMap<string, string>
  /** Names of the packages it depends on. */
  readonly packages: ReadonlySet<string>
}

const Texts = z.record(z.string(), z.string()).default({})
const Shape = z.looseObject({
  scripts: Texts,
  dependencies: Texts,
  devDependencies: Texts,
  optionalDependencies: Texts,
  peerDependencies: Texts,
})

/** Reads it, and names what may not be in it. Nothing here may fetch or start what no registry vouches for. */
export function readManifest(text: string | undefined): { manifest: Manifest | null; faults: Diagnostic[] } {
  if (text === undefined) return { manifest: null, faults: [fault('manifest', 'there is no package.json')] }
  const read = Shape.safeParse(jsonOrNull(text))
  if (!read.success) {
    return { manifest: null, faults: [fault('manifest', 'it is not the JSON of a package.json')] }
  }
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, scripts } = read.data
  const named = Object.entries({
    ...peerDependencies,
    ...optionalDependencies,
    ...devDependencies,
    ...dependencies,
  })
  const all = [dependencies, devDependencies, optionalDependencies, peerDependencies].flatMap(
    Object.entries<string>,
  )
  const foreign = all.filter(([, version]) => !isFromRegistry(version))
  const lifecycle = Object.keys(scripts).filter((name) => LIFECYCLE.test(name))
  const around = CHECKED.flatMap((name) => [`pre${name}`, `post${name}`]).filter((name) => name in scripts)
  const settings = FORBIDDEN.filter((key) => key in read.data)
  return {
    manifest: { scripts: new Map(Object.entries(scripts)), packages: new Set(named.map(([name]) => name)) },
    faults: [
      ...foreign.map(([name, version]) =>
        fault('dependency', `${name} must be a version of the registry, not ${version}`),
      ),
      ...(named.length > MOST_PACKAGES
        ? [fault('dependency', `${named.length} packages, more than ${MOST_PACKAGES}`)]
        : []),
      ...lifecycle.map((name) => fault('script', `"${name}" would run by itself when somebody installs it`)),
      ...around.map((name) => fault('script', `"${name}" would run by itself beside a check`)),
      ...settings.map((key) => fault('manifest', `"${key}" is not for a new project to set`)),
    ],
  }
}

const MOST_PACKAGES = 60
const CHECKED = ['lint', 'typecheck', 'build', 'test']
const LIFECYCLE =
  /^(?:pre|post)?(?:install|prepare|prepublish|publish|pack|uninstall)(?:only)?$|^dependencies$/i
/** They change which package a name stands for, or what a package is. */
const FORBIDDEN = [
  'overrides',
  'resolutions',
  'pnpm',
  'bundledDependencies',
  'bundleDependencies',
  'workspaces',
]

/** A version, a range of them or a tag; not a place in the network or on the disk, and no other package's name. */
const isFromRegistry = (version: string): boolean => /^[\w.^~<>=*+\-\s|]*$/.test(version)

const fault = (code: string, message: string): Diagnostic => ({
  file: 'package.json',
  line: null,
  code,
  message,
})
