import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOffer } from '../../../src/core/tool-step/offer.ts'
import { READ, RUN } from './offered.ts'

const names = (wishes: Parameters<typeof readOffer>[1]): string[] | undefined =>
  readOffer([READ, RUN], wishes)?.tools.map(({ name }) => name)

test('the tool choice says what may be called, and whether it must be', () => {
  assert.deepEqual(readOffer([READ, RUN], {}), { tools: [READ, RUN], mustCall: false, parallel: true })
  assert.equal(readOffer([READ, RUN], { tool_choice: 'none' }), null)
  assert.equal(readOffer([READ], { tool_choice: 'required' })!.mustCall, true)
  const named = { tool_choice: { type: 'function', function: { name: 'run' } } } as const
  assert.deepEqual(names(named), ['run'])
  assert.equal(readOffer([READ, RUN], named)!.mustCall, true)
})

test('allowed tools are named in either form', () => {
  const allowed = (mode: 'auto' | 'required', tools: unknown[]) =>
    ({ tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools } } }) as const
  assert.deepEqual(names(allowed('auto', [{ type: 'function', function: { name: 'read' } }])), ['read'])
  assert.deepEqual(names(allowed('auto', [{ type: 'function', name: 'read' }, 7])), ['read'])
  assert.equal(readOffer([READ], allowed('required', [{ name: 'read' }]))!.mustCall, true)
  assert.equal(readOffer([READ], allowed('auto', [{ name: 'other' }])), null)
})

test('one call at a time is asked for by a false, not by a null', () => {
  assert.equal(readOffer([READ], { parallel_tool_calls: false })!.parallel, false)
  assert.equal(readOffer([READ], { parallel_tool_calls: null })!.parallel, true)
})
