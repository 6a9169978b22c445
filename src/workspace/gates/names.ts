import type { Draft } from './draft.ts'

/**
 * A name for each gate, unique in its project: the kind alone where it is the only one of its kind, else with the folder,
 * the tool, or both, as far as that is what tells it from the others.
 */
export function nameGates(drafts: readonly Draft[]): string[] {
  const taken = new Map<string, number>()
  return drafts.map((gate) => {
    const name = nameOf(gate, drafts)
    const times = (taken.get(name) ?? 0) + 1
    taken.set(name, times)
    return times === 1 ? name : `${name} ${times}`
  })
}

function nameOf({ kind, folder, label }: Draft, all: readonly Draft[]): string {
  const siblings = all.filter((other) => other.kind === kind)
  if (siblings.length === 1) return kind
  const inFolder = siblings.filter((other) => other.folder === folder)
  if (folder === '') return `${kind} ${label}`
  return inFolder.length === 1 ? `${kind} ${folder}` : `${kind} ${folder} ${label}`
}
