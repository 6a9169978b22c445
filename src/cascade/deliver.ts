import { whyUnproven } from '../core/label.ts'
import { isExistingTest, isGateConfig } from '../core/protected.ts'
import type { ChangedFile, GateResult, Outcome, Patch, Proof } from '../core/task.ts'
import type { Project } from './ports.ts'
import type { Review } from './reviewing/review.ts'

/** What is known of a change: proven is what passed every check of a project that it did not itself rewrite. */
export async function deliver(
  { patch: refined, gates, decision, advice }: Review,
  proof: Omit<Proof, 'review'>,
  undecided: number | null,
  project: Project,
  signal: AbortSignal,
): Promise<Outcome> {
  const patch = await fromTheirs(refined, project, signal)
  const existing = new Set(await project.files(project.theirs))
  const changed = patch.files.filter((path) => existing.has(path))
  const decides = (path: string): boolean => isGateConfig(path) || project.judges.has(path)
  const reason =
    whyUnproven(gates, project.leftOut, changed.filter(decides)) ??
    whyDoubtful(undecided) ??
    whyShaken(gates, project)
  const known: Proof = { ...proof, review: { decision, advice: [...advice] } }
  const files = await changedFiles(patch, project)
  if (reason !== null) return { kind: 'unverified', patch, files, gates: [...gates], reason, proof: known }
  return {
    kind: 'verified',
    patch,
    files,
    gates: [...gates],
    testsChanged: changed.filter(isExistingTest),
    proof: known,
  }
}

/** What the user has to apply: where his files lack the change that this one goes on from, both. */
export async function fromTheirs(patch: Patch, project: Project, signal: AbortSignal): Promise<Patch> {
  return project.theirs === project.base ? patch : project.diff(project.theirs, patch.tree, signal)
}

/**
 * Failures of the tree that was worked on do not count. Where an earlier change stands in it that was checked with other
 * files, nobody knows whether those failures are the user's own.
 */
function whyShaken(gates: readonly GateResult[], { onTop }: Project): string | null {
  if (onTop?.how !== 'added' || onTop.asThen) return null
  const failing = gates.filter(({ knownFailures }) => knownFailures > 0).map(({ gate }) => gate)
  if (failing.length === 0) return null
  return `${failing.join(' and ')} failed already with the earlier change on your files as they are now`
}

/** The change as texts: some clients take it in forms of their own, and the project is closed by then. */
function changedFiles({ files, tree }: Patch, project: Project): Promise<ChangedFile[]> {
  const textOf = async (tree: string, path: string): Promise<string | null> =>
    (await project.read(tree, path)) ?? null
  return Promise.all(
    files.map(async (path) => {
      const [before, after] = await Promise.all([textOf(project.theirs, path), textOf(tree, path)])
      return { path, before, after }
    }),
  )
}

const whyDoubtful = (undecided: number | null): string | null =>
  undecided === null
    ? null
    : `${undecided} different changes passed the checks, and nothing told which of them is right`
