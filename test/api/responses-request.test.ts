import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatStream, HELLO, respond } from './responses-events.ts'
import { jsonOf, openApi, post, type ErrorAnswer } from './server.ts'

/** What the upstream is sent for a request. */
async function sentFor(more: object): Promise<Record<string, unknown>> {
  await using api = await openApi({ relayed: () => chatStream(...HELLO) })
  const response = await respond(api, { input: 'hi there', stream: true, ...more })
  assert.equal(response.status, 200, await response.clone().text())
  await response.text()
  return JSON.parse(api.opened[0]!.body)
}

async function refusalOf(body: object | string): Promise<{ status: number; error: ErrorAnswer['error'] }> {
  await using api = await openApi({ relayed: () => chatStream(...HELLO) })
  const response = await post(
    `${api.url}/v1/responses`,
    typeof body === 'string' ? body : { model: 'quorum', input: 'hi there', ...body },
  )
  const { error } = await jsonOf<ErrorAnswer>(response)
  assert.deepEqual(api.opened, [])
  return { status: response.status, error }
}

test('a text is a user message, and instructions come before it', async () => {
  const { messages } = await sentFor({ instructions: 'Be brief.' })
  assert.deepEqual(messages, [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'hi there' },
  ])
})

test("an agent's history becomes chat messages: calls beside their words, outputs by their call, thoughts dropped", async () => {
  const { messages } = await sentFor({
    instructions: 'You are an agent.',
    input: [
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Sandboxed.' }] },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'look' }] },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'hm' }],
        encrypted_content: 'x',
      },
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'I look.', annotations: [] }],
      },
      { type: 'function_call', call_id: 'a', name: 'shell', arguments: '{"c":1}' },
      { type: 'function_call', call_id: 'b', name: 'shell', arguments: '{"c":2}' },
      { type: 'function_call_output', call_id: 'a', output: 'one' },
      { type: 'function_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'two' }] },
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      { type: 'function_call', call_id: 'c', name: 'shell', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'three' },
    ],
  })
  const called = (id: string, args: string) => ({
    id,
    type: 'function',
    function: { name: 'shell', arguments: args },
  })
  assert.deepEqual(messages, [
    { role: 'system', content: 'You are an agent.\n\nSandboxed.' },
    { role: 'user', content: 'look' },
    { role: 'assistant', content: 'I look.', tool_calls: [called('a', '{"c":1}'), called('b', '{"c":2}')] },
    { role: 'tool', tool_call_id: 'a', content: 'one' },
    { role: 'tool', tool_call_id: 'b', content: 'two' },
    { role: 'assistant', content: null, tool_calls: [called('c', '{}')] },
    { role: 'tool', tool_call_id: 'c', content: 'three' },
  ])
})

const shell = {
  type: 'function',
  name: 'shell',
  description: 'runs',
  parameters: { type: 'object' },
  strict: false,
}
const asChat = {
  type: 'function',
  function: { name: 'shell', description: 'runs', parameters: { type: 'object' }, strict: false },
}

test('functions are passed on in the form of a chat, and whatever else is offered is left out', async () => {
  const tools = [
    shell,
    { type: 'namespace', name: 'mcp', tools: [{ type: 'function', name: 'inner' }] },
    { type: 'web_search' },
    { type: 'local_shell' },
    { type: 'custom', name: 'apply_patch', format: { type: 'grammar' } },
  ]
  const sent = await sentFor({ tools, tool_choice: 'auto', parallel_tool_calls: true })
  assert.deepEqual(sent['tools'], [asChat])
  assert.equal(sent['tool_choice'], 'auto')
  assert.equal(sent['parallel_tool_calls'], true)
  const none = await sentFor({ tools: tools.slice(1), tool_choice: 'auto', parallel_tool_calls: true })
  assert.ok(!('tools' in none) && !('tool_choice' in none) && !('parallel_tool_calls' in none))
})

test('a choice of tools is passed on as far as its tools are', async () => {
  const other = { ...shell, name: 'other' }
  const named = await sentFor({ tools: [shell], tool_choice: { type: 'function', name: 'shell' } })
  assert.deepEqual(named['tool_choice'], { type: 'function', function: { name: 'shell' } })
  const hosted = await sentFor({ tools: [shell], tool_choice: { type: 'web_search' } })
  assert.ok(!('tool_choice' in hosted))
  const allowed = await sentFor({
    tools: [shell, other],
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'shell' }] },
  })
  assert.deepEqual([allowed['tools'], allowed['tool_choice']], [[asChat], 'required'])
})

test('parameters go under the names that chat has for them, and what an agent adds is accepted', async () => {
  const schema = { type: 'object', properties: {} }
  const sent = await sentFor({
    max_output_tokens: 500,
    temperature: 0.2,
    top_p: 0.9,
    reasoning: { effort: 'low', summary: 'auto' },
    text: { verbosity: 'low', format: { type: 'json_schema', name: 'plan', strict: true, schema } },
    store: false,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: 'thread-1',
    client_metadata: { 'x-installation-id': 'y' },
    service_tier: 'auto',
    truncation: 'auto',
  })
  const { messages: _, ...rest } = sent
  assert.deepEqual(rest, {
    model: 'fast-coder',
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 500,
    temperature: 0.2,
    top_p: 0.9,
    reasoning_effort: 'low',
    verbosity: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'plan', strict: true, schema } },
    prompt_cache_key: 'thread-1',
  })
})

test('what would need answers to be kept is refused, and says so', async () => {
  for (const [key, value] of Object.entries({
    previous_response_id: 'resp_1',
    conversation: 'conv_1',
    prompt: { id: 'pmpt_1' },
    background: true,
  })) {
    const { status, error } = await refusalOf({ [key]: value })
    assert.equal(status, 400)
    assert.equal(error.param, key)
    assert.match(error.message, /not kept/)
  }
  const reference = await refusalOf({ input: [{ type: 'item_reference', id: 'msg_1' }] })
  assert.equal(reference.error.param, 'input.0')
})

test('a field at fault is named as the caller wrote it', async () => {
  const faults: [object | string, string | null][] = [
    ['{', null],
    ['[]', null],
    [{ input: undefined }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: [{ role: 'king', content: 'x' }] }, 'input.0.role'],
    [{ input: [{ type: 'function_call', name: 'x' }] }, 'input.0.call_id'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:,' }] }] }, 'input'],
    [{ tools: [{ type: 'function' }] }, 'tools.0.name'],
    [{ max_output_tokens: 0 }, 'max_output_tokens'],
    [{ reasoning: { effort: 'huge' } }, 'reasoning.effort'],
    [{ top_logprobs: 3 }, 'top_logprobs'],
    [{ metadata: { quorum: 'maybe' } }, 'metadata.quorum'],
  ]
  for (const [body, param] of faults) {
    const { status, error } = await refusalOf(body)
    assert.deepEqual([status, error.param], [400, param], JSON.stringify(body))
  }
})
