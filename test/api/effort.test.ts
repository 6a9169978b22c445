import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verified } from '../core/sample-story.ts'
import { ask, jsonOf, openApi, post, stage } from './server.ts'

/** What became of a request: the effort and budget of its task; null when no task began. */
async function taskOf(more: object) {
  const play = stage()
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const response = await ask(api, more)
  assert.equal(response.status, 200)
  await response.text()
  const [task] = play.tasks
  return task ? { effort: task.effort, budget: task.budget } : null
}

for (const { more, effort } of [
  { more: {}, effort: 'medium' },
  { more: { reasoning_effort: 'low' }, effort: 'low' },
  { more: { reasoning_effort: 'high' }, effort: 'high' },
  { more: { reasoning_effort: 'max' }, effort: 'high' },
  { more: { model: 'quorum-fast' }, effort: 'low' },
  { more: { model: 'quorum-max@app' }, effort: 'high' },
  // a name that was picked is meant; a parameter may be the client's own default
  { more: { model: 'quorum-max', reasoning_effort: 'low' }, effort: 'high' },
  { more: { model: 'quorum-fast', reasoning_effort: 'none' }, effort: 'low' },
]) {
  test(`${JSON.stringify(more)} runs at ${effort} effort`, async () => {
    assert.equal((await taskOf(more))?.effort, effort)
  })
}

for (const word of ['none', 'minimal']) {
  test(`reasoning_effort ${word} is no task`, async () => {
    assert.equal(await taskOf({ reasoning_effort: word }), null)
  })
}

test('a request says what it may spend, in digits where its client can send text only', async () => {
  const metadata = { budgetTokens: '20000', budgetSeconds: 90, budgetAttempts: '2' }
  assert.deepEqual((await taskOf({ metadata }))?.budget, { tokens: 20_000, seconds: 90, attempts: 2 })
})

for (const { more, param } of [
  { more: { reasoning_effort: 'enormous' }, param: 'reasoning_effort' },
  { more: { metadata: { budgetTokens: '-3' } }, param: 'metadata.budgetTokens' },
  { more: { metadata: { budgetSeconds: 1.5 } }, param: 'metadata.budgetSeconds' },
]) {
  test(`${JSON.stringify(more)} is refused, and named`, async () => {
    await using api = await openApi()
    const response = await ask(api, more)
    assert.equal(response.status, 400)
    assert.equal((await jsonOf<{ error: { param: string } }>(response)).error.param, param)
  })
}

test('a workflow takes effort and budget too', async () => {
  const play = stage()
  play.end(verified)
  await using api = await openApi({ cascade: play.cascade })
  const body = { request: 'Fix it', effort: 'high', budget: { seconds: 30 } }
  await (await post(`${api.url}/api/workflow`, body)).text()
  assert.equal(play.tasks[0]?.effort, 'high')
  assert.deepEqual(play.tasks[0]?.budget, { tokens: null, seconds: 30, attempts: null })
})
