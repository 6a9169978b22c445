import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { startScriptedModels } from '../support/scripted-models.ts'
import type { Script, ScriptedModels } from '../support/scripted-models.ts'

async function start(t: TestContext, script: Script): Promise<{ server: ScriptedModels; client: OpenAI }> {
  const server = await startScriptedModels(script)
  t.after(() => server.close())
  return { server, client: new OpenAI({ baseURL: server.url, apiKey: 'any', maxRetries: 0 }) }
}

const asked = { model: 'fast-coder', messages: [{ role: 'user', content: 'Say it.' }] } as const
const body = (stream: boolean): OpenAI.ChatCompletionCreateParams => ({
  ...asked,
  messages: [...asked.messages],
  stream,
})

test('the openai SDK takes its answers for real ones, streamed and not', async (t) => {
  const { server, client } = await start(t, ({ text }) => ({ kind: 'text', text: `You said: ${text}\n` }))
  const whole = await client.chat.completions.create({ ...body(false), stream: false })
  assert.equal(whole.choices[0]?.message.content, 'You said: Say it.\n')
  const stream = client.chat.completions.stream({ ...body(true), stream: true })
  assert.equal(await stream.finalContent(), 'You said: Say it.\n')
  assert.deepEqual(
    server.calls.map(({ outcome, stream }) => ({ outcome, stream })),
    [
      { outcome: 'complete', stream: false },
      { outcome: 'complete', stream: true },
    ],
  )
})

test('it says of itself that it is scripted, in a header and in each stream', async (t) => {
  const { server } = await start(t, () => ({ kind: 'text', text: 'x' }))
  const response = await fetch(`${server.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(body(true)),
  })
  assert.equal(response.headers.get('x-scripted'), 'true')
  assert.match(await response.text(), /^: scripted/)
})

test('it notes which calls are open, and which the client gave up', async (t) => {
  const { server, client } = await start(t, () => ({ kind: 'hang', after: 'so far' }))
  const stream = await client.chat.completions.create({ ...body(true), stream: true })
  assert.equal(server.open(), 1)
  stream.controller.abort()
  while (server.open() > 0) await sleep(5)
  assert.equal(server.calls[0]?.outcome, 'closed-by-client')
  assert.ok(server.calls[0].endedAt! >= server.calls[0].startedAt)
})

test('a script that throws is a 500 that says so', async (t) => {
  const { client } = await start(t, () => {
    throw new Error('no line for this')
  })
  await assert.rejects(
    client.chat.completions.create({ ...body(false), stream: false }),
    /500 .*no line for this/,
  )
})
