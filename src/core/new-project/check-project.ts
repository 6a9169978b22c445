import { readScript } from './check-script.ts'
import { readManifest, type Manifest } from './manifest.ts'
import { looseSettings } from './strictness.ts'
import type { Diagnostic, GateKind } from '../task.ts'

/** What is known of a project that began as an empty folder. */
export type NewProject = {
  readonly paths: readonly string[]
  /** Text of a file; asked only for those that configure something. */
  readonly read: (path: string) => string | undefined
}

/** What kind of project it is, as far as that decides which checks it must have. */
export type ProjectKind = 'next' | 'vite' | 'typescript' | 'javascript'

/**
 * What keeps a new project from being judged by itself. It brings its own judge, so it has to bring a real one: every
 * check its kind has, each a known tool, none of them softened. Empty when all is well.
 */
export function checkNewProject(project: NewProject, request: string): Diagnostic[] {
  const asked = kindAskedFor(request)
  const { manifest, faults } = readManifest(project.read('package.json'))
  if (!manifest) {
    // what needs no node is judged by the checks that are found for it
    if (asked === null && !project.paths.includes('package.json')) return []
    return faults
  }
  const kind = kindOf(manifest, project)
  const missing =
    asked !== null && asked !== kind && FRAMEWORKS.has(asked)
      ? [fault('package.json', 'kind', `${NAMES[asked]} was asked for, and it does not depend on ${asked}`)]
      : []
  return [...missing, ...faults, ...checkScripts(kind, manifest, project), ...looseSettings(project)]
}

/** The files that `checkNewProject` reads. */
export const isReadForRules = (path: string): boolean =>
  path === 'package.json' ||
  /^(?:tsconfig[^/]*\.json|(?:next|eslint|vite)\.config\.[cm]?[jt]s|\.?oxlintrc\.json|biome\.jsonc?|\.eslint(?:rc|ignore)[^/]*)$/.test(
    path,
  )

const FRAMEWORKS: ReadonlySet<ProjectKind> = new Set(['next', 'vite'])
const NAMES: Record<ProjectKind, string> = {
  next: 'Next.js',
  vite: 'Vite',
  typescript: 'TypeScript',
  javascript: 'JavaScript',
}

/** What each kind cannot do without. */
const CHECKS: Record<ProjectKind, readonly GateKind[]> = {
  next: ['lint', 'typecheck', 'build'],
  vite: ['lint', 'typecheck', 'build'],
  typescript: ['lint', 'typecheck'],
  javascript: ['lint', 'test'],
}

/** The framework a request names; null when it names none. */
export function kindAskedFor(request: string): ProjectKind | null {
  if (/\bnext\.?js\b/i.test(request)) return 'next'
  return /\bvite\b/i.test(request) ? 'vite' : null
}

function kindOf({ packages }: Manifest, { paths }: NewProject): ProjectKind {
  if (packages.has('next')) return 'next'
  const isTyped = paths.includes('tsconfig.json') || paths.some((path) => /\.[cm]?tsx?$/.test(path))
  if (packages.has('vite')) return 'vite'
  return isTyped ? 'typescript' : 'javascript'
}

function checkScripts(kind: ProjectKind, manifest: Manifest, project: NewProject): Diagnostic[] {
  return CHECKS[kind].flatMap((check) => {
    const name = SCRIPT_NAMES[check].find((name) => manifest.scripts.has(name))
    if (name === undefined) {
      return [fault('package.json', 'script', `a ${NAMES[kind]} project needs a script "${check}"`)]
    }
    const problem = readScript({ check, name, kind, scripts: manifest.scripts, paths: project.paths })
    return problem === null ? [] : [fault('package.json', 'script', `"${name}": ${problem}`)]
  })
}

/** Names by which the checks of a project are found, the likeliest first. */
const SCRIPT_NAMES: Record<GateKind, readonly string[]> = {
  lint: ['lint'],
  typecheck: ['typecheck', 'type-check', 'check-types', 'types', 'tsc'],
  build: ['build'],
  test: ['test'],
}

const fault = (file: string, code: string, message: string): Diagnostic => ({
  file,
  line: null,
  code,
  message,
})
