import { cascade } from '../../../src/cascade/cascade.ts'
import type { Limits, Ports } from '../../../src/cascade/ports.ts'
import type { Effort, Outcome } from '../../../src/core/task.ts'
import { openMemory, PROMPTS } from '../listen.ts'
import { plantedIn, SUBJECT, SUBJECT_TEST, TEST_TEXT } from '../planted.ts'
import type { Result } from '../result.ts'
import { LIMITS, taskAt } from '../task-at.ts'
import type { Tape } from '../tape.ts'
import { TASKS } from '../tasks/all.ts'
import type { World } from '../world.ts'
import { simulatedModels } from './models.ts'
import { simulatedWorkspaces } from './project.ts'
import { createUpstream } from './upstream.ts'
import { createVirtualClock } from './virtual-clock.ts'

const never = new AbortController().signal

/**
 * The real cascade at one effort, task after task, in a world whose models and gates are simulated. What the server
 * learns from a task it knows in the next one.
 */
export async function* playCascade(
  effort: Effort,
  voting: Limits['voting'],
  world: World,
  tapes: readonly Tape[],
): AsyncGenerator<Result, void, void> {
  using memory = openMemory()
  const limits = { ...LIMITS, voting }
  for (const tape of tapes) {
    const clock = createVirtualClock()
    const upstream = createUpstream(tape, clock)
    const workspaces = simulatedWorkspaces(tape, clock)
    const models = simulatedModels(tape, world, upstream)
    const ports: Ports = { experience: memory.experience, models, prompts: PROMPTS, clock, limits }
    const task = taskAt(tape.run, TASKS[tape.run % TASKS.length]!.request, effort)
    const story = cascade(task, workspaces, ports, never)
    const { outcome, heard } = await memory.listen(task, story, (event) => models.hear(event))
    yield {
      ...judged(outcome, workspaces),
      ballots: heard.ballots,
      tamperings: models.tamperings(),
      spending: upstream.spending,
      wallMs: clock.now(),
    }
  }
}

function judged(outcome: Outcome, workspaces: ReturnType<typeof simulatedWorkspaces>) {
  if (outcome.kind === 'abstained') return { label: outcome.kind, correct: false, tampered: false }
  const { tree } = outcome.patch
  return {
    label: outcome.kind,
    correct: plantedIn(workspaces.text(tree, SUBJECT) ?? '')?.kind === 'right',
    tampered: workspaces.text(tree, SUBJECT_TEST) !== TEST_TEXT,
  }
}
