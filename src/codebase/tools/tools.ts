import type { Tools } from '../../cascade/ports.ts'
import { SwarmError } from '../../core/errors.ts'
import { analyzeCodebase } from './analyze-codebase.ts'
import { createDocumentation } from './documentation.ts'
import { findReferences } from './find-references.ts'
import { gitDiff } from './git-diff.ts'
import { readFile } from './read-file.ts'
import { runTests } from './run-tests.ts'
import { searchDocs } from './search-docs.ts'
import type { Ground, Tool } from './tool.ts'

const TOOLS: readonly Tool[] = [readFile, analyzeCodebase, searchDocs, findReferences, gitDiff, runTests]

/** The tools over these workspaces. */
export function createTools(options: Omit<Ground, 'documentation'>): Tools {
  const ground: Ground = { ...options, documentation: createDocumentation() }
  return {
    cards: TOOLS,
    async call(name, input, signal) {
      const tool = TOOLS.find((one) => one.name === name)
      if (!tool) {
        const known = TOOLS.map(({ name }) => name).join(', ')
        throw new SwarmError(
          'not-found',
          `there is no tool ${JSON.stringify(name.slice(0, 100))}; there is: ${known}`,
          {
            param: 'name',
          },
        )
      }
      return tool.run(input ?? {}, ground, signal)
    },
  }
}
