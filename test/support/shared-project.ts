import type { Project, Workspaces } from '../../src/cascade/ports.ts'
import type { RanGate, WorkspaceChoice } from '../../src/core/task.ts'

/**
 * One project for many tasks: opened once, and its gates are run on its base once. Each task would do both for itself,
 * with the same result; what a task does beyond is its own.
 */
export async function shareProject(
  workspaces: Workspaces,
  choice: WorkspaceChoice,
  signal: AbortSignal,
): Promise<Workspaces & AsyncDisposable> {
  const project = await workspaces.open(choice, signal)
  const ran = await runOnBase(project, signal)
  const shared: Project = {
    ...project,
    async checkout(tree, aborted) {
      if (tree !== project.base) return project.checkout(tree, aborted)
      return {
        run: async (gate) => ran.get(gate.name)!,
        keepCaches: async () => {},
        [Symbol.asyncDispose]: async () => {},
      }
    },
    [Symbol.asyncDispose]: async () => {},
  }
  return {
    open: async () => shared,
    openOnTop: async () => shared,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  }
}

/** Longest wait for a gate on the base, which is known to end. */
const PATIENCE_MS = 120_000

/** Before any task begins: candidates wait for the base while they hold the places it would need. */
async function runOnBase(project: Project, signal: AbortSignal): Promise<Map<string, RanGate>> {
  const ran = new Map<string, RanGate>()
  await using workspace = await project.checkout(project.base, signal)
  for (const gate of project.gates) {
    ran.set(gate.name, await workspace.run({ ...gate, timeoutMs: PATIENCE_MS }, signal))
  }
  return ran
}
