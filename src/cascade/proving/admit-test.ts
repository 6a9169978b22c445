import { countAssertions } from '../../core/assertions.ts'
import { rankFiles } from '../../core/context.ts'
import { whyUnfit } from '../../core/new-test.ts'
import { isExistingTest } from '../../core/protected.ts'
import { redFlagOf } from '../../core/red-flags.ts'
import { languageOf } from '../../core/source-text.ts'
import type { SourceFile, SpecTest } from '../../core/task.ts'
import type { Limits } from '../ports.ts'
import type { Setting } from '../setting.ts'

/** Why a model's test is not run on this tree; null when it may be. What holds for coders' tests holds for it too. */
export async function whyRefused(
  test: SpecTest,
  tree: string,
  { project, task }: Setting,
  signal: AbortSignal,
): Promise<string | null> {
  const existing = new Set(await project.files(tree))
  const unfit = whyUnfit(test, { existing, judges: project.judges })
  if (unfit !== null) return unfit
  const [mistake] = await project.mistakes(tree, [test], signal)
  if (mistake) return `${mistake.path}:${mistake.line} does not parse: ${mistake.message}`
  const withTest = await project.write(tree, [test], signal)
  const patch = await project.diff(tree, withTest, signal)
  return redFlagOf(patch, { request: task.request, isTest: isExistingTest })?.reason ?? null
}

/** Where a test is looked for. */
type Shelf = {
  readonly project: Pick<Setting['project'], 'files' | 'read'>
  readonly ports: { readonly limits: Pick<Limits, 'contextCharacters'> }
}

/** The project's own test that is nearest to the change by name: how tests are written here, and where they stand. */
export async function nearestTest(
  tree: string,
  about: { readonly request: string; readonly files: readonly string[] },
  { project, ports }: Shelf,
): Promise<SourceFile | null> {
  const tests = (await project.files(tree)).filter((path) => languageOf(path) && isExistingTest(path))
  const ranked = rankFiles(tests, `${about.files.join(' ')} ${about.request}`, []).slice(0, MOST_LOOKED_AT)
  const contents = await Promise.all(ranked.map((path) => project.read(tree, path)))
  for (const [index, path] of ranked.entries()) {
    const content = contents[index]
    // fixtures and helpers stand among the tests, and are none
    if (content === undefined || countAssertions(path, content).tests === 0) continue
    if (content.length <= ports.limits.contextCharacters / SHARE) return { path, content }
  }
  return null
}

const MOST_LOOKED_AT = 12
/** An example takes no more than this part of what a prompt may carry. */
const SHARE = 4
