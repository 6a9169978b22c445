import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GATES, only, RIGHT, setStage, spine, TYPE_ERROR } from '../support/story.ts'
import type { ScriptedReply } from '../support/scripted-models.ts'

const gates = { typecheck: GATES.typecheck }
const HANG: ScriptedReply = { kind: 'hang', after: 'Let me think' }

test('with the tokens spent nothing new is asked, and the best attempt is the answer', async (t) => {
  const { tell, server } = await setStage(t, { cast: { coder: () => TYPE_ERROR }, gates })
  const { story, outcome } = await tell({ budget: { tokens: 400 } })
  assert.equal(outcome?.kind, 'abstained')
  assert.match(outcome.reason, /limit of 400 tokens/)
  assert.deepEqual(only(story, 'budget_spent'), [{ type: 'budget_spent', budget: 'tokens', limit: 400 }])
  assert.equal(only(story, 'attempt_start').length, 1)
  assert.ok(server.calls.length <= 6)
})

test('with the tokens spent a change that passed is delivered, and says that nobody reviewed it', async (t) => {
  const { tell } = await setStage(t, { cast: { coder: () => RIGHT }, gates })
  const { outcome } = await tell({ budget: { tokens: 1_500 } })
  assert.equal(outcome?.kind, 'verified')
  assert.equal(outcome.proof.review.decision, 'unreadable')
})

test('when the time is up what still types is cut off, and what passed is the answer', async (t) => {
  const { tell } = await setStage(t, {
    cast: { coder: ({ seat }) => (seat === 1 ? RIGHT : HANG), reviewer: () => HANG },
    gates,
  })
  const { outcome } = await tell({ budget: { seconds: 10 } })
  assert.equal(outcome?.kind, 'verified')
})

test('a budget of attempts ends the task before the policy would', async (t) => {
  const { tell } = await setStage(t, { cast: { coder: () => TYPE_ERROR }, gates })
  const { story, outcome } = await tell({ budget: { attempts: 1 } })
  assert.equal(outcome?.kind, 'abstained')
  assert.deepEqual(
    spine(story).filter((line) => line.startsWith('attempt')),
    ['attempt 1 at fast'],
  )
})
