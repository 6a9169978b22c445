import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer } from '../../src/core/answer.ts'
import { triage } from '../../src/core/triage.ts'
import { complete, created, happyEvents, stateAfter, verified } from './sample-story.ts'
import { factsOf, fixtures, Refinements } from './triage-request.ts'

const CHANGE = 'Fix the off-by-one error in src/pager.ts'

test('the caller who says what it is has the last word', () => {
  assert.equal(triage(factsOf('hi', { explicit: 'task' })).kind, 'task')
  assert.equal(triage(factsOf('hi', { explicit: 'task', maxTokens: 16, tools: ['edit'] })).kind, 'task')
  assert.equal(triage(factsOf(CHANGE, { explicit: 'direct' })).kind, 'direct')
})

test("an agent's turn is one step while nothing could take the change over", () => {
  const tools = ['read_file', 'search']
  assert.deepEqual(triage(factsOf(CHANGE, { tools })), { kind: 'step', why: "an agent's turn" })
})

test('an agent with a tool that takes edits gets a task for a change, and a step for anything else', () => {
  const agent = { tools: ['read_file', 'edit'], takesEdits: true }
  assert.equal(triage(factsOf(CHANGE, agent)).kind, 'task')
  assert.equal(triage(factsOf('What does src/pager.ts do?', agent)).kind, 'step')
  assert.equal(triage(factsOf(CHANGE, { ...agent, hasPlace: false })).kind, 'step')
})

test("a tool's result is a turn of the same task, whatever was asked before", () => {
  const messages = [
    { role: 'user', text: CHANGE },
    { role: 'assistant', text: '' },
    { role: 'tool', text: 'written' },
  ]
  const facts = factsOf(CHANGE, { messages, tools: ['edit'], takesEdits: true })
  assert.equal(triage(facts).kind, 'step')
  // without tools on offer there is nothing to call
  assert.equal(triage({ ...facts, tools: [] }).kind, 'direct')
})

test('without a place to work there is no task', () => {
  assert.equal(triage(factsOf(CHANGE, { hasPlace: false })).kind, 'direct')
})

test('a tiny output limit cannot hold a diff', () => {
  assert.equal(triage(factsOf(CHANGE, { maxTokens: 16 })).kind, 'direct')
  assert.equal(triage(factsOf(CHANGE, { maxTokens: 32_000 })).kind, 'task')
})

test('an assistant turn to be continued is no task', () => {
  const messages = [
    { role: 'user', text: CHANGE },
    { role: 'assistant', text: '```ts' },
  ]
  assert.equal(triage(factsOf(CHANGE, { messages })).kind, 'direct')
})

test('a reply that leans on an earlier change is a task only where that change was handed over', async () => {
  const { task, direct, leaning } = await fixtures('refinements', Refinements)
  const after = (said: string, text: string) =>
    triage(
      factsOf(text, {
        messages: [
          { role: 'user', text: CHANGE },
          { role: 'assistant', text: said },
          { role: 'user', text },
        ],
      }),
    ).kind
  const handedOver = answer(stateAfter([created, ...happyEvents, complete(verified)]), null)
  const gaveUp = answer(
    stateAfter([created, complete({ kind: 'abstained', reason: 'no luck', best: null })]),
    null,
  )
  const not = (kind: string, texts: readonly string[], said: string) =>
    texts.filter((text) => after(said, text) !== kind)

  assert.deepEqual(not('task', [...task, ...leaning], handedOver), [])
  assert.deepEqual(not('direct', direct, handedOver), [])
  assert.deepEqual(not('direct', leaning, 'You could use a Map here.'), [])
  assert.deepEqual(not('direct', leaning, gaveUp), [])
})

test('a message of a megabyte made to be slow is read once', () => {
  const hostile = ['<context>', '```', '"a ', 'a-', '\n', 'please ', 'a.b/', '`x` and ', '### Task:\n"']
  for (const piece of hostile) {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
    assert.match(
      triage(factsOf('', { messages: [{ role: 'user', text }], request: text })).kind,
      /^(?:task|direct)$/,
    )
  }
})

test('a command of spec-kit that writes is a task of the workspace, unless nothing could take the change over', () => {
  const command = '/speckit.implement phase 2'
  const inWorkspace = { kind: 'task', inWorkspace: true }
  assert.deepEqual(triage(factsOf(command, { hasWorkspace: true })), inWorkspace)
  const attached = `\`\`\`ts src/a.ts\nexport const a = 1\n\`\`\`\n\n${command}`
  assert.deepEqual(triage(factsOf(attached, { hasWorkspace: true })), inWorkspace)
  const agent = { hasWorkspace: true, tools: ['read_file', 'edit'] }
  assert.equal(triage(factsOf(command, agent)).kind, 'step')
  assert.deepEqual(triage(factsOf(command, { ...agent, takesEdits: true })), inWorkspace)
  assert.equal(triage(factsOf(command, { hasPlace: false })).kind, 'direct')
  assert.equal(triage(factsOf(command, { hasWorkspace: true, explicit: 'direct' })).kind, 'direct')
  assert.equal(triage(factsOf('how does /speckit.plan work?', { hasWorkspace: true })).kind, 'direct')
  assert.equal(triage(factsOf('/speckit.clarify the login', { hasWorkspace: true })).kind, 'direct')
})
