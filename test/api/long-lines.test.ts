import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SwarmEvent } from '../../src/core/event.ts'
import type { Outcome } from '../../src/core/task.ts'
import { DIFF, gate, happyEvents, patch } from '../core/sample-story.ts'
import { PROOF } from '../support/proof.ts'
import { deltasOf, eventsIn, respond } from './responses-events.ts'
import { ask, chunksIn, contentOf, openApi, stage, type Api } from './server.ts'

const MOST = 16 * 1024
/** Quotes, controls and emojis: in JSON up to six bytes for a character. */
const LONG = `${DIFF}${`+${'"\\\u0001€😀\t'.repeat(2_000)}\n`.repeat(70)}`
const FENCED = `\`\`\`diff\n${LONG}\`\`\``
const outcome: Outcome = {
  kind: 'verified',
  files: [],
  patch: patch(LONG),
  gates: [gate()],
  testsChanged: [],
  proof: PROOF,
}

/** Everything that is told can be long: a reason of the upstream's as well as the change. */
const wordy: SwarmEvent = {
  type: 'patch_rejected',
  place: { subtask: '1', seat: 1 },
  code: 'special_casing',
  reason: LONG,
  resampled: false,
}

async function open(...events: SwarmEvent[]): Promise<Api> {
  const play = stage()
  play.tell(...happyEvents, ...events)
  play.end(outcome)
  return openApi({ cascade: play.cascade })
}

const longLines = (text: string): string[] =>
  text.split('\n').filter((line) => Buffer.byteLength(line) > MOST)

test('a chat’s lines stay below 16 KiB, those of status and of what is going on too', async () => {
  assert.ok(Buffer.byteLength(LONG) > 1_000_000)
  await using api = await open(wordy)
  const init = { headers: { 'x-openwebui-chat-id': 'c1' } }
  const text = await (await ask(api, { stream: true, stream_options: { include_usage: true } }, init)).text()
  assert.ok(contentOf(chunksIn(text)).includes(FENCED))
  assert.deepEqual(longLines(text), [])
})

test('a response grows by lines below 16 KiB; only those that have to repeat all of it are longer', async () => {
  await using api = await open()
  const text = await (await respond(api, { stream: true })).text()
  const events = eventsIn(text)
  const answer = deltasOf(events, 'response.output_text.delta')
  assert.ok(answer.includes(FENCED))

  // the published schema wants the whole text in each of these, and clients take it from them
  const whole = [
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ]
  const long = longLines(text).map((line): { type: string } => JSON.parse(line.replace(/^data: /, '')))
  assert.deepEqual(
    long.map(({ type }) => type),
    whole,
  )
  assert.equal(events.find(({ type }) => type === whole[0])?.text, answer)
})
