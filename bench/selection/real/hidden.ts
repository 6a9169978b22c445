import { makeRepository } from '../../../test/support/repository.ts'
import { runNode } from '../run-node.ts'
import { projectOf, testsOf, type SmallTask } from '../small-task.ts'

const HIDDEN = 'test/hidden.test.ts'

/** Does a delivered diff pass the hidden tests, and the visible ones as they were? Run where no server has been. */
export async function passesHidden(task: SmallTask, diff: string): Promise<boolean> {
  await using repository = await makeRepository(projectOf(task))
  await repository.write({ 'delivered.diff': diff })
  await repository.git('apply', 'delivered.diff')
  await repository.write({
    'test/visible.test.ts': testsOf(task, task.visible),
    [HIDDEN]: testsOf(task, task.hidden),
  })
  const { isGreen, output } = await runNode(['--test', 'test/*.test.ts'], repository.path)
  // a run that never came to its tests is no answer
  if (!isGreen && !/^. fail [1-9]/m.test(output)) throw new Error(`the hidden tests did not run:\n${output}`)
  return isGreen
}
