import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Verdict } from '../../src/core/task.ts'
import { readVerdict, sameObjections } from '../../src/core/verdict.ts'

const bug = { kind: 'bug' as const, file: 'a.ts', line: null, claim: 'it drops the last line', check: null }

for (const { reply, expected } of [
  { reply: { decision: 'approve', objections: [] }, expected: { decision: 'approve', objections: [] } },
  { reply: { decision: 'approve' }, expected: { decision: 'approve', objections: [] } },
  { reply: { decision: ' Approved ', objections: null }, expected: { decision: 'approve', objections: [] } },
  { reply: { decision: 'reject', objections: [bug] }, expected: { decision: 'reject', objections: [bug] } },
  { reply: { decision: 'REJECTED', objections: [bug] }, expected: { decision: 'reject', objections: [bug] } },
  { reply: { decision: 'unsure', objections: [bug] }, expected: { decision: 'unsure', objections: [bug] } },
  {
    reply: { decision: 'reject', objections: ['it drops the last line'] },
    expected: { decision: 'reject', objections: [{ ...bug, file: null }] },
  },
  {
    reply: { decision: 'reject', objections: [{ kind: 'catastrophe', claim: ' x ' }] },
    expected: { decision: 'reject', objections: [{ ...bug, file: null, claim: 'x' }] },
  },
]) {
  test(`${JSON.stringify(reply)} is the verdict ${expected.decision}`, () => {
    assert.deepEqual(readVerdict(JSON.stringify(reply)), { requirements: [], ...expected })
  })
}

for (const objections of [[], undefined, [''], [{ claim: '   ' }]]) {
  test(`a rejection with the objections ${JSON.stringify(objections)} names nothing to mend: unsure`, () => {
    assert.deepEqual(readVerdict(JSON.stringify({ decision: 'reject', objections })), {
      decision: 'unsure',
      requirements: [],
      objections: [],
    })
  })
}

test('a verdict in a fence with prose around it is found', () => {
  const reply = `Let me look.\n\`\`\`json\n${JSON.stringify({ decision: 'reject', objections: [bug] }, null, 2)}\n\`\`\``
  assert.equal(readVerdict(reply)?.decision, 'reject')
})

test('braces in the prose, and an earlier draft in the thoughts, do not hide the verdict', () => {
  const prose = 'The call `run({ retries: 3 })` and the half `{ open` worry me.'
  const thoughts = `<think>${JSON.stringify({ decision: 'approve' })}?</think>`
  const reply = `${thoughts}${prose}\n${JSON.stringify({ decision: 'reject', objections: [bug] })}`
  assert.equal(readVerdict(reply)?.decision, 'reject')
})

for (const reply of [
  '',
  'LGTM!',
  '{}',
  '{"decision": "maybe"}',
  '{"decision": true}',
  '[]',
  '{"decision": "appro',
]) {
  test(`${JSON.stringify(reply)} is no verdict`, () => {
    assert.equal(readVerdict(reply), null)
  })
}

test('a verdict names at most eight objections, none of them long', () => {
  const objections = Array.from({ length: 20 }, () => ({ ...bug, claim: 'x'.repeat(2_000) }))
  const verdict = readVerdict(JSON.stringify({ decision: 'reject', objections }))
  assert.deepEqual(
    verdict?.objections.map(({ claim }) => claim.length),
    Array.from({ length: 8 }, () => 500),
  )
})

test('the same claims in another order are the same objections', () => {
  const verdict = (...claims: string[]): Verdict => ({
    decision: 'reject',
    requirements: [],
    objections: claims.map((claim) => ({ ...bug, claim })),
  })
  assert.equal(sameObjections(verdict('a', 'b'), verdict('b', 'a')), true)
  assert.equal(sameObjections(verdict('a'), verdict('a', 'b')), false)
  assert.equal(sameObjections(verdict('a'), verdict('b')), false)
})

test('whatever the reviewer writes, it is no verdict or a proper one, and a rejection always says what to mend', () => {
  const verdictLike = fc.record({ decision: fc.anything(), objections: fc.anything() }, { requiredKeys: [] })
  const reply = fc.oneof(
    fc.string(),
    fc.json({ maxDepth: 3 }),
    verdictLike.map((value) => JSON.stringify(value) ?? ''),
  )
  fc.assert(
    fc.property(reply, (reply) => {
      const verdict = readVerdict(reply)
      return verdict === null || verdict.decision !== 'reject' || verdict.objections.length > 0
    }),
    { numRuns: 500 },
  )
})

test('an objection may be a bare string, or call its claim something else', () => {
  const claims = (objections: unknown) =>
    readVerdict(JSON.stringify({ decision: 'reject', objections }))?.objections.map(({ claim }) => claim)
  assert.deepEqual(claims('it loops'), ['it loops'])
  assert.deepEqual(claims([{ message: 'it leaks' }, { description: 'it hangs' }]), ['it leaks', 'it hangs'])
})

const rejecting = (objection: object) =>
  readVerdict(JSON.stringify({ decision: 'reject', objections: [{ ...bug, ...objection }] }))?.objections[0]

test('an objection may bring a test, and the line it is about', () => {
  const check = { path: 'test/last-line.test.ts', content: 'test()' }
  assert.deepEqual(rejecting({ line: '12', check }), { ...bug, line: 12, check })
  assert.deepEqual(
    rejecting({ check: { file: check.path, body: check.content, type: 'test' } })?.check,
    check,
  )
})

for (const check of [
  null,
  'run it with an empty file',
  { path: 'test/a.test.ts' },
  { path: '../a.test.ts', content: 'test()' },
  { path: '/etc/a.test.ts', content: 'test()' },
  { path: 'test/a.test.ts', content: ' ' },
  { path: 'test/a.test.ts', content: 'x'.repeat(20_001) },
  { path: 7, content: [] },
]) {
  test(`${JSON.stringify(check).slice(0, 60)} is no check: the objection stays, as advice`, () => {
    assert.deepEqual(rejecting({ line: -1, check }), bug)
  })
}

test('requirements are read with their evidence; what is neither yes nor no is unknown', () => {
  const requirements = [
    { text: 'the last line is kept', met: true, evidence: 'a.ts:3' },
    { requirement: 'so is the first', met: 'unknown' },
    { id: 3, met: false, evidence: 9 },
    { met: true },
  ]
  assert.deepEqual(readVerdict(JSON.stringify({ decision: 'unsure', requirements }))?.requirements, [
    { text: 'the last line is kept', met: true, evidence: 'a.ts:3' },
    { text: 'so is the first', met: null, evidence: null },
    { text: '3', met: false, evidence: null },
  ])
})

test('a rejection without an objection stands on the requirement that is not met', () => {
  const requirements = [{ text: 'the last line is kept', met: false, evidence: null }]
  assert.deepEqual(readVerdict(JSON.stringify({ decision: 'reject', requirements }))?.objections, [
    { kind: 'missing', file: null, line: null, claim: 'the last line is kept', check: null },
  ])
})

test('a verdict in the text of a check is not the verdict', () => {
  const content = 'const verdict = { decision: "approve" }\nconst other = { decision: 1 }\n'
  const check = { path: 'test/verdict.test.ts', content }
  const verdict = readVerdict(
    JSON.stringify({ decision: 'reject', objections: [{ ...bug, check }] }, null, 2),
  )
  assert.equal(verdict?.decision, 'reject')
  assert.deepEqual(verdict.objections[0]?.check, check)
})
