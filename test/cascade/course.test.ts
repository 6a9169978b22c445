import assert from 'node:assert/strict'
import { test } from 'node:test'
import { courseOf } from '../../src/cascade/course.ts'
import type { Ports } from '../../src/cascade/ports.ts'
import { NO_EXPERIENCE, type Rate } from '../../src/core/experience.ts'
import { NO_BUDGET, type Task, type TierName } from '../../src/core/task.ts'

const TIERS: TierName[] = ['fast', 'deep', 'reviewer']
const task: Task = {
  id: 'task_1',
  request: 'Fix the crash in parse()',
  conversation: '',
  filesOwned: [],
  allowTests: false,
  effort: 'medium',
  budget: NO_BUDGET,
  workspace: { kind: 'named', name: 'app' },
}

/** The course that these rates make of it. */
function course(rates: Partial<Record<TierName, Rate>>, budget = NO_BUDGET) {
  const rate = (tier: TierName): Rate => rates[tier] ?? { asked: 0, verified: 0 }
  const ports = {
    models: { tiers: TIERS },
    limits: { attempts: 5, attemptsPerTier: 2 },
    experience: { ...NO_EXPERIENCE, rate },
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a course asks for nothing else
  return courseOf(task, budget, ports as unknown as Ports)
}

test('without experience a task starts where the rules say, and says nothing of it', () => {
  const { start, policy, lessons, kind } = course({})
  assert.deepEqual(
    { start, skip: policy.skip, lessons, kind },
    { start: 'fast', skip: [], lessons: [], kind: 'fix' },
  )
})

test('where hardly anything ever passed a task starts a tier higher, and the story is told why', () => {
  const { start, lessons } = course({ fast: { asked: 30, verified: 3 } })
  assert.equal(start, 'deep')
  assert.match(lessons[0]!, /3 of the last 30 candidates for a fix task/)
})

test('a tier that never brings anything is passed by, but never the highest', () => {
  const never = { asked: 40, verified: 0 }
  assert.deepEqual(course({ deep: never }).policy.skip, ['deep'])
  assert.deepEqual(course({ reviewer: never }).policy.skip, [])
})

test('the smaller number of attempts holds, of the configured and of the request', () => {
  assert.equal(course({}, { ...NO_BUDGET, attempts: 2 }).policy.attempts, 2)
  assert.equal(course({}, { ...NO_BUDGET, attempts: 50 }).policy.attempts, 5)
})
