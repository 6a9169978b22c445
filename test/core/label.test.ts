import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyUnproven } from '../../src/core/label.ts'
import { gate } from './sample-story.ts'

const notInstalled = { ...gate(), exitCode: 127 }

test('gates that ran and passed prove the change', () => {
  assert.equal(whyUnproven([gate()], [], []), null)
  assert.equal(whyUnproven([gate(), notInstalled], [], []), null)
})

test('what was left out, is missing, or was rewritten by the change proves nothing, and it is said', () => {
  assert.match(
    whyUnproven([gate()], ['build', 'test'], [])!,
    /build and test was not run: there is no sandbox/,
  )
  assert.match(whyUnproven([], [], [])!, /no lint, typecheck, build or test was found/)
  assert.match(whyUnproven([notInstalled], [], [])!, /not installed/)
  assert.match(whyUnproven([gate()], [], ['package.json'])!, /with your leave it changes package\.json/)
})
