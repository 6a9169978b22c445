import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelReply, ModelRequest } from '../../src/cascade/ports.ts'
import { PLAIN } from '../../src/core/capability.ts'
import { createModels } from '../../src/models/client.ts'
import { calling } from '../support/calling.ts'
import { startScriptedModels, type Script } from '../support/scripted-models.ts'

const request: ModelRequest = {
  role: 'planner',
  tier: 'fast',
  messages: [{ role: 'user', content: 'Plan.' }],
  temperature: 0.2,
  seed: 7,
  maxTokens: 1_000,
  json: true,
  schema: { type: 'object' },
  tools: [{ name: 'look', description: 'Look.', parameters: { type: 'object', properties: {} } }],
  choices: null,
}
const never = new AbortController().signal

async function bench(t: TestContext, script: Script) {
  const server = await startScriptedModels(script)
  const models = createModels({
    tiers: { fast: { model: 'fast-coder', url: server.url, apiKey: null, slots: 4 } },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock: { now: () => 0, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    capabilities: {
      of: async () => ({ ...PLAIN, structured: 'schema' }),
      measure: async () => PLAIN,
      isWorthMeasuring: async () => false,
    },
  })
  t.after(async () => {
    await models.close()
    await server.close()
  })
  const ask = async (more: Partial<ModelRequest> = {}): Promise<ModelReply> => {
    const call = models.call({ ...request, ...more }, never)
    for (;;) {
      const next = await call.next()
      if (next.done) return next.value
    }
  }
  return { server, ask }
}

test('calls that come in pieces are put together, and counted as the server counts', async (t) => {
  const { server, ask } = await bench(t, () =>
    calling([
      ['look', { path: 'src/a file with a long name.ts' }],
      ['look', '{"path": '],
    ]),
  )
  const { calls, text, usage, toolless } = await ask()
  assert.deepEqual(calls, [
    { name: 'look', arguments: '{"path":"src/a file with a long name.ts"}' },
    { name: 'look', arguments: '{"path": ' },
  ])
  assert.deepEqual([text, usage.promptTokens, usage.completionTokens, toolless], ['', 100, 10, undefined])
  const { tools, response_format: form } = server.calls[0]!.body
  assert.deepEqual(tools, [{ type: 'function', function: request.tools![0] }])
  assert.equal(form, undefined)
})

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ delta, finish_reason: finish }] })}\n\n`
const named = (id: string | null, name: string | null, text: string) => ({
  id,
  function: { name, arguments: text },
})

for (const [name, bits] of [
  ['without an index, in one piece', [[named('a', 'look', '{"a":1}'), named('b', 'look', '{"b":2}')]]],
  [
    'all with the same index',
    [[{ index: 0, ...named('a', 'look', '{"a":1}') }], [{ index: 0, ...named('b', 'look', '{"b":2}') }]],
  ],
  [
    'with an id in every piece',
    [
      [{ index: 0, ...named('x1', 'look', '{"a"') }],
      [{ index: 0, ...named('x2', null, ':1}') }],
      [{ index: 1, ...named('x3', 'look', '{"b":2}') }],
    ],
  ],
] as const) {
  test(`calls ${name} are told apart`, async (t) => {
    const chunks = [...bits.map((calls) => chunk({ tool_calls: calls })), chunk({}, 'stop')]
    const { ask } = await bench(t, () => ({ kind: 'raw', chunks }))
    assert.deepEqual((await ask()).calls, [
      { name: 'look', arguments: '{"a":1}' },
      { name: 'look', arguments: '{"b":2}' },
    ])
  })
}

test('a model that never stops calling is cut off where its tokens would end', async (t) => {
  const endless = Array.from({ length: 5_000 }, (_, index) =>
    chunk({ tool_calls: [{ index, ...named(`c${index}`, 'look', '{"path":"a.ts"}') }] }),
  )
  const { ask } = await bench(t, () => ({ kind: 'raw', chunks: endless }))
  const { calls, finishReason } = await ask()
  assert.equal(calls!.length, 64)
  assert.equal(finishReason, 'length')
})

test('calls of another shape do not cost a model its reply', async (t) => {
  const chunks = [chunk({ content: 'fine', tool_calls: { index: 'x' } }), chunk({}, 'stop')]
  const { ask } = await bench(t, () => ({ kind: 'raw', chunks }))
  const { text, calls } = await ask()
  assert.deepEqual([text, calls], ['fine', undefined])
})

for (const [status, message] of [
  [400, 'this model does not support tools'],
  [404, 'No endpoints found that support tool use'],
  [500, 'tools param requires --jinja flag'],
] as const) {
  test(`a server that refuses tools with ${status} is asked for the form, and not asked for tools again`, async (t) => {
    const { server, ask } = await bench(t, ({ body }) =>
      'tools' in body
        ? { kind: 'status', status, body: { error: { message } } }
        : { kind: 'text', text: '{"a":1}' },
    )
    const first = await ask()
    assert.equal(first.text, '{"a":1}')
    assert.ok(first.toolless!.includes(message))
    const second = await ask()
    assert.match(second.toolless!, /refused tools before/)
    assert.deepEqual(
      server.calls.map(({ body }) => [
        'tools' in body,
        'parallel_tool_calls' in body,
        'response_format' in body,
      ]),
      [
        [true, true, false],
        [true, false, false],
        [false, false, true],
        [false, false, true],
      ],
    )
  })
}

test('a server that only does not know what may be called side by side is offered the tools without it', async (t) => {
  const { server, ask } = await bench(t, ({ body }) =>
    'parallel_tool_calls' in body ? { kind: 'status', status: 400 } : calling([['look', {}]]),
  )
  assert.equal((await ask()).toolless, undefined)
  assert.equal((await ask()).calls?.length, 1)
  assert.equal(server.calls.length, 3)
})
