import type { Gate } from '../../../src/core/task.ts'
import type { GatesConfig } from '../../../src/config.ts'
import { detectGates } from '../../../src/workspace/gates/detect.ts'
import { isManifest, type ProjectFacts } from '../../../src/workspace/gates/facts.ts'

/** Paths and their text; a manifest may be given as the object it holds. */
export type Tree = Readonly<Record<string, string | object>>

/** What is known of a project that holds these files; only manifests can be read, as in the house itself. */
export function factsOf(
  tree: Tree,
  installed: readonly string[] = [],
  virtualenv: string | null = null,
): ProjectFacts {
  return {
    files: new Set(Object.keys(tree)),
    read: (path) => {
      const content = isManifest(path) ? tree[path] : undefined
      return typeof content === 'object' ? JSON.stringify(content) : content
    },
    installed: (program) => installed.includes(program),
    virtualenv,
  }
}

export const gatesOf = (tree: Tree, installed: readonly string[] = [], config: GatesConfig = {}): Gate[] =>
  detectGates(factsOf(tree, installed), config)

/** `name: command`, and the folder where it is not the root. */
export const toldShort = (gates: readonly Gate[]): string[] =>
  gates.map(({ name, command, folder }) => `${name}: ${command.join(' ')}${folder && ` (in ${folder})`}`)
