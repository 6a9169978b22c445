import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createModels, type ModelOptions } from '../../src/models/client.ts'
import { realClock } from '../api/server.ts'

const never = new AbortController().signal
const url = 'http://127.0.0.1:9/v1'
const one = (slots: number) => ({ model: 'coder', url, apiKey: null, slots })

function modelsOf(tiers: ModelOptions['tiers']) {
  return createModels({ tiers, idleTimeoutMs: 1_000, firstTokenTimeoutMs: 1_000, tries: 1, clock: realClock })
}

test('a slot is had at once or not at all, and counts for all tiers on one model', async (t) => {
  const models = modelsOf({ fast: one(2), deep: one(1) })
  t.after(() => models.close())
  const first = models.freeSlot('fast', never)
  const second = models.freeSlot('deep', never)
  assert.ok(first && second)
  assert.equal(models.freeSlot('fast', never), null)
  const held = await first
  held[Symbol.dispose]()
  held[Symbol.dispose]()
  assert.ok(models.freeSlot('fast', never))
  assert.equal(models.freeSlot('fast', never), null)
  assert.equal(models.freeSlot('deep', never), null)
})

test('models in one line are called one after the other, whichever server they are at', async (t) => {
  const line = 'one at a time'
  const other = { ...one(1), model: 'other', url: 'http://127.0.0.1:10/v1' }
  const models = modelsOf({ fast: { ...one(1), line }, deep: { ...other, line }, cloud: one(1) })
  t.after(() => models.close())
  const held = await models.freeSlot('fast', never)
  assert.equal(models.freeSlot('deep', never), null)
  assert.ok(models.freeSlot('cloud', never))
  held?.[Symbol.dispose]()
  assert.ok(models.freeSlot('deep', never))
})
