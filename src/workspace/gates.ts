import { z } from 'zod'
import type { GatesConfig } from '../config.ts'
import { GateName, type Gate } from '../core/task.ts'

/** Names a script of each gate goes by, the likeliest first. */
const SCRIPTS: Record<GateName, readonly string[]> = {
  lint: ['lint', 'eslint'],
  typecheck: ['typecheck', 'type-check', 'check-types', 'types', 'tsc'],
  build: ['build'],
  test: ['test'],
}
const TIMEOUT_MS = 60_000

const PackageJson = z.object({
  scripts: z.record(z.string(), z.string()).catch({}),
  dependencies: z.record(z.string(), z.unknown()).catch({}),
  devDependencies: z.record(z.string(), z.unknown()).catch({}),
  packageManager: z.string().nullish().catch(null),
})

/** What gate detection may know of a project. */
export type ProjectFacts = {
  /** Text of its package.json. */
  readonly packageJson: string | undefined
  /** Is this a file of the project? */
  readonly has: (path: string) => boolean
  /** Can this program be run? */
  readonly installed: (program: string) => boolean
}

/** The project's own checks as argument lists, in the order they run; the configuration has the last word. */
export function detectGates(facts: ProjectFacts, config: GatesConfig): Gate[] {
  const read = PackageJson.safeParse(jsonOf(facts.packageJson))
  const found = read.success ? read.data : null
  return GateName.options.flatMap((name) => {
    const { command: override, timeoutMs = TIMEOUT_MS } = config[name] ?? {}
    if (override === false) return []
    const command = override ?? (found && commandOf(name, found, facts))
    return command ? [{ name, command, timeoutMs }] : []
  })
}

function commandOf(
  name: GateName,
  manifest: z.infer<typeof PackageJson>,
  facts: ProjectFacts,
): string[] | null {
  const script = SCRIPTS[name].find((script) => isReal(manifest.scripts[script]))
  if (script !== undefined) return [...runnerOf(script, manifest, facts), script]
  const typescript = 'typescript' in manifest.devDependencies || 'typescript' in manifest.dependencies
  if (name === 'typecheck' && typescript && facts.has('tsconfig.json')) return ['tsc', '--noEmit']
  return null
}

/** npm init writes a test script that always fails; it is no check. */
const isReal = (script: string | undefined): boolean =>
  script !== undefined && script.trim() !== '' && !script.includes('no test specified')

/**
 * What runs a script: the project's package manager where it is installed, else npm. For scripts that need nothing of
 * npm's own, node runs them itself: that takes a tenth of the time npm takes to start.
 */
function runnerOf(
  script: string,
  manifest: z.infer<typeof PackageJson>,
  { has, installed }: ProjectFacts,
): string[] {
  const named = manifest.packageManager?.split('@')[0]
  const manager =
    named ?? (has('pnpm-lock.yaml') ? 'pnpm' : has('yarn.lock') ? 'yarn' : has('bun.lock') ? 'bun' : 'npm')
  if (manager !== 'npm' && ['pnpm', 'yarn', 'bun'].includes(manager) && installed(manager))
    return [manager, 'run']
  const { scripts } = manifest
  const needsNpm =
    `pre${script}` in scripts || `post${script}` in scripts || scripts[script]!.includes('npm_')
  return needsNpm ? ['npm', 'run', '--silent'] : ['node', '--run']
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    // npm itself would refuse it: no scripts to run
    return null
  }
}
