import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Outcome } from '../../src/core/task.ts'
import { gate, happyEvents } from '../core/sample-story.ts'
import { toolsOf, type Client } from '../core/edit-tools/client-tools.ts'
import { PROOF } from '../support/proof.ts'
import { deltasOf, eventsIn, respond } from './responses-events.ts'
import { ASK, linesIn, openApi, post, stage, type Api, type ApiOptions } from './server.ts'

const FOLDER = '/home/ann/app'
const SYSTEM = { role: 'system', content: `You are an agent.\nWorking directory: ${FOLDER}\n` }
const DIFF = 'diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@\n-one\n+two\n'
const FILE = { path: 'src/a.ts', before: 'one\n', after: 'two\n' }
const CHANGED = {
  kind: 'verified' as const,
  gates: [gate()],
  testsChanged: [],
  proof: PROOF,
  files: [FILE],
  patch: { tree: 'b'.repeat(40), diff: DIFF, files: [FILE.path], lines: 2 },
}

const Call = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
})
type Call = z.infer<typeof Call>
const Answer = z.object({
  choices: z.tuple([
    z.object({
      message: z.object({ content: z.string().nullable(), tool_calls: z.array(Call).optional() }),
      finish_reason: z.string(),
    }),
  ]),
  usage: z.object({ total_tokens: z.number() }),
})

const toolsFor = (client: Client) => toolsOf(client).map((tool) => ({ type: 'function', function: tool }))
type Asked = {
  readonly model: string
  readonly messages: readonly object[]
  readonly tools: readonly object[]
}

const asksOf = (client: Client, more: object = {}): Asked => ({
  model: 'quorum',
  messages: [SYSTEM, { role: 'user', content: ASK }],
  tools: toolsFor(client),
  ...more,
})

/** A server whose every task ends with one change, or as the test says, and whose app lies in the agent's folder. */
async function open(outcome: Outcome = CHANGED, options: ApiOptions = {}) {
  const play = stage()
  play.tell(...happyEvents)
  play.end(outcome)
  const at = async (folder: string) => (folder === FOLDER ? { name: 'app', below: '' } : null)
  const api = await openApi({ cascade: play.cascade, workspaces: { at }, ...options })
  return { play, api, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

async function send({ url }: Api, body: object, headers: Record<string, string> = {}) {
  const response = await post(`${url}/v1/chat/completions`, body, { headers })
  const read = Answer.parse(await response.json())
  const [{ message, finish_reason: finish }] = read.choices
  return {
    route: response.headers.get('x-quorum-route'),
    text: message.content ?? '',
    calls: message.tool_calls ?? [],
    finish,
    tokens: read.usage.total_tokens,
  }
}

/** The same conversation with these calls, and what the client's tools answered. */
function answered(body: Asked, calls: readonly Call[], ...results: string[]): Asked {
  const messages = [
    ...body.messages,
    { role: 'assistant', content: null, tool_calls: calls },
    ...calls.map(({ id }, index) => ({ role: 'tool', tool_call_id: id, content: results[index] ?? 'ok' })),
  ]
  return { ...body, messages }
}

const argumentsOf = ({ function: { arguments: given } }: Call): unknown => JSON.parse(given)

test('a change is handed over as a call of the agent’s own tool, and its answer ends the turn', async () => {
  await using scene = await open()
  const { api, play } = scene
  const asked = asksOf('pi')
  const first = await send(api, asked)
  assert.equal(first.finish, 'tool_calls')
  assert.match(
    first.text,
    /^This change passed .*\n\nMaking it with `edit` in `src\/a\.ts`\.\n\nEvidence: verified/,
  )
  assert.doesNotMatch(first.text, /```/)
  assert.deepEqual(
    first.calls.map(({ id }) => id),
    ['call_t1_0'],
  )
  assert.deepEqual(argumentsOf(first.calls[0]!), {
    path: 'src/a.ts',
    edits: [{ oldText: 'one', newText: 'two' }],
  })

  const last = await send(api, answered(asked, first.calls, 'Successfully replaced 1 block(s).'))
  assert.equal(last.route, 'follow-up; edits were answered')
  assert.equal(last.finish, 'stop')
  assert.match(last.text, /^The change is made in `src\/a\.ts`\.\n\nEvidence: verified/)
  assert.deepEqual([last.calls, last.tokens], [[], 0])
  assert.equal(play.tasks.length, 1)
  assert.deepEqual(play.tasks[0]!.workspace, { kind: 'named', name: 'app' })
  assert.deepEqual(api.opened, [])
})

test('where a tool wants it, the file is read in a turn before; a stream says the same', async () => {
  await using scene = await open()
  const { api, play } = scene
  const asked = asksOf('opencode', { stream: true, stream_options: { include_usage: true } })
  const stream = async (body: object) => {
    const text = await (await post(`${api.url}/v1/chat/completions`, body)).text()
    const chunks = linesIn<Streamed>(text)
    const bits = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
    const calls = bits
      .filter((bit) => bit.id !== undefined)
      .map(({ id = '', index, function: { name = '' } }) => ({
        id,
        type: 'function' as const,
        function: {
          name,
          arguments: bits
            .filter((bit) => bit.index === index)
            .map((bit) => bit.function.arguments ?? '')
            .join(''),
        },
      }))
    const finish = chunks
      .map(({ choices }) => choices[0]?.finish_reason ?? null)
      .filter((reason) => reason !== null)
    return { calls, finish }
  }
  const reading = await stream(asked)
  assert.deepEqual(reading.finish, ['tool_calls'])
  assert.deepEqual(reading.calls.map(argumentsOf), [{ filePath: `${FOLDER}/src/a.ts` }])
  const history = answered(asked, reading.calls, 'Error: this is what the file says')
  const editing = await stream(history)
  assert.deepEqual(editing.calls.map(argumentsOf), [
    { filePath: `${FOLDER}/src/a.ts`, oldString: 'one', newString: 'two' },
  ])
  assert.deepEqual((await stream(answered(history, editing.calls))).finish, ['stop'])
  assert.equal(play.tasks.length, 1)
})

type Streamed = {
  choices: {
    delta: {
      tool_calls?: { index: number; id?: string; function: { name?: string; arguments?: string } }[]
    }
    finish_reason: string | null
  }[]
}

test('the coders are told what the user typed, and not what the agent put around it', async () => {
  await using scene = await open()
  const content = `"${ASK}"\n<system-reminder>\nYou may use tools.\n</system-reminder>`
  await send(scene.api, asksOf('pi', { messages: [SYSTEM, { role: 'user', content }] }))
  assert.equal(scene.play.tasks[0]!.request, ASK)
})

test('a client that wants one call at a time gets one', async () => {
  const files = [FILE, { ...FILE, path: 'src/b.ts' }]
  await using scene = await open({ ...CHANGED, files })
  const asked = asksOf('pi', { parallel_tool_calls: false })
  const first = await send(scene.api, asked)
  assert.deepEqual(
    first.calls.map(({ id }) => id),
    ['call_t1_0'],
  )
  const history = answered(asked, first.calls)
  const second = await send(scene.api, history)
  assert.deepEqual([second.finish, second.calls.map(({ id }) => id)], ['tool_calls', ['call_t1_1']])
  const last = await send(scene.api, answered(history, second.calls))
  assert.match(last.text, /^The change is made in `src\/a\.ts`, `src\/b\.ts`\./)
})

test('an edit that was refused is told with its reason and the whole change', async () => {
  await using scene = await open()
  const asked = asksOf('pi')
  const { calls } = await send(scene.api, asked)
  const last = await send(scene.api, answered(asked, calls, 'Error: could not find\nthe text'))
  assert.equal(last.finish, 'stop')
  assert.match(
    last.text,
    /^`edit` did not make the change in `src\/a\.ts`\. It answered: Error: could not find the text/,
  )
  assert.ok(last.text.includes(DIFF))
  assert.equal(scene.play.tasks.length, 1)
})

test('edits of a task that is no longer remembered end the turn too', async () => {
  await using scene = await open()
  const asked = asksOf('pi')
  const call: Call = {
    id: `call_${'0af9'.repeat(8)}_0`,
    type: 'function',
    function: { name: 'edit', arguments: '{}' },
  }
  const last = await send(scene.api, answered(asked, [call]))
  assert.equal(last.finish, 'stop')
  assert.match(last.text, /no longer remembered/)
  assert.deepEqual([scene.play.tasks.length, scene.api.opened.length], [0, 0])
})

/** Why an agent's request for a change stays an ordinary turn of its model. */
const ORDINARY: Record<string, [body: object, why: RegExp]> = {
  'its folder is not served': [
    {
      messages: [
        { role: 'system', content: 'Working directory: /srv/other' },
        { role: 'user', content: ASK },
      ],
    },
    /its folder is not served here$/,
  ],
  'it names no folder': [
    { messages: [{ role: 'user', content: ASK }] },
    /does not say in which folder it works$/,
  ],
  'no tool takes an edit': [{ tools: toolsFor('codex') }, /none of its tools takes an edit$/],
  'it may call none': [{ tool_choice: 'none' }, /none of its tools takes an edit$/],
  'it is planning': [
    {
      messages: [
        SYSTEM,
        { role: 'user', content: `${ASK}\n<system-reminder>\nPlan mode is active.\n</system-reminder>` },
      ],
    },
    /it is planning$/,
  ],
  'another workspace is named': [{ model: 'quorum@docs' }, /another folder than the workspace named$/],
  'the last word is a tool’s': [
    {
      messages: [
        SYSTEM,
        { role: 'user', content: ASK },
        { role: 'tool', tool_call_id: 'call_x_0', content: 'ok' },
      ],
    },
    /./,
  ],
}

for (const [name, [body, why]] of Object.entries(ORDINARY)) {
  test(`a request for a change is an ordinary turn of the agent when ${name}`, async () => {
    await using scene = await open()
    const response = await post(`${scene.api.url}/v1/chat/completions`, asksOf('pi', body))
    await response.text()
    assert.match(response.headers.get('x-quorum-route')!, why)
    assert.deepEqual(scene.play.tasks, [])
  })
}

test('a task that is demanded for a folder that is not served is answered in words', async () => {
  await using scene = await open()
  const messages = [{ role: 'user', content: ASK }]
  const { finish, text, calls } = await send(scene.api, asksOf('pi', { messages }), { 'x-quorum': 'task' })
  assert.deepEqual([finish, calls], ['stop', []])
  assert.ok(text.includes(DIFF))
})

test('a change that the tools cannot say, and a task without one, are answered in words', async () => {
  const gone: Outcome = {
    ...CHANGED,
    files: [{ path: 'src/a.ts', before: 'one\n', after: null }],
    patch: { ...CHANGED.patch, diff: DIFF.replace('---', 'deleted file mode 100644\n---') },
  }
  const none: Outcome = { kind: 'abstained', reason: 'nothing was right', best: null }
  for (const outcome of [gone, none]) {
    await using scene = await open(outcome)
    const { finish, text, calls } = await send(scene.api, asksOf('pi'))
    assert.deepEqual([finish, calls], ['stop', []])
    assert.match(text, /Evidence: /)
  }
})

test('an unverified change is made too, and called by its name', async () => {
  const outcome: Outcome = {
    kind: 'unverified',
    files: CHANGED.files,
    patch: CHANGED.patch,
    gates: [],
    reason: 'the project has no tests',
    proof: PROOF,
  }
  await using scene = await open(outcome)
  const { text, calls } = await send(scene.api, asksOf('pi'))
  assert.match(text, /^Unverified: the project has no tests/)
  assert.equal(calls.length, 1)
})

test('a response hands a change over as a function call, and its output ends the turn', async () => {
  await using scene = await open()
  const tools = toolsOf('pi').map((tool) => ({ type: 'function', ...tool }))
  const input: object[] = [
    { role: 'developer', content: SYSTEM.content },
    { role: 'user', content: [{ type: 'input_text', text: ASK }] },
  ]
  const events = eventsIn(await (await respond(scene.api, { stream: true, tools, input })).text())
  const call = events.at(-1)!.response!.output.find(({ type }) => type === 'function_call')!
  assert.ok(call.type === 'function_call')
  assert.equal(call.call_id, 'call_t1_0')
  for (const stream of [true, false]) {
    const output = { type: 'function_call_output', call_id: call.call_id, output: 'ok' }
    const response = await respond(scene.api, { stream, tools, input: [...input, call, output] })
    const text = await response.text()
    assert.equal(response.headers.get('x-quorum-route'), 'follow-up; edits were answered')
    const said = stream ? deltasOf(eventsIn(text), 'response.output_text.delta') : text
    assert.match(said, /The change is made in `src\/a\.ts`\./)
  }
  assert.equal(scene.play.tasks.length, 1)
})
