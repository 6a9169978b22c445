import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { sealedReceipt, SealedReceipt, sealOf } from '../../src/tasks/seal.ts'
import { complete, created, DIFF, happyEvents, stateAfter, verified } from '../core/sample-story.ts'

const ended = () => sealedReceipt(stateAfter([created, ...happyEvents, complete(verified)]))

test('a sealed receipt bears the hash of the diff that was handed over', () => {
  assert.equal(ended().patchSha256, createHash('sha256').update(DIFF).digest('hex'))
})

test('without a diff there is nothing to hash', () => {
  assert.equal(sealedReceipt(stateAfter([created])).patchSha256, null)
})

test('its seal is the same for whoever reads it again, in whatever order its keys come', () => {
  const receipt = ended()
  assert.match(receipt.sha256 ?? '', /^[0-9a-f]{64}$/)
  const read = SealedReceipt.parse(JSON.parse(JSON.stringify(receipt)))
  assert.equal(sealOf(read), receipt.sha256)
  assert.equal(sealOf(Object.fromEntries(Object.entries(read).toReversed())), receipt.sha256)
  assert.deepEqual(ended(), receipt)
})

test('whatever is changed in it breaks the seal', () => {
  const receipt = ended()
  const changed = [
    { ...receipt, status: 'unverified' },
    { ...receipt, patchSha256: 'f'.repeat(64) },
    { ...receipt, gates: receipt.gates.map((gate) => ({ ...gate, exitCode: 1 })) },
    { ...receipt, more: true },
  ]
  for (const other of changed) assert.notEqual(sealOf(other), receipt.sha256)
})

test('while a task runs, its receipt is not sealed', () => {
  assert.equal(sealedReceipt(stateAfter([created, ...happyEvents])).sha256, null)
})
