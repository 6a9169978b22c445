import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DIFF, happyEvents, verified } from '../core/sample-story.ts'
import { ASK, asks, jsonOf, openApi, post, stage, type ErrorAnswer } from './server.ts'

const TOOL = { type: 'function', function: { name: 'edit', parameters: {} } }

/** What is taken, by a task and by one model alike; null is the same as nothing. */
const ACCEPTED: Record<string, unknown[]> = {
  temperature: [0, 0.7, 2, null],
  top_p: [0, 1, null],
  presence_penalty: [-2, 2, null],
  frequency_penalty: [-2, 2, null],
  seed: [0, -1, 2 ** 62, null],
  logit_bias: [{}, { '50256': -100 }, null],
  max_tokens: [101, null],
  max_completion_tokens: [32_000, null],
  stop: ['END', [], ['a', 'b', 'c', 'd'], null],
  verbosity: ['low', 'medium', 'high', null],
  response_format: [
    { type: 'text' },
    { type: 'json_object' },
    { type: 'json_schema', json_schema: { name: 'x', schema: {}, strict: true } },
    null,
  ],
  parallel_tool_calls: [true, false, null],
  tools: [[], null],
  tool_choice: [
    'none',
    'auto',
    'required',
    { type: 'function', function: { name: 'edit' } },
    { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [] } },
    null,
  ],
  n: [1, null],
  logprobs: [false, null],
  top_logprobs: [0, null],
  modalities: [['text'], null],
  audio: [null],
  functions: [null],
  function_call: [null],
  web_search_options: [null],
  metadata: [{}, { any: 'thing' }, null],
  user: ['u', null],
  safety_identifier: ['s', null],
  prompt_cache_key: ['k', null],
  store: [true, false, null],
  service_tier: ['auto', 'priority', 'fast', null],
  prediction: [{ type: 'content', content: 'x' }, null],
  prompt_cache_retention: ['24h'],
  prompt_cache_options: [{}],
  moderation: [{}],
  stream_options: [{ include_usage: true, include_obfuscation: false }, {}, null],
  reasoning_effort: ['low', 'medium', 'high', 'xhigh', 'max', null],
  cache_control: [{ type: 'ephemeral' }],
}

/** What is refused, with the field that is named. */
const REFUSED: [param: string, body: object][] = [
  ['temperature', { temperature: 2.1 }],
  ['temperature', { temperature: -0.1 }],
  ['temperature', { temperature: 'warm' }],
  ['top_p', { top_p: 1.1 }],
  ['presence_penalty', { presence_penalty: -2.1 }],
  ['frequency_penalty', { frequency_penalty: 3 }],
  ['seed', { seed: 1.5 }],
  ['logit_bias.50256', { logit_bias: { '50256': -101 } }],
  ['max_tokens', { max_tokens: 0 }],
  ['max_tokens', { max_tokens: 10.5 }],
  ['max_completion_tokens', { max_completion_tokens: -1 }],
  ['stop', { stop: ['a', 'b', 'c', 'd', 'e'] }],
  ['stop', { stop: [1] }],
  ['verbosity', { verbosity: 'chatty' }],
  ['response_format.type', { response_format: { type: 'xml' } }],
  ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
  ['tools.0.type', { tools: [{ type: 'custom', custom: { name: 'x' } }] }],
  ['tools.1.function', { tools: [TOOL, { type: 'function' }] }],
  ['tools.0.function.name', { tools: [{ type: 'function', function: {} }] }],
  ['tools', { tools: {} }],
  ['tool_choice', { tools: [TOOL], tool_choice: 'sometimes' }],
  ['tool_choice', { tools: [TOOL], tool_choice: { type: 'custom', custom: { name: 'x' } } }],
  ['parallel_tool_calls', { parallel_tool_calls: 'yes' }],
  ['n', { n: 2 }],
  ['n', { n: 0 }],
  ['logprobs', { logprobs: true }],
  ['top_logprobs', { top_logprobs: 5 }],
  ['modalities', { modalities: ['audio'] }],
  ['modalities.0', { modalities: ['smell'] }],
  ['audio', { audio: { voice: 'x', format: 'mp3' } }],
  ['functions', { functions: [{ name: 'x' }] }],
  ['function_call', { function_call: 'auto' }],
  ['web_search_options', { web_search_options: {} }],
  ['reasoning_effort', { reasoning_effort: 'some' }],
  ['metadata', { metadata: 'x' }],
  ['user', { user: 5 }],
  ['store', { store: 'yes' }],
  ['stream', { stream: 1 }],
  ['stream_options.include_usage', { stream_options: { include_usage: 'yes' } }],
  ['messages.0.content', { messages: [{ role: 'user', content: null }] }],
  ['messages.0.content', { messages: [{ role: 'user' }] }],
]

for (const [parameter, values] of Object.entries(ACCEPTED)) {
  test(`a task takes ${parameter}, and still ends with its diff`, async () => {
    const play = stage()
    play.tell(...happyEvents)
    play.end(verified)
    await using api = await openApi({ cascade: play.cascade })
    for (const value of values) {
      const response = await post(`${api.url}/v1/chat/completions`, asks(ASK, { [parameter]: value }))
      const body = await jsonOf<{ choices: { message: { content: string } }[] }>(response)
      assert.ok(body.choices[0]!.message.content.includes(DIFF), JSON.stringify(value))
    }
    assert.deepEqual(api.opened, [])
  })
}

test('one model gets every parameter as it was sent', async () => {
  await using api = await openApi()
  for (const [parameter, values] of Object.entries(ACCEPTED)) {
    for (const value of values) {
      const body = JSON.stringify(asks('hello', { model: 'quorum-chat', [parameter]: value }))
      const response = await post(`${api.url}/v1/chat/completions`, body)
      assert.equal(response.status, 200, `${parameter}: ${await response.text()}`)
      assert.equal(api.opened.at(-1)!.body, body.replace('"quorum-chat"', '"fast-coder"'))
    }
  }
})

test('whatever is out of its range, or cannot be done, is a 400 that names the field', async () => {
  await using api = await openApi()
  for (const model of ['quorum', 'quorum-chat']) {
    for (const [param, more] of REFUSED) {
      const response = await post(`${api.url}/v1/chat/completions`, asks(ASK, { model, ...more }))
      const { error } = await jsonOf<ErrorAnswer>(response)
      const said = [response.status, error.param, error.type, response.headers.get('x-should-retry')]
      assert.deepEqual(said, [400, param, 'invalid_request_error', 'false'], JSON.stringify(more))
      assert.doesNotMatch(error.message, /^[\w.]+: Invalid input$/, JSON.stringify(more))
    }
  }
  assert.deepEqual(api.opened, [])
  assert.deepEqual(api.runner.list(), [])
})
