import type { ProjectFacts } from './facts.ts'
import type { NodePackage } from './node-package.ts'

/**
 * The argument list that runs a script: by the project's package manager where it is installed, else by npm. For scripts
 * that need nothing of npm's own, node runs them itself: that takes a tenth of the time npm takes to start.
 */
export function runScript(
  script: string,
  args: readonly string[],
  { manager, scripts }: NodePackage,
  { installed }: ProjectFacts,
): string[] {
  // what follows is the script's: these three pass it on as it is, and pnpm and yarn a separator with it
  if (['pnpm', 'yarn', 'bun'].includes(manager) && installed(manager))
    return [manager, 'run', script, ...args]
  const needsNpm =
    `pre${script}` in scripts || `post${script}` in scripts || (scripts[script] ?? '').includes('npm_')
  const runner = needsNpm ? ['npm', 'run', '--silent'] : ['node', '--run']
  return [...runner, script, ...(args.length > 0 ? ['--', ...args] : [])]
}
