import { countAssertions } from './assertions.ts'
import { isExistingTest } from './protected.ts'
import type { FileChange } from './task.ts'

/**
 * The existing test that checks less after the change than before, in words; null when there is none. Leave to change
 * tests is no leave to take them away.
 */
export function weakerTest(
  changes: readonly FileChange[],
  before: ReadonlyMap<string, string>,
): string | null {
  for (const { path, content } of changes) {
    const old = before.get(path)
    if (old === undefined || !isExistingTest(path)) continue
    if (content === null) return `${path} is a test and would be removed`
    const [was, is] = [countAssertions(path, old), countAssertions(path, content)]
    if (is.tests < was.tests) return `${path} would hold ${is.tests} tests, it held ${was.tests}`
    if (is.assertions < was.assertions)
      return `${path} would make ${is.assertions} assertions, it made ${was.assertions}`
    if (is.skipped > was.skipped) return `${path} would skip ${is.skipped} tests, it skipped ${was.skipped}`
  }
  return null
}
