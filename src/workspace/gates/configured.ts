import type { GateKind, ReportKind } from '../../core/task.ts'
import { type Draft, draft } from './draft.ts'
import type { ProjectFacts } from './facts.ts'
import { nodeProjects } from './node-package.ts'
import { nodeTestEnvironment, runsNodeTests } from './node-test.ts'

/** A check as the user wrote it down: not a word is added to it. */
export function configuredGate(kind: GateKind, command: readonly string[], facts: ProjectFacts): Draft {
  const text = command.join(' ')
  if (kind !== 'test') return draft(kind, 'own', command)
  if (runsNodeTests(scriptOf(command, facts) ?? text))
    return draft(kind, 'own', command, { environment: nodeTestEnvironment, report: 'junit' })
  return draft(kind, 'own', command, { report: reportOf(text) })
}

function reportOf(command: string): ReportKind | null {
  if (command.includes('{report}')) return /\bjest\b/.test(command) ? 'jest' : 'junit'
  if (/^go test\b.* -json\b/.test(command)) return 'go'
  return /^cargo test\b/.test(command) ? 'libtest' : null
}

/** The text of the script that `npm test`, `pnpm run check` or `node --run check` runs. */
function scriptOf(command: readonly string[], facts: ProjectFacts): string | undefined {
  const [runner = '', ...words] = command
  const name = words.find((word) => !word.startsWith('-') && word !== 'run')
  if (!['npm', 'pnpm', 'yarn', 'bun', 'node'].includes(runner) || name === undefined) return undefined
  return nodeProjects(facts).find(({ root }) => root.folder === '')?.root.scripts[name]
}
