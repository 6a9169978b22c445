import { whyUnproven } from '../core/label.ts'
import { isExistingTest, isGateConfig } from '../core/protected.ts'
import type { ChangedFile, Outcome, Patch, Proof } from '../core/task.ts'
import type { Project } from './ports.ts'
import type { Review } from './reviewing/review.ts'

/** What is known of a change: proven is what passed every check of a project that it did not itself rewrite. */
export async function deliver(
  { patch, gates, decision, advice }: Review,
  proof: Omit<Proof, 'review'>,
  undecided: number | null,
  project: Project,
): Promise<Outcome> {
  const existing = new Set(await project.files(project.base))
  const changed = patch.files.filter((path) => existing.has(path))
  const decides = (path: string): boolean => isGateConfig(path) || project.judges.has(path)
  const reason = whyUnproven(gates, project.leftOut, changed.filter(decides)) ?? whyDoubtful(undecided)
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

/** The change as texts: some clients take it in forms of their own, and the project is closed by then. */
function changedFiles({ files, tree }: Patch, project: Project): Promise<ChangedFile[]> {
  const textOf = async (tree: string, path: string): Promise<string | null> =>
    (await project.read(tree, path)) ?? null
  return Promise.all(
    files.map(async (path) => {
      const [before, after] = await Promise.all([textOf(project.base, path), textOf(tree, path)])
      return { path, before, after }
    }),
  )
}

const whyDoubtful = (undecided: number | null): string | null =>
  undecided === null
    ? null
    : `${undecided} different changes passed the checks, and nothing told which of them is right`
