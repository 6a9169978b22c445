import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRelay } from '../../src/models/relay.ts'
import type { Relay } from '../../src/models/relay.ts'
import { startScriptedModels } from '../support/scripted-models.ts'

const never = new AbortController().signal

function relayTo(url: string, apiKey: string | null = null): Relay {
  return createRelay({
    tiers: { fast: { model: 'fast-coder', url, apiKey, slots: 1 } },
    idleTimeoutMs: 1,
    firstTokenTimeoutMs: 1,
    tries: 1,
    clock: { now: () => 0, sleep: () => Promise.reject(new Error('the relay waits for nothing')) },
  })
}

/** An upstream that does exactly what the test says; `closed` counts the requests whose client went away. */
async function upstream(
  t: TestContext,
  listener: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<{ relay: Relay; url: string; closed: () => number }> {
  let closed = 0
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    response.once('close', () => (closed += response.writableFinished ? 0 : 1))
    Promise.resolve(listener(request, response)).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`
  const relay = relayTo(url, 'dev-key')
  t.after(async () => {
    await relay.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { relay, url, closed: () => closed }
}

async function until(done: () => boolean): Promise<void> {
  for (let turn = 0; !done(); turn += 1) {
    assert.ok(turn < 4_000, 'it did not happen within twenty seconds')
    await sleep(5)
  }
}

test('what the upstream sends arrives byte for byte, odd bytes and odd borders included', async (t) => {
  const sent = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 256))
  const { relay } = await upstream(t, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    for (let at = 0; at < sent.length; at += 1_001) response.write(sent.subarray(at, at + 1_001))
    response.end()
  })
  const { status, contentType, body } = await relay.open('fast', '{}', never)
  assert.deepEqual({ status, contentType }, { status: 200, contentType: 'text/event-stream; charset=utf-8' })
  assert.ok(sent.equals(await buffer(body)))
})

test('the body goes up as it is, with the tier’s key', async (t) => {
  const seen: Record<string, unknown>[] = []
  const { relay } = await upstream(t, async (request, response) => {
    const { method, url, headers } = request
    seen.push({
      method,
      url,
      key: headers.authorization,
      type: headers['content-type'],
      body: await text(request),
    })
    response.end('{}')
  })
  const body = '{ "model":"fast-coder",\n "x": 1.0, "grüße": "👋" }'
  await buffer((await relay.open('fast', body, never)).body)
  assert.deepEqual(seen, [
    { method: 'POST', url: '/v1/chat/completions', key: 'Bearer dev-key', type: 'application/json', body },
  ])
})

test('an error of the upstream goes through like an answer', async (t) => {
  const { relay } = await upstream(t, (_, response) =>
    response.writeHead(429).end('{"error":{"message":"busy"}}'),
  )
  const { status, body } = await relay.open('fast', '{}', never)
  assert.equal(status, 429)
  assert.equal(await text(body), '{"error":{"message":"busy"}}')
})

test('each piece is passed on when it comes, not when the answer is complete', async (t) => {
  const { relay } = await upstream(t, (_, response) => void response.write('data: first\n\n'))
  const leave = new AbortController()
  const { body } = await relay.open('fast', '{}', leave.signal)
  const reader = body.getReader()
  const { value } = await reader.read()
  assert.equal(Buffer.from(value ?? []).toString(), 'data: first\n\n')
  leave.abort()
  await assert.rejects(reader.read())
})

test('an abort before the headers closes the upstream and throws its reason', async (t) => {
  let asked = 0
  const { relay, closed } = await upstream(t, () => void (asked += 1))
  const leave = new AbortController()
  const opening = relay.open('fast', '{}', leave.signal)
  await until(() => asked === 1)
  leave.abort(new Error('the user left'))
  await assert.rejects(opening, /the user left/)
  await until(() => closed() === 1)
})

test('an abort in the middle of the body closes the upstream', async (t) => {
  const { relay, closed } = await upstream(t, (_, response) => void response.write('data: first\n\n'))
  const leave = new AbortController()
  const { body } = await relay.open('fast', '{}', leave.signal)
  leave.abort(new Error('the user left'))
  await assert.rejects(text(body))
  await until(() => closed() === 1)
})

test('a reader that cancels the body closes the upstream', async (t) => {
  const { relay, closed } = await upstream(t, (_, response) => void response.write('data: first\n\n'))
  const { body } = await relay.open('fast', '{}', never)
  await body.cancel()
  await until(() => closed() === 1)
})

test('nobody is asked for a caller who has already left', async (t) => {
  let asked = 0
  const { relay } = await upstream(t, () => void (asked += 1))
  await assert.rejects(relay.open('fast', '{}', AbortSignal.abort(new Error('gone'))), /gone/)
  assert.equal(asked, 0)
})

test('an upstream that is cut breaks the body, so nobody takes half an answer for a whole one', async (t) => {
  const { relay } = await upstream(t, async (_, response) => {
    response.write('data: first\n\n')
    await sleep(20)
    response.destroy()
  })
  const { body } = await relay.open('fast', '{}', never)
  await assert.rejects(text(body))
})

test('a reader that does not read makes the upstream wait', async (t) => {
  const block = Buffer.alloc(64 * 1024, 'x')
  let written = 0
  const { relay } = await upstream(t, async (_, response) => {
    const closed = once(response, 'close')
    while (written < 64 * 1024 * 1024 && !response.destroyed) {
      written += block.length
      if (!response.write(block))
        await Promise.race([closed, new Promise((resolve) => response.once('drain', resolve))])
    }
  })
  const { body } = await relay.open('fast', '{}', never)
  // it has stopped when half a second brings nothing new; one that does not stop comes to the end of what there is
  let taken = -1
  while (taken !== written) {
    taken = written
    await sleep(500)
  }
  assert.ok(taken < 32 * 1024 * 1024, `${taken} bytes were taken for a reader that reads nothing`)
  await body.cancel()
})

test('what came before anybody took it is not lost, also when the upstream has closed since', async (t) => {
  const { relay } = await upstream(t, (_, response) =>
    response.writeHead(200, { connection: 'close', 'content-length': '5' }).end('hello'),
  )
  const { source, contentLength } = await relay.open('fast', '{}', never)
  assert.equal(contentLength, '5')
  await sleep(50)
  const ended = Promise.withResolvers<boolean>()
  const taken: Uint8Array[] = []
  source.flow({ take: (chunk) => taken.push(chunk), end: ended.resolve })
  assert.equal(await ended.promise, true)
  assert.equal(Buffer.concat(taken).toString(), 'hello')
})

test('a source that is not wanted any more closes the upstream, and its taker hears of it', async (t) => {
  const { relay, closed } = await upstream(t, (_, response) => void response.write('data: first\n\n'))
  const { source } = await relay.open('fast', '{}', never)
  const ended = Promise.withResolvers<boolean>()
  source.flow({ take: () => source.destroy(), end: ended.resolve })
  assert.equal(await ended.promise, false)
  await until(() => closed() === 1)
})

test('many streams at once each have their own connection', async (t) => {
  const open: ServerResponse[] = []
  const { relay } = await upstream(t, (_, response) => {
    open.push(response)
    response.write('data: first\n\n')
  })
  const streams = await Promise.all(Array.from({ length: 30 }, () => relay.open('fast', '{}', never)))
  assert.equal(open.length, 30)
  for (const response of open) response.end('data: last\n\n')
  for (const { body } of streams) assert.equal(await text(body), 'data: first\n\ndata: last\n\n')
})

test('an upstream that is not there is a fault that names it', async () => {
  const server = await startScriptedModels(() => ({ kind: 'hang' }))
  await server.close()
  const relay = relayTo(server.url)
  await assert.rejects(relay.open('fast', '{}', never), {
    name: 'SwarmError',
    fault: 'upstream',
    message: new RegExp(`${server.url} did not answer: .*ECONNREFUSED`),
  })
  await relay.close()
})
