import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChangedFile, Outcome } from '../../src/core/task.ts'
import { applyAsAider } from '../core/forms/aider-reader.ts'
import { diffOf } from '../core/forms/changes.ts'
import { pageBlocks, pressApply } from '../core/forms/continue-page.ts'
import { CONTINUE_RULES, instructions, RULES, shownFiles } from '../core/forms/prompts.ts'
import { gate, happyEvents, patch } from '../core/sample-story.ts'
import { PROOF } from '../support/proof.ts'
import {
  ask,
  ASK,
  asks,
  contentOf,
  jsonOf,
  linesIn,
  openApi,
  post,
  stage,
  type Api,
  type Chunk,
  type ErrorAnswer,
} from './server.ts'

const FILES: readonly ChangedFile[] = [
  { path: 'src/add.ts', before: 'export const sum = 1 + 2\n', after: 'export const sum = 3\n' },
  { path: 'src/new.ts', before: null, after: 'export {}\n' },
]
const changed: Outcome = {
  kind: 'verified',
  patch: patch(diffOf(FILES)),
  files: [...FILES],
  gates: [gate()],
  testsChanged: [],
  proof: PROOF,
}
const notGoodEnough: Outcome = {
  kind: 'abstained',
  reason: 'no luck',
  best: { patch: patch(diffOf(FILES)), gates: [gate('failed')], why: 'it fails' },
}
const TICKS = { opens: '```', closes: '```' }

async function openWith(outcome: Outcome): Promise<{ api: Api; play: ReturnType<typeof stage> }> {
  const play = stage()
  play.tell(...happyEvents)
  play.end(outcome)
  return { play, api: await openApi({ cascade: play.cascade }) }
}

const system = (content: string) => ({ role: 'system', content })
const user = (content: string) => ({ role: 'user', content })

const aiderSays = (request: string, name: 'aider-diff' | 'aider-whole') => [
  system(instructions(name)),
  user(shownFiles({ 'src/add.ts': 'export const sum = 1 + 2\n' })),
  { role: 'assistant', content: 'Ok, any changes I propose will be to those files.' },
  user(`${request}\n\n${RULES[name]}`),
]

async function answerTo(api: Api, more: object, headers: Record<string, string> = {}): Promise<string> {
  const answer = await jsonOf<{ choices: { message: { content: string }; finish_reason: string }[] }>(
    await ask(api, more, { headers }),
  )
  assert.equal(answer.choices[0]!.finish_reason, 'stop')
  return answer.choices[0]!.message.content
}

test('aider gets the edits it asked for, and the coders get its files and its request without its rules', async () => {
  const { api, play } = await openWith(changed)
  await using _ = api
  for (const name of ['aider-diff', 'aider-whole'] as const) {
    const answer = await answerTo(api, { messages: aiderSays(ASK, name) })
    const before = { 'src/add.ts': 'export const sum = 1 + 2\n' }
    const after = applyAsAider(name, answer, before, TICKS)
    assert.deepEqual(after, { 'src/add.ts': 'export const sum = 3\n', 'src/new.ts': 'export {}\n' })
    assert.match(answer, /^Evidence: verified/m)
  }
  for (const task of play.tasks) {
    assert.equal(task.request, `${ASK}\n\nAttached files: src/add.ts`)
    assert.equal(task.conversation, '')
  }
  assert.equal(play.tasks.length, 2)
})

test('an attempt that is not good enough is nothing that aider would apply', async () => {
  const { api } = await openWith(notGoodEnough)
  await using _ = api
  const before = { 'src/add.ts': 'export const sum = 1 + 2\n' }
  for (const name of ['aider-diff', 'aider-whole'] as const) {
    const answer = await answerTo(api, { messages: aiderSays(ASK, name) })
    assert.match(answer, /The closest attempt/)
    assert.match(answer, /export const sum = 3/)
    assert.deepEqual(applyAsAider(name, answer, before, TICKS), before)
  }
})

test("Continue gets a block for each file's button, over both protocols", async () => {
  const { api } = await openWith(changed)
  await using _ = api
  const chat = await answerTo(api, { messages: [system(CONTINUE_RULES), user(ASK)] })
  const body = { model: 'quorum', instructions: CONTINUE_RULES, input: ASK }
  const response = await jsonOf<{ output: { type: string; content?: { text: string }[] }[] }>(
    await post(`${api.url}/v1/responses`, body),
  )
  const told = response.output.find(({ type }) => type === 'message')?.content?.[0]?.text ?? ''
  for (const answer of [chat, told]) {
    const blocks = pageBlocks(answer)
    assert.deepEqual(
      blocks.map(({ path, button }) => [path, button]),
      FILES.map(({ path }) => [path, 'apply']),
    )
    blocks.forEach((block, index) =>
      assert.equal(pressApply(FILES[index]!.before, block), FILES[index]!.after),
    )
  }
})

test('a choice by header or metadata wins, is no other question, and an unknown one is refused by its name', async () => {
  const { api, play } = await openWith(changed)
  await using _ = api
  const inBlocks = await answerTo(api, {}, { 'x-quorum-form': 'aider-diff' })
  assert.match(inBlocks, /^<{7} SEARCH$/m)
  const asDiff = await answerTo(api, { messages: [user(ASK)], metadata: { form: 'diff' } })
  assert.match(asDiff, /^```diff\ndiff --git /m)
  assert.equal(play.tasks.length, 1)
  const byContinue = [system(CONTINUE_RULES), user(ASK)]
  assert.match(await answerTo(api, { messages: byContinue, metadata: { form: 'diff' } }), /^```diff\n/m)

  const refused = [
    ['x-quorum-form', await ask(api, {}, { headers: { 'x-quorum-form': 'html' } })],
    ['metadata.form', await ask(api, { metadata: { form: 'whole' } })],
  ] as const
  for (const [param, response] of refused) {
    assert.equal(response.status, 400)
    assert.equal((await jsonOf<ErrorAnswer>(response)).error.param, param)
  }
})

type WithEvent = Chunk & {
  event?: { type: string; data: { description: string; done: boolean } }
}

test('Open WebUI gets lines of status beside the diff, the last one done; nobody else gets any', async () => {
  const { api } = await openWith(changed)
  await using _ = api
  const streamed = async (headers: Record<string, string>): Promise<WithEvent[]> => {
    const response = await post(`${api.url}/v1/chat/completions`, asks(ASK, { stream: true }), { headers })
    return linesIn<WithEvent>(await response.text())
  }
  const chunks = await streamed({ 'X-OpenWebUI-Chat-Id': 'c1' })
  const events = chunks.filter(({ event }) => event !== undefined)
  assert.ok(events.length > 3)
  for (const { id, object, choices, usage, event } of events) {
    assert.deepEqual([id, object, choices, usage], ['chatcmpl-t1', 'chat.completion.chunk', [], null])
    assert.equal(event?.type, 'status')
    assert.ok(event.data.description.length > 0 && event.data.description.length <= 300)
  }
  assert.deepEqual(
    events.map(({ event }) => event?.data.done),
    events.map((_, index) => index === events.length - 1),
  )
  assert.match(contentOf(chunks.filter(({ event }) => event === undefined)), /^```diff\ndiff --git /m)
  assert.ok((await streamed({})).every(({ event }) => event === undefined))
})

test("a task that breaks off ends Open WebUI's status too", async () => {
  const play = stage()
  play.end(new Error('no such thing'))
  await using api = await openApi({ cascade: play.cascade })
  const response = await post(`${api.url}/v1/chat/completions`, asks(ASK, { stream: true }), {
    headers: { 'x-quorum-form': 'open-webui' },
  })
  const chunks = linesIn<WithEvent>(await response.text())
  const last = chunks.findLast(({ event }) => event !== undefined)
  assert.deepEqual(last?.event?.data, { description: 'broke off', done: true })
  assert.equal(chunks.at(-1)?.choices[0]?.finish_reason, 'stop')
})
