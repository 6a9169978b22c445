import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { triage, type RequestFacts } from '../../../src/core/triage.ts'
import { asksAboutWorkspace, namesAskedFor } from '../../../src/core/triage/question.ts'
import { Errand, factsOf, fixtures, Requests } from '../triage-request.ts'

const Group = z.object({
  class: z.string(),
  files: z.boolean().default(false),
  requests: z.array(z.string()),
})
const TABLE = await fixtures(
  'questions',
  z.object({
    question: z.array(Group),
    direct: z.array(Group),
    task: z.array(z.string()),
    follow: z.object({ after: z.string(), question: z.array(z.string()), direct: z.array(z.string()) }),
  }),
)
const OTHERS = await fixtures('requests', Requests)
const ERRANDS = await fixtures('errands', z.array(Errand))

const decide = (request: string, more: Partial<RequestFacts> = {}) =>
  triage(factsOf(request, { hasWorkspace: true, ...more })).kind
const decidedOther = (kind: string, requests: readonly string[], more: Partial<RequestFacts> = {}) =>
  requests.filter((request) => decide(request, more) !== kind)
const withFiles = ({ files }: { files: boolean }): Partial<RequestFacts> => (files ? { hasFiles: true } : {})

for (const group of TABLE.question) {
  test(`is about the workspace: ${group.class}`, () =>
    assert.deepEqual(decidedOther('question', group.requests), []))
}

for (const group of TABLE.direct) {
  test(`needs no workspace: ${group.class}`, () =>
    assert.deepEqual(decidedOther('direct', group.requests, withFiles(group)), []))
}

test('a request for a change stays a task, whatever it names', () => {
  assert.deepEqual(decidedOther('task', TABLE.task), [])
  for (const group of OTHERS.task)
    assert.deepEqual(decidedOther('task', group.requests, withFiles(group)), [])
})

test('the workspace is read for questions only where one is served', () => {
  const questions = TABLE.question.flatMap(({ requests }) => requests)
  assert.deepEqual(decidedOther('direct', questions, { hasWorkspace: false }), [])
})

test('an agent reads for itself, and who chose the plain model gets it', () => {
  const questions = TABLE.question.flatMap(({ requests }) => requests)
  const taken = (more: Partial<RequestFacts>): string[] =>
    questions.filter((request) => ['question', 'task'].includes(decide(request, more)))
  assert.deepEqual(taken({ tools: ['read'] }), [])
  assert.deepEqual(taken({ tools: ['read', 'edit'], takesEdits: true }), [])
  assert.deepEqual(decidedOther('direct', questions, { explicit: 'direct' }), [])
  assert.deepEqual(decidedOther('task', questions, { explicit: 'task' }), [])
})

test("a client's own errand reads no workspace", () => {
  for (const { errand, messages, tools, stream, maxTokens } of ERRANDS) {
    const request = messages.findLast(({ role }) => role === 'user')!.text
    assert.notEqual(decide(request, { messages, tools, stream, maxTokens }), 'question', errand)
  }
})

test('a question that leans on an answer about the workspace is about the workspace', () => {
  const { after, question, direct } = TABLE.follow
  const following = (text: string, before: string) =>
    decide(text, {
      messages: [
        { role: 'user', text: before },
        { role: 'assistant', text: 'In src/limits.ts:12.' },
        { role: 'user', text },
      ],
    })
  assert.deepEqual(
    question.filter((text) => following(text, after) !== 'question'),
    [],
  )
  assert.deepEqual(
    direct.filter((text) => following(text, after) !== 'direct'),
    [],
  )
  assert.equal(following('and why is it slow?', 'What is a monad?'), 'direct')
})

test('"this file" means one that was shown before, where one was', () => {
  const shown = [
    { role: 'user', text: 'Write me a parser' },
    { role: 'assistant', text: '```ts\nexport const parse = 1\n```' },
  ]
  const text = 'what does this file do?'
  assert.equal(decide(text, { messages: [...shown, { role: 'user', text }] }), 'direct')
  const named = 'what does this file do in our project?'
  assert.equal(decide(named, { messages: [...shown, { role: 'user', text: named }] }), 'question')
})

const OWN: readonly [request: string, names: readonly string[]][] = [
  ['What does parseLedger do?', ['parseLedger']],
  ['Explain `slugify` to me', ['slugify']],
  ['What does slugify return for umlauts?', ['slugify']],
  ['is UserService thread safe, and why does parse_date() lock?', ['UserService', 'parse_date']],
  ['How does useEffect work?', ['useEffect']],
  ['what is a monad', []],
  ['Add a test to parseLedger', []],
  ['Why does this fail?\n```ts\nparseLedger()\n```', []],
]

test('the names in a question are looked up, and one that the workspace defines makes it a question about it', () => {
  for (const [request, names] of OWN) {
    assert.deepEqual(namesAskedFor({ request, hasFiles: false }), names, request)
    assert.deepEqual(namesAskedFor({ request, hasFiles: true }), [])
    if (names.length > 0) assert.equal(decide(request, { namesOwn: true }), 'question', request)
  }
})

test('a lesson is one whatever its example is called, and an order to change stays one', () => {
  assert.equal(decide('How should I name a function like parseLedger?', { namesOwn: true }), 'direct')
  assert.equal(decide('Make parseLedger faster', { namesOwn: true }), 'task')
})

const NEVER = ['greeting', 'quoted, not asked', 'retrieved context', 'without a place of its own']

test('of the other requests, none that is general is taken for a question about the workspace', (t) => {
  const taken = OTHERS.direct.map((group) => ({
    class: group.class,
    requests: group.requests.filter((request) => decide(request, withFiles(group)) === 'question'),
  }))
  for (const { class: name, requests } of taken) for (const one of requests) t.diagnostic(`${name}: ${one}`)
  const wrong = taken.filter((group) => NEVER.includes(group.class) && group.requests.length > 0)
  assert.deepEqual(wrong, [])
})

test('a megabyte made to be slow is read once', () => {
  for (const piece of ['where is ', 'a/', 'a.', 'the ', 'which files ', 'in ', 'A', '`a', 'wo ist ', 'a_'])
    assert.equal(
      typeof asksAboutWorkspace({
        request: piece.repeat(Math.ceil(1_000_000 / piece.length)),
        hasFiles: false,
        messages: [],
      }),
      'boolean',
    )
})
