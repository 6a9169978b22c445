import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import type { Entry, SwarmEvent } from '../../src/core/event.ts'
import type { Outcome, Task } from '../../src/core/task.ts'
import { createRunner, type RunnerOptions } from '../../src/tasks/runner.ts'
import { happyEvents, verified } from '../core/sample-story.ts'
import { NO_BUDGET } from '../../src/core/task.ts'

type Cascade = RunnerOptions['cascade']

const asked: Omit<Task, 'id'> = {
  request: 'greet the world',
  conversation: '',
  filesOwned: [],
  allowTests: false,
  effort: 'medium',
  budget: NO_BUDGET,
  workspace: { kind: 'named', name: 'app' },
}

function runnerOf(cascade: Cascade, more: Partial<RunnerOptions> = {}) {
  let ids = 0
  let time = 1_000
  const runner = createRunner({
    cascade,
    now: () => (time += 1),
    newId: () => `task-${(ids += 1)}`,
    readers: [],
    maxTasks: 2,
    keepTasks: 10,
    ...more,
  })
  return runner
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** Waits for its signal, then cleans up for a while. */
function stubborn(cleaned: string[]): Cascade {
  return async function* (task, signal) {
    yield { type: 'attempt_start', attempt: 1, tier: 'fast' }
    try {
      await aborted(signal)
      signal.throwIfAborted()
    } finally {
      await new Promise((resolve) => setTimeout(resolve, 10))
      yield { type: 'plan_ready', plan: { subtasks: [], fallback: 'told while cleaning up' } }
      cleaned.push(task.id)
    }
    return verified
  }
}

const ends = (outcome: Outcome): Cascade =>
  async function* () {
    yield* []
    return outcome
  }
const throws = (error: unknown): Cascade =>
  async function* () {
    yield* []
    throw error
  }

const types = (story: Entry[]): string[] => story.map(({ event }) => event.type)
const lastOf = (story: Entry[]): SwarmEvent => story.at(-1)!.event

test('a story begins with task_created, is numbered and stamped, and ends once', async () => {
  const runner = runnerOf(async function* () {
    yield* happyEvents
    return verified
  })
  const task = runner.start(asked)
  const state = await task.done
  const story = task.story()

  assert.equal(state.status, 'verified')
  assert.deepEqual(types(story), ['task_created', ...happyEvents.map(({ type }) => type), 'task_complete'])
  assert.deepEqual(
    story.map(({ seq }) => seq),
    [...story.keys()],
  )
  assert.ok(story.every(({ at }, index) => index === 0 || at > story[index - 1]!.at))
  assert.ok(story.every(({ taskId }) => taskId === 'task-1'))
})

test('every entry bears the attempt and tier it happened in', async () => {
  const runner = runnerOf(async function* () {
    yield { type: 'attempt_start', attempt: 1, tier: 'fast' }
    yield { type: 'escalation', from: 'fast', to: 'deep', reason: 'x' }
    yield { type: 'attempt_start', attempt: 2, tier: 'deep' }
    return verified
  })
  const task = runner.start(asked)
  await task.done
  assert.deepEqual(
    task.story().map(({ attempt, tier }) => [attempt, tier]),
    [
      [0, null],
      [1, 'fast'],
      [1, 'fast'],
      [2, 'deep'],
      [2, 'deep'],
    ],
  )
})

test('an abstention ends as given up, with the best attempt', async () => {
  const outcome: Outcome = { kind: 'abstained', reason: 'five attempts', best: null }
  const task = runnerOf(ends(outcome)).start(asked)
  assert.equal((await task.done).status, 'abstained')
  assert.deepEqual(lastOf(task.story()), {
    type: 'task_abort',
    cause: 'gave-up',
    reason: 'five attempts',
    outcome,
  })
})

test('a fault ends the story with its message', async () => {
  const bugs: unknown[] = []
  const cascade = throws(new SwarmError('upstream', 'the model server is down'))
  const task = runnerOf(cascade, { onBug: (error) => bugs.push(error) }).start(asked)
  assert.equal((await task.done).status, 'failed')
  assert.deepEqual(lastOf(task.story()), {
    type: 'task_abort',
    cause: 'fault',
    reason: 'the model server is down',
    outcome: null,
  })
  assert.deepEqual(bugs, [])
})

test('a bug ends the story without its details, and is told to whoever logs', async () => {
  const bugs: unknown[] = []
  const bug = new TypeError('secret detail')
  const task = runnerOf(throws(bug), { onBug: (error, id) => bugs.push(error, id) }).start(asked)
  const state = await task.done
  assert.equal(state.reason, 'internal error')
  assert.deepEqual(bugs, [bug, 'task-1'])
})

test('a bug in a listener of bugs does not reject the task', async () => {
  const onBug = () => {
    throw new Error('again')
  }
  const task = runnerOf(throws(new Error('bug')), { onBug }).start(asked)
  assert.equal((await task.done).status, 'failed')
})

test('cancelling waits for the cleanup, keeps what it tells, and ends as cancelled', async () => {
  const cleaned: string[] = []
  const task = runnerOf(stubborn(cleaned)).start(asked)
  task.cancel('enough')
  task.cancel('a second reason is not heard')
  const state = await task.done
  assert.deepEqual(cleaned, ['task-1'])
  assert.deepEqual(types(task.story()), ['task_created', 'attempt_start', 'plan_ready', 'task_abort'])
  assert.deepEqual([state.status, state.reason], ['cancelled', 'enough'])
})

test('an outcome that comes after the cancellation is not delivered', async () => {
  const task = runnerOf(async function* (_, signal) {
    yield { type: 'attempt_start', attempt: 1, tier: 'fast' }
    await aborted(signal)
    return verified
  }).start(asked)
  task.cancel('enough')
  assert.equal((await task.done).status, 'cancelled')
})

test('cancelling what has ended changes nothing', async () => {
  const task = runnerOf(ends(verified)).start(asked)
  await task.done
  task.cancel('too late')
  assert.equal(task.state().status, 'verified')
  assert.equal(task.story().length, 2)
})

test('a reader that throws breaks neither the story nor the other readers', async () => {
  const heard: string[] = []
  const bugs: unknown[] = []
  const task = runnerOf(ends(verified), {
    readers: [
      () => {
        throw new Error('disk full')
      },
      ({ event }) => heard.push(event.type),
    ],
    onBug: (error) => bugs.push(error),
  }).start(asked)
  assert.equal((await task.done).status, 'verified')
  assert.deepEqual(heard, ['task_created', 'task_complete'])
  assert.equal(bugs.length, 2)
})

test('no more tasks run than are allowed, and a finished one makes room', async () => {
  const cleaned: string[] = []
  const runner = runnerOf(stubborn(cleaned), { maxTasks: 1 })
  const first = runner.start(asked)
  assert.throws(() => runner.start(asked), { name: 'SwarmError', fault: 'overloaded' })
  first.cancel('enough')
  await first.done
  const second = runner.start(asked)
  second.cancel('enough')
  await second.done
})

test('finished tasks beyond the limit are forgotten, the oldest first', async () => {
  const runner = runnerOf(ends(verified), { keepTasks: 1 })
  await runner.start(asked).done
  await runner.start(asked).done
  assert.equal(runner.get('task-1'), undefined)
  assert.equal(runner.get('task-2')?.id, 'task-2')
  assert.deepEqual(
    runner.list().map(({ id }) => id),
    ['task-2'],
  )
})

test('closing cancels every task, waits for the cleanups, and starts no more', async () => {
  const cleaned: string[] = []
  const runner = runnerOf(stubborn(cleaned))
  runner.start(asked)
  runner.start(asked)
  await runner.close()
  assert.deepEqual(cleaned, ['task-1', 'task-2'])
  assert.ok(runner.list().every(({ status }) => status === 'cancelled'))
  assert.throws(() => runner.start(asked), { fault: 'overloaded' })
})
