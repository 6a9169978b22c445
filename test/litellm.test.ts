import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import OpenAI from 'openai'
import { z } from 'zod'
import { startServer } from '../src/cli/server.ts'
import { loadConfig } from '../src/config.ts'
import { until } from './cli/child.ts'
import { installedLitellm, LITELLM_VERSION, startLitellm } from './support/litellm.ts'
import { makeRepository } from './support/repository.ts'
import { startScriptedOllama, type OllamaCall, type OllamaReply } from './support/scripted-ollama.ts'

const FILES = {
  'src/add.js': 'export const add = (left, right) => left - right\n',
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}
const PATCH =
  'src/add.js\n<<<<<<< SEARCH\nexport const add = (left, right) => left - right\n=======\nexport const add = (left, right) => left + right\n>>>>>>> REPLACE\n'

function script({ text, ...call }: OllamaCall): OllamaReply {
  if (text.includes('# Role: planner')) {
    const isFirst = 'tools' in call && !text.includes('# The files you asked for')
    const look = { function: { name: 'read_file', arguments: { path: 'check.js' } } }
    return isFirst ? { text: '', tool_calls: [look] } : { text: 'no plan' }
  }
  if (text.includes('# Role: coder')) return { text: PATCH }
  if (text.includes('# Role:')) return { text: '{"decision": "approve", "objections": []}' }
  if (text.includes('never end')) return { text: 'well …', hangs: true }
  return { text: 'forty two', thinking: 'six times seven is it not' }
}

const Delta = z.object({ content: z.string().nullish(), reasoning_content: z.string().nullish() })

const asking = (content: string) => [{ role: 'user' as const, content }]

test('compose.yaml pins an exact LiteLLM, and not one of the two that were tampered with', () => {
  assert.match(LITELLM_VERSION ?? '', /^\d+\.\d+\.\d+$/)
  assert.ok(!['1.82.7', '1.82.8'].includes(LITELLM_VERSION ?? ''))
})

test('through the real LiteLLM with the configuration we ship', { timeout: 900_000 }, async (t) => {
  const { program, isThere } = installedLitellm()
  if (!isThere) return t.skip(`no LiteLLM at ${program}: test/support/install-litellm.sh puts it there`)
  const ollama = await startScriptedOllama(script)
  t.after(() => ollama.close())
  const url = await startLitellm(t, program, ollama.url)
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'dev-key', maxRetries: 0 })
  const lastCall = (): OllamaCall => ollama.calls.at(-1)!

  await t.test('a stream brings the thought, the text, and the counts last', async () => {
    const stream = await client.chat.completions.create({
      model: 'fast-coder',
      messages: asking('what is it?'),
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0.4,
      seed: 7,
      max_tokens: 99,
    })
    const chunks = await Array.fromAsync(stream)
    const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => Delta.parse(delta)))
    const spoken = (field: keyof z.infer<typeof Delta>): string =>
      deltas.map((delta) => delta[field] ?? '').join('')
    assert.equal(spoken('reasoning_content'), 'six times seven is it not')
    assert.equal(spoken('content'), 'forty two')
    assert.ok(chunks.some(({ choices }) => choices[0]?.finish_reason === 'stop'))
    const { prompt_tokens, completion_tokens } = chunks.at(-1)!.usage!
    assert.deepEqual([prompt_tokens, completion_tokens], [3, 8])
    // what Ollama can only be told in its own protocol has arrived there
    const options = { temperature: 0.4, num_predict: 99, seed: 7, num_ctx: 16_384 }
    assert.deepEqual(
      [lastCall().model, lastCall()['options'], lastCall()['keep_alive']],
      ['qwen3-coder', options, '30m'],
    )
  })

  await t.test('a JSON schema reaches the model as it is', async () => {
    const schema = { type: 'object', properties: { decision: { type: 'string', maxLength: 9 } } }
    await client.chat.completions.create({
      model: 'reviewer',
      messages: asking('decide'),
      response_format: { type: 'json_schema', json_schema: { name: 'verdict', strict: true, schema } },
    })
    assert.deepEqual(lastCall()['format'], schema)
  })

  for (const stream of [true, false])
    await t.test(`who hangs up ends the call at the model, ${stream ? 'streaming' : 'waiting'}`, async () => {
      const leave = new AbortController()
      const before = ollama.calls.length
      const request = client.chat.completions.create(
        { model: 'fast-coder', messages: asking('never end'), stream },
        { signal: leave.signal },
      )
      const left = Promise.allSettled([request])
      await until(() => ollama.calls.length > before)
      if (stream) await left
      leave.abort()
      await left
      await until(() => lastCall().outcome === 'closed-by-client')
    })

  await t.test('a wrong key is refused, and no model is asked', async () => {
    const stranger = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'another', maxRetries: 0 })
    const before = ollama.calls.length
    const call = stranger.chat.completions.create({ model: 'fast-coder', messages: asking('hello') })
    await assert.rejects(call, ({ status }: { status?: number }) => status === 400 || status === 401)
    assert.equal(ollama.calls.length, before)
  })

  await t.test('a prompt beyond the window is refused and not cut', async () => {
    const before = ollama.calls.length
    const messages = asking('word '.repeat(20_000))
    await assert.rejects(client.chat.completions.create({ model: 'fast-coder', messages }), /context window/i)
    assert.equal(ollama.calls.length, before)
  })

  await t.test('a whole task is solved through it', (t) => solvesTask(t, url, ollama.calls))
})

async function solvesTask(t: TestContext, url: string, calls: readonly OllamaCall[]): Promise<void> {
  const repository = await makeRepository(FILES)
  t.after(() => repository[Symbol.asyncDispose]())
  const cache = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  t.after(() => rm(cache, { recursive: true, force: true }))
  const file = join(cache, 'quorum.config.json')
  await writeFile(file, '{}')
  const config = loadConfig({
    overrides: {
      config: file,
      port: '0',
      workspace: [`app=${repository.path}`],
      logLevel: 'silent',
      unsafeGates: true,
    },
    cwd: repository.path,
    env: { LITELLM_URL: url, LITELLM_API_KEY: 'dev-key', QUORUM_CACHE: cache, QUORUM_DATA: ':memory:' },
  })
  const before = calls.length
  await using server = await startServer(config, new AbortController().signal)
  const quorum = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 })
  const messages = asking('Fix add in src/add.js: it subtracts')
  const answer = await quorum.chat.completions.create({ model: 'quorum', messages })
  assert.match(
    answer.choices[0]?.message.content ?? '',
    /passed the project's own test[\s\S]*```diff\n[\s\S]*left \+ right/,
  )
  const made = calls.slice(before)
  assert.ok(made.length >= 4)
  const planner = made.filter(({ text }) => text.includes('# Role: planner'))
  assert.deepEqual(
    planner.map((call) => ['tools' in call, call.text.includes("throw new Error('2 + 3')")]),
    [
      [true, false],
      [true, true],
      [false, true],
    ],
  )
  // streamed, so that leaving one reaches the model
  assert.ok(made.every((call) => call['stream'] === true))
}
