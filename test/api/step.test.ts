import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { z } from 'zod'
import { chunk, COUNTS, DONE, eventsIn, respond, sdkOf } from './responses-events.ts'
import { ChatCompletion, ChatCompletionChunk } from './published-schema.ts'
import { handClock, jsonOf, linesIn, post, readerOf, until, type Api, type ApiOptions } from './server.ts'
import { openBefore, startUpstream, type Upstream } from './upstream.ts'

const tool = (name: string, properties: object) => ({
  type: 'function' as const,
  function: {
    name,
    description: '',
    parameters: { type: 'object', properties, required: Object.keys(properties) },
  },
})
const TOOLS = [tool('read', { path: { type: 'string' } }), tool('run', { command: { type: 'string' } })]

/** What the upstream does with a sample; what is none of these stays open. */
type Reply = readonly string[] | 'silent' | 'begun' | number

const call = (name: string, given: object | string, index = 0): string[] => [
  chunk({ tool_calls: [{ index, id: 'x', type: 'function', function: { name, arguments: '' } }] }),
  chunk({
    tool_calls: [
      { index, function: { arguments: typeof given === 'string' ? given : JSON.stringify(given) } },
    ],
  }),
]
const calls = (name: string, given: object | string): string[] => [
  ...call(name, given),
  chunk({}, 'tool_calls'),
  COUNTS,
  DONE,
]
const words = (...bits: string[]): string[] => [
  ...bits.map((content) => chunk({ content })),
  chunk({}, 'stop'),
  COUNTS,
  DONE,
]
const READ_A = calls('read', { path: 'src/a.ts' })

function play(reply: Reply, response: ServerResponse): void {
  if (reply === 'silent') return
  if (typeof reply === 'number') {
    const error = {
      message: `scripted ${reply}`,
      type: 'invalid_request_error',
      param: null,
      code: 'context_length_exceeded',
    }
    response.writeHead(reply, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (reply === 'begun') response.write(chunk({ role: 'assistant', content: '' }))
  else response.end(reply.join(''))
}

/** The house before an upstream that answers its samples with these, in the order they come. */
async function before(
  t: TestContext,
  replies: readonly Reply[],
  options: ApiOptions = {},
): Promise<{ api: Api; upstream: Upstream }> {
  const left = [...replies]
  const upstream = await startUpstream([], (_, response) => play(left.shift() ?? 'silent', response))
  return { api: await openBefore(t, upstream, options), upstream }
}

const asked = (more: object = {}) => ({
  model: 'quorum',
  messages: [{ role: 'user', content: 'What is in src/a.ts?' }],
  tools: TOOLS,
  ...more,
})
const turn = ({ url }: Api, more: object = {}): Promise<Response> =>
  post(
    `${url}/v1/chat/completions`,
    asked({ stream: true, stream_options: { include_usage: true }, ...more }),
  )

type Delta = {
  role?: string
  content?: string
  reasoning_content?: string
  tool_calls?: { index: number; id?: string; function?: { name?: string; arguments?: string } }[]
}
type Chunk = {
  usage: { prompt_tokens: number; completion_tokens: number } | null
  choices: { delta: Delta; finish_reason: string | null }[]
}

/** What a client has at the end of a stream; fails where the stream is none that every client can read. */
function readTurn(text: string) {
  assert.ok(text.endsWith(DONE))
  const chunks = linesIn<Chunk>(text)
  for (const one of chunks) assert.ok(ChatCompletionChunk.safeParse(one).success, JSON.stringify(one))
  const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))
  assert.deepEqual(deltas[0], { role: 'assistant', content: '' })
  assert.ok(deltas.slice(1).every((delta) => Object.keys(delta).length <= 1))
  const finishes = chunks.flatMap(({ choices }) =>
    choices.flatMap(({ finish_reason: reason }) => reason ?? []),
  )
  assert.equal(finishes.length, 1)
  const { usage } = chunks.at(-1)!
  assert.deepEqual(chunks.filter(({ usage }) => usage !== null).length, usage ? 1 : 0)
  const made: { id: string; name: string; arguments: string }[] = []
  for (const { index, id, function: bit } of deltas.flatMap(({ tool_calls }) => tool_calls ?? [])) {
    const one = (made[index] ??= { id: id ?? '', name: bit?.name ?? '', arguments: '' })
    one.arguments += bit?.arguments ?? ''
  }
  return {
    text: deltas.map(({ content }) => content ?? '').join(''),
    thoughts: deltas.map(({ reasoning_content: thought }) => thought ?? '').join(''),
    calls: made,
    finish: finishes[0],
    usage,
  }
}

test('two samples that want the same decide, and the third is cancelled', async (t) => {
  const { api, upstream } = await before(t, [READ_A, 'begun', calls('read', { path: './src/a.ts' })])
  const response = await turn(api)
  assert.match(response.headers.get('x-quorum-route')!, /^step; an agent's turn/)
  const { calls: made, finish, text, thoughts, usage } = readTurn(await response.text())
  assert.deepEqual(
    made.map(({ name, arguments: given }) => [name, given]),
    [['read', '{"path":"src/a.ts"}']],
  )
  assert.match(made[0]!.id, /^call_step_[0-9a-f]{32}_0$/)
  assert.deepEqual([finish, text], ['tool_calls', ''])
  assert.match(thoughts, /2 of 3 agree on read (?:\.\/)?src\/a\.ts\n/)
  // the one that was cancelled is charged its prompt
  assert.deepEqual([usage!.prompt_tokens, usage!.completion_tokens], [90, 24])
  await until(() => upstream.received.some(({ left }) => left), 'the third sample is cancelled')
  assert.equal(upstream.received.length, 3)
  assert.deepEqual(api.runner.list(), [])
})

test('samples differ by seed and temperature, and in nothing else', async (t) => {
  const { api, upstream } = await before(t, [READ_A, calls('run', { command: 'ls' }), READ_A])
  await (await turn(api, { temperature: 0, seed: 7, cache_control: { x: 1 } })).text()
  const bodies = upstream.received.map(({ body }): Record<string, unknown> => JSON.parse(body.toString()))
  assert.deepEqual([bodies[0]!['temperature'], bodies[0]!['seed']], [0, 7])
  assert.equal(new Set(bodies.map(({ seed }) => seed)).size, 3)
  const rest = bodies.map((body) => JSON.stringify({ ...body, seed: 1, temperature: 1 }))
  assert.equal(new Set(rest).size, 1)
  assert.deepEqual(JSON.parse(rest[0]!), {
    ...asked({ stream: true, stream_options: { include_usage: true }, cache_control: { x: 1 } }),
    model: 'fast-coder',
    seed: 1,
    temperature: 1,
  })
})

test('without a majority the first sample is given, and as one object where that is asked for', async (t) => {
  const replies = [READ_A, calls('run', { command: 'ls' }), words('It holds a sum.')]
  const { api } = await before(t, replies)
  const object = await jsonOf<{
    choices: { finish_reason: string; message: { tool_calls: { function: { name: string } }[] } }[]
  }>(await turn(api, { stream: false, stream_options: null }))
  assert.ok(ChatCompletion.safeParse(object).success, JSON.stringify(object))
  const [choice] = object.choices
  assert.equal(choice!.finish_reason, 'tool_calls')
  assert.equal(choice!.message.tool_calls[0]!.function.name, 'read')
})

test('a malformed sample is asked again, and nothing of it leaves the house', async (t) => {
  const spoken = words('I look.\n<tool_call>{"name":"read","argu')
  const { api, upstream } = await before(t, [calls('delete', {}), spoken, 'begun', READ_A, READ_A])
  const { calls: made, text, finish } = readTurn(await (await turn(api)).text())
  assert.deepEqual([made[0]!.name, made.length, text, finish], ['read', 1, '', 'tool_calls'])
  assert.equal(upstream.received.length, 5)
})

test('when all are malformed the answer says so in words, and ends the turn', async (t) => {
  const { api, upstream } = await before(
    t,
    Array.from({ length: 6 }, () => calls('delete', {})),
  )
  const { calls: made, text, finish } = readTurn(await (await turn(api)).text())
  assert.deepEqual([made, finish], [[], 'stop'])
  assert.match(text, /called "delete", which is not offered/)
  assert.equal(upstream.received.length, 6)
})

test('what the upstream refuses is refused once, with its own status and code', async (t) => {
  const { api, upstream } = await before(t, [400])
  const response = await turn(api)
  assert.equal(response.status, 400)
  assert.equal((await jsonOf<{ error: { code: string } }>(response)).error.code, 'context_length_exceeded')
  assert.equal(upstream.received.length, 1)
})

test('an upstream that breaks off or has no room for more costs a vote and no more', async (t) => {
  const cut = [...call('read', { path: 'b' })]
  const { api, upstream } = await before(t, [READ_A, cut, 429, READ_A])
  assert.equal(readTurn(await (await turn(api)).text()).calls[0]!.arguments, '{"path":"src/a.ts"}')
  assert.equal(upstream.received.length, 4)
})

test('at low effort one sample is asked, whose words come as they are said and whose calls when they are whole', async (t) => {
  let more = (): void => {}
  const upstream = await startUpstream([], (_, response) => {
    const [name, given] = call('read', { path: 'src/a.ts' })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chunk({ reasoning_content: 'hm' }) + chunk({ content: 'Let me look.' }) + name)
    more = () => response.end(given! + chunk({}, 'tool_calls') + DONE)
  })
  const api = await openBefore(t, upstream)
  const reader = readerOf(await turn(api, { model: 'quorum-fast' }))
  const soFar = await reader.until('Let me look.')
  assert.match(soFar, /"reasoning_content":"hm"/)
  assert.ok(!soFar.includes('tool_calls":['))
  more()
  const { text, calls: made, finish } = readTurn(await reader.rest())
  assert.deepEqual([text, made.length, finish], ['Let me look.', 1, 'tool_calls'])
  assert.equal(upstream.received.length, 1)
})

test('at low effort a call that was written into the text becomes one, and a malformed one is asked again', async (t) => {
  const spoken = words(
    'I look.\n',
    '<tool',
    '_call>{"name":"read","arguments":{"path":"src/a.ts"}}',
    '</tool_call>',
  )
  const { api } = await before(t, [spoken, [chunk({ content: 'Hm.' }), ...calls('delete', {})], READ_A])
  const low = { model: 'quorum-fast' }
  const first = readTurn(await (await turn(api, low)).text())
  assert.deepEqual([first.text, first.calls[0]!.name, first.finish], ['I look.\n', 'read', 'tool_calls'])
  const again = readTurn(await (await turn(api, low)).text())
  assert.deepEqual([again.text, again.calls[0]!.name, again.finish], ['Hm.', 'read', 'tool_calls'])
  assert.match(again.thoughts, /malformed: .*asking again/)
})

test('there are never more samples at once than free slots, and always one', async (t) => {
  let open = 0
  let most = 0
  const upstream = await startUpstream([], (_, response) => {
    open += 1
    most = Math.max(most, open)
    response.once('close', () => (open -= 1))
    play(calls('run', { command: `echo ${upstream.received.length}` }), response)
  })
  let free = 2
  const api = await openBefore(t, upstream, {
    freeSlot: () => {
      if (free === 0) return null
      free -= 1
      const slot = new DisposableStack()
      slot.defer(() => (free += 1))
      return Promise.resolve(slot)
    },
  })
  await (await turn(api, { model: 'quorum-max' })).text()
  assert.deepEqual([upstream.received.length, most <= 2, free], [5, true, 2])
  free = 0
  most = 0
  await (await turn(api)).text()
  assert.deepEqual([upstream.received.length, most, free], [8, 1, 0])
})

test('a client that leaves closes every sample', async (t) => {
  const { api, upstream } = await before(t, ['begun', 'begun', 'begun'])
  const left = new AbortController()
  const url = `${api.url}/v1/chat/completions`
  const response = await post(url, asked({ stream: true }), { signal: left.signal })
  await until(() => upstream.received.length === 3, 'all samples are on their way')
  const read = response.text()
  left.abort()
  await assert.rejects(read)
  await until(() => upstream.received.every(({ left }) => left), 'all samples are closed')
})

test('a long silence is broken by signs of life, and ends when an upstream that was slow refuses', async (t) => {
  const clock = handClock()
  let refuse = (): void => {}
  const upstream = await startUpstream([], (_, response) => (refuse = () => play(503, response)))
  const api = await openBefore(t, upstream, { clock })
  const opening = turn(api, { model: 'quorum-fast' })
  await until(() => upstream.received.length === 1, 'the sample is on its way')
  await clock.advance(4_000)
  const reader = readerOf(await opening)
  await reader.until('"role":"assistant"')
  const isTold = (): boolean => /"reasoning_content":"[^"]*still at it, \d+ s/.test(reader.text())
  for (let beat = 0; beat < 100 && !isTold(); beat += 1) await clock.advance(10_000)
  assert.ok(isTold())
  assert.match(reader.text(), /: keep-alive/)
  refuse()
  const { text, finish } = readTurn(await reader.rest())
  assert.match(text, /answered 503/)
  assert.equal(finish, 'stop')
})

test('samples that take far longer than the first are not waited for', async (t) => {
  const clock = handClock()
  const { api, upstream } = await before(t, [READ_A, 'begun', 'begun'], { clock })
  const reader = readerOf(await turn(api))
  await reader.until('sample 1 wants read')
  await clock.advance(10_000)
  assert.equal(readTurn(await reader.rest()).calls[0]!.name, 'read')
  assert.equal(upstream.received.filter(({ left }) => left).length, 2)
})

test('what the client says about calling is obeyed', async (t) => {
  const two = [
    ...call('read', { path: 'a' }),
    ...call('read', { path: 'b' }, 1),
    chunk({}, 'tool_calls'),
    DONE,
  ]
  const serial = await before(t, [two, two, 'begun'])
  const one = readTurn(await (await turn(serial.api, { parallel_tool_calls: false })).text())
  assert.deepEqual(
    one.calls.map(({ arguments: given }) => given),
    ['{"path":"a"}'],
  )
  const forced = await before(t, [words('No.'), READ_A, READ_A, 'begun'])
  const required = readTurn(await (await turn(forced.api, { tool_choice: 'required' })).text())
  assert.deepEqual([required.calls.length, required.text], [1, ''])
  const idle = await before(t, [words('Hello.')])
  const none = await turn(idle.api, { tool_choice: 'none' })
  assert.match(none.headers.get('x-quorum-route')!, /^direct; /)
  assert.match(await none.text(), /Hello/)
})

test("the turn after a tool's result is a step too, and may end in words", async (t) => {
  const { api } = await before(t, [words('A sum.'), words('It holds a sum.'), 'begun'])
  const made = {
    id: 'call_1',
    type: 'function',
    function: { name: 'read', arguments: '{"path":"src/a.ts"}' },
  }
  const messages = [
    { role: 'user', content: 'What is in src/a.ts?' },
    { role: 'assistant', content: null, tool_calls: [made] },
    { role: 'tool', tool_call_id: 'call_1', content: 'export const sum = 1' },
  ]
  const response = await turn(api, { messages })
  assert.match(response.headers.get('x-quorum-route')!, /^step; /)
  const { text, finish } = readTurn(await response.text())
  assert.match(text, /^(?:A sum\.|It holds a sum\.)$/)
  assert.equal(finish, 'stop')
})

test('the newer protocol gets the same step as items of its own', async (t) => {
  const { api } = await before(t, [READ_A, READ_A, 'begun'])
  const [read] = TOOLS
  const tools = [{ type: 'function', ...read!.function }]
  const response = await respond(api, { input: 'What is in src/a.ts?', tools, stream: true })
  assert.match(response.headers.get('x-quorum-route')!, /^step; /)
  const { output, usage } = eventsIn(await response.text()).at(-1)!.response!
  const made = output.find(({ type }) => type === 'function_call')
  assert.ok(made?.type === 'function_call')
  assert.deepEqual([made.name, made.arguments], ['read', '{"path":"src/a.ts"}'])
  assert.match(made.call_id, /^call_step_/)
  assert.equal(usage!.output_tokens, 24)
})

test('the newer protocol gets a step whole where it asks for no stream', async (t) => {
  const { api } = await before(t, [READ_A, READ_A, 'begun'])
  const [read] = TOOLS
  const tools = [{ type: 'function', ...read!.function }]
  const response = await respond(api, { input: 'What is in src/a.ts?', tools })
  const { output, status } = z
    .object({ status: z.string(), output: z.array(z.looseObject({ type: z.string() })) })
    .parse(await response.json())
  assert.equal(status, 'completed')
  assert.ok(output.some(({ type, name }) => type === 'function_call' && name === 'read'))
})

test("openai's client puts a step's call together", async (t) => {
  const { api } = await before(t, [READ_A, READ_A, 'begun'])
  const runner = sdkOf(api).chat.completions.stream({
    model: 'quorum',
    messages: [{ role: 'user', content: 'What is in src/a.ts?' }],
    tools: TOOLS,
  })
  const [made] = (await runner.finalMessage()).tool_calls ?? []
  assert.ok(made?.type === 'function')
  assert.deepEqual(made.function.arguments, '{"path":"src/a.ts"}')
})
