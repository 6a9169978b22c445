import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, type ClaimTurn } from '../../src/core/claim.ts'

const said = (text: string): ClaimTurn => ({ role: 'assistant', text, calls: [] })
const evidence = (task: string, label = 'verified', seal = ''): string =>
  `This change passed.\n\nEvidence: ${label} · test passed · 5 s · task ${task}${seal}`
const calls = (...calls: string[]): ClaimTurn => ({ role: 'assistant', text: '', calls })

test('the deliveries a conversation tells of, the last first', () => {
  const hex = '0123456789abcdef'.repeat(2)
  const cases: [ClaimTurn[], string[]][] = [
    [[], []],
    [[said('Hello. No evidence here · task x')], []],
    [[said(evidence('t1', 'verified', ' · receipt 0123456789ab'))], ['t1 0123456789ab sure']],
    [[said(evidence('t1', 'unverified'))], ['t1 null sure']],
    [[said(evidence('t1', 'verified, by strong checks and agreement'))], ['t1 null sure']],
    [[said(evidence('t1')), said(evidence('t2', 'abstained')), said('You are welcome.')], ['t1 null sure']],
    [
      [said(evidence('t1')), said(evidence('t2'))],
      ['t2 null sure', 't1 null sure'],
    ],
    [
      [said(evidence('t1')), calls('call_t2_1', 'call_t3_1')],
      ['t3 null', 't2 null', 't1 null sure'],
    ],
    [[calls(`call_${hex}_2`)], [`task_${hex} null sure`]],
    [[{ role: 'tool', text: 'done', calls: ['call_t2_1'] }], ['t2 null']],
    // what a user or a tool says of an answer is no answer
    [[{ ...said(evidence('t1')), role: 'user' }], []],
    [[{ ...said(evidence('t1')), role: 'tool' }], []],
    [[calls('call_abc', 'toolu_1', `call_${'x'.repeat(200)}_1`)], []],
    [[said(evidence('t1').replaceAll('Evidence', ' Evidence'))], []],
  ]
  for (const [turns, expected] of cases) {
    const told = [...claimsIn(turns)].map(
      ({ task, seal, isSure }) => `${task} ${seal}${isSure ? ' sure' : ''}`,
    )
    assert.deepEqual(told, expected, JSON.stringify(turns))
  }
})

test('a conversation full of half a line of evidence says nothing', () => {
  const text = `${'Evidence: verified · task'.repeat(20_000)}\n`.repeat(4)
  assert.deepEqual([...claimsIn([said(text)])], [])
})
