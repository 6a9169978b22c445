import type { Tools } from '../../cascade/ports.ts'
import { SwarmError } from '../../core/errors.ts'
import { analyzeCodebase } from './analyze-codebase.ts'
import { findReferences } from './find-references.ts'
import { gitDiff } from './git-diff.ts'
import { readFile } from './read-file.ts'
import { runTests } from './run-tests.ts'
import { searchDocs } from './search-docs.ts'
import { createToolReader } from './tool-reader.ts'
import type { Ground, Tool, Withheld } from './tool.ts'

const TOOLS: readonly Tool[] = [readFile, analyzeCodebase, searchDocs, findReferences, gitDiff, runTests]

/** The tools over these workspaces, for those who ask. */
export type Toolbox = {
  /** For us: whatever is shown goes to a model, and by the gate that keeps private files from the cloud. */
  readonly inside: Tools
  /** For clients, who may hand it on to a model anywhere: private files are left out. */
  readonly outside: Tools
  close(): Promise<void>
}

/** The tools over these workspaces. */
export function createTools({ withheld, ...options }: Omit<Ground, 'reader'>): Toolbox {
  const reader = createToolReader()
  return {
    inside: toolsOver({ ...options, reader, withheld: NOTHING }),
    outside: toolsOver({ ...options, reader, withheld }),
    close: () => reader.close(),
  }
}

const NOTHING: Withheld = { patterns: [], isPrivate: () => false, filesIn: async () => [] }

function toolsOver(ground: Ground): Tools {
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
