import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { backgroundKind } from '../../src/core/triage/background.ts'
import { SIGNATURES } from '../../src/core/triage/signatures.ts'
import { triage, type RequestFacts } from '../../src/core/triage.ts'
import { Errand, factsOf, fixtures } from './triage-request.ts'

const ERRANDS = await fixtures('errands', z.array(Errand))

/** As it comes over the wire, in a setting where nothing but the errand itself keeps the swarm out. */
function factsOfErrand({ messages, tools, stream, maxTokens }: Errand): RequestFacts {
  const last = messages.findLast(({ role }) => role === 'user')!
  return factsOf(last.text, { messages, tools, takesEdits: true, hasFiles: true, stream, maxTokens })
}

for (const errand of ERRANDS) {
  test(`${errand.errand} is recognised as the client's own errand`, () => {
    const facts = factsOfErrand(errand)
    assert.equal(triage(facts).kind, 'direct')
    if ((facts.maxTokens ?? Infinity) > 100) assert.notEqual(backgroundKind(facts), null)
  })

  test(`${errand.errand}: its words in a person's request are only quoted`, () => {
    const quoted = factsOf(errand.quoted)
    assert.deepEqual(triage(quoted), { kind: 'task' })
    assert.deepEqual(triage({ ...quoted, stream: false }), { kind: 'task' })
  })
}

test('every signature is shown by a request', () => {
  const shown = new Set(ERRANDS.map((errand) => backgroundKind(factsOfErrand(errand))))
  assert.deepEqual(
    SIGNATURES.map(({ kind }) => kind).filter((kind) => !shown.has(kind)),
    [],
  )
})

test('the words without the shape are no errand', () => {
  const title = factsOfErrand(ERRANDS.find(({ errand }) => errand === 'Open WebUI title')!)
  const earlier = [{ role: 'user', text: 'hello' }, ...title.messages]
  assert.notEqual(backgroundKind(title), null)
  assert.equal(backgroundKind({ ...title, stream: true }), null)
  assert.equal(backgroundKind({ ...title, tools: ['edit'] }), null)
  assert.equal(backgroundKind({ ...title, messages: earlier }), null)
})

test('a tool more than the tracker has makes it an agent', () => {
  const tracker = factsOfErrand(ERRANDS.find(({ errand }) => errand === 'Copilot to-do list')!)
  assert.notEqual(backgroundKind(tracker), null)
  assert.equal(backgroundKind({ ...tracker, tools: [...tracker.tools, 'edit'] }), null)
  assert.equal(backgroundKind({ ...tracker, tools: [] }), null)
})

test('memories, compactions and rewrites stay errands with tools that write', () => {
  const names = [
    'Qwen Code memory',
    'Qwen Code compaction',
    'Continue compaction',
    'Continue apply',
    'Continue edit',
  ]
  for (const name of names) {
    const facts = factsOfErrand(ERRANDS.find(({ errand }) => errand === name)!)
    assert.notEqual(backgroundKind({ ...facts, tools: ['write_file', 'edit'] }), null, name)
  }
})
