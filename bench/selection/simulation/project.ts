import type { Clock, Project, Workspace, Workspaces } from '../../../src/cascade/ports.ts'
import { createSlots } from '../../../src/slots.ts'
import {
  BASE,
  NEIGHBOUR,
  NEIGHBOUR_TEXT,
  plantedIn,
  sourceOf,
  SUBJECT,
  SUBJECT_TEST,
  TEST_TEXT,
} from '../planted.ts'
import type { Tape } from '../tape.ts'
import { GATES, runGate } from './gates.ts'
import { createTrees } from './trees.ts'

/** Gates at once, as on a machine with four cores. */
export const GATE_SLOTS = 2

/** A project without files on any disk, whose gates know what was planted. */
export function simulatedWorkspaces(
  tape: Tape,
  clock: Clock,
): Workspaces & { text(tree: string, path: string): string | undefined } {
  const trees = createTrees()
  const base = trees.add(
    new Map([
      [SUBJECT, sourceOf(BASE)],
      [NEIGHBOUR, NEIGHBOUR_TEXT],
      [SUBJECT_TEST, TEST_TEXT],
    ]),
  )
  const slots = createSlots(GATE_SLOTS)
  let runs = 0

  async function checkout(tree: string, signal: AbortSignal): Promise<Workspace> {
    const slot = await slots.take(signal)
    return {
      async run(gate, signal) {
        const ran = runGate(gate, trees.at(tree), tape, (runs += 1))
        await clock.sleep(ran.ms, signal)
        return ran
      },
      keepCaches: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(slot[Symbol.dispose]()),
    }
  }

  const project: Project = {
    name: 'simulated',
    commit: null,
    theirs: base,
    base,
    onTop: null,
    gates: GATES,
    judges: new Set(),
    cage: 'none',
    leftOut: [],
    files: (tree) => Promise.resolve([...trees.at(tree).keys()]),
    read: (tree, path) => Promise.resolve(trees.at(tree).get(path)),
    mistakes: () => Promise.resolve([]),
    write: (tree, changes) => Promise.resolve(trees.write(tree, changes)),
    changes: (from, to) => Promise.resolve(trees.changes(from, to)),
    formOf: (_from, to) => Promise.resolve(formOf(trees.at(to).get(SUBJECT) ?? '')),
    diff: (from, to) => Promise.resolve(trees.diff(from, to)),
    merge: (onto, from, to) => {
      const { written, removed } = trees.changes(from, to)
      const changed = written.map((path) => ({ path, content: trees.at(to).get(path)! }))
      return Promise.resolve(
        trees.write(onto, [...changed, ...removed.map((path) => ({ path, content: null }))]),
      )
    },
    judgeOf: () => Promise.resolve({ kind: 'judge', isNew: false, gates: GATES, checkout }),
    checkout,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  return {
    open: () => Promise.resolve(project),
    openOnTop: () => Promise.resolve(project),
    text: (tree, path) => trees.at(tree).get(path),
  }
}

/** Wordings of one form are the same code. */
function formOf(source: string): string {
  const planted = plantedIn(source)
  return planted ? `${planted.kind} ${planted.form}` : source
}
