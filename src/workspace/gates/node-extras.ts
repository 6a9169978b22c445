import { readCommandLine } from './command-line.ts'
import { biome, eslint, oxlint, tsc } from './node-linters.ts'
import { bun, jest, vitest } from './node-test-runners.ts'
import { nodeTestEnvironment, runsNodeTests } from './node-test.ts'
import type { Extras, Setting, Tool } from './node-tool.ts'

const TOOLS = new Map<string, Tool>(Object.entries({ tsc, eslint, oxlint, biome, vitest, jest, bun }))
const NOTHING: Extras = { args: [], environment: {}, report: null, quick: null }

/** Caches, reports and quick checks for a script, only where it is certain that they reach its tool. */
export function extrasOf(script: string, setting: Setting): Extras {
  if (runsNodeTests(script)) return { ...NOTHING, environment: nodeTestEnvironment, report: 'junit' }
  const call = readCommandLine(script)
  return { ...NOTHING, ...(call && TOOLS.get(call.program)?.(call, setting)) }
}
