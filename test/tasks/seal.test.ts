import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { sealedReceipt } from '../../src/tasks/seal.ts'
import { complete, created, DIFF, stateAfter, verified } from '../core/sample-story.ts'

test('a sealed receipt bears the hash of the diff that was handed over', () => {
  const { patchSha256 } = sealedReceipt(stateAfter([created, complete(verified)]))
  assert.equal(patchSha256, createHash('sha256').update(DIFF).digest('hex'))
})

test('without a diff there is nothing to hash', () => {
  assert.equal(sealedReceipt(stateAfter([created])).patchSha256, null)
})
