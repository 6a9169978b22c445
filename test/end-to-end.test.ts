import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { z } from 'zod'
import { startServer } from '../src/cli/server.ts'
import { loadConfig } from '../src/config.ts'
import { makeRepository } from './support/repository.ts'
import { startScriptedModels, type ScriptedCall, type ScriptedReply } from './support/scripted-models.ts'

const FILES = {
  'src/add.js': 'export const add = (left, right) => left - right\n',
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}
const PATCH =
  'src/add.js\n<<<<<<< SEARCH\nexport const add = (left, right) => left - right\n=======\nexport const add = (left, right) => left + right\n>>>>>>> REPLACE\n'
const ASK = { role: 'user', content: 'Fix add in src/add.js: it subtracts' } as const

/** The real server over a real repository, the real SDK in front of it, and scripted models behind. */
async function open(t: TestContext, coder: (call: ScriptedCall) => ScriptedReply) {
  const repository = await makeRepository(FILES)
  t.after(() => repository[Symbol.asyncDispose]())
  const models = await startScriptedModels((call) => {
    if (call.text.includes('# Role: planner')) return { kind: 'text', text: 'no plan' }
    if (call.text.includes('# Role: coder')) return coder(call)
    return { kind: 'text', text: '{"decision": "approve", "objections": []}' }
  })
  t.after(() => models.close())
  const cache = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  t.after(() => rm(cache, { recursive: true, force: true }))
  const file = join(cache, 'quorum.config.json')
  await writeFile(file, JSON.stringify({ server: { graceMs: 200 } }))
  const config = loadConfig({
    overrides: {
      config: file,
      port: '0',
      workspace: [`app=${repository.path}`],
      logLevel: 'silent',
      unsafeGates: true,
    },
    cwd: repository.path,
    env: { LITELLM_URL: models.url, QUORUM_CACHE: cache, QUORUM_DATA: ':memory:' },
  })
  const server = await startServer(config, new AbortController().signal)
  t.after(() => server[Symbol.asyncDispose]())
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 })
  return { client, server, models, cache, repository }
}

test('the SDK without streaming gets the whole answer, with the sum of all internal calls as its usage', async (t) => {
  const { client, server, models, repository } = await open(t, () => ({ kind: 'text', text: PATCH }))
  const answer = await client.chat.completions.create({ model: 'quorum', messages: [ASK] })
  const [choice] = answer.choices
  assert.equal(choice?.finish_reason, 'stop')
  assert.match(
    choice.message.content ?? '',
    /^This change passed the project's own test\. 2 coders agree on it\.\n\n```diff\n[\s\S]*Evidence: /,
  )

  const task = await fetch(`${server.url}/api/task/${answer.id.replace(/^chatcmpl-/, '')}`)
  const { receipt } = Receipt.parse(await task.json())
  const { total } = receipt.tokens
  assert.equal(answer.usage?.prompt_tokens, total.promptTokens)
  assert.equal(answer.usage.completion_tokens, total.completionTokens)
  assert.ok(models.calls.length >= 5)
  assert.equal(await repository.git('status', '--porcelain'), '')
})

const Receipt = z.object({
  receipt: z.object({
    tokens: z.object({ total: z.object({ promptTokens: z.number(), completionTokens: z.number() }) }),
  }),
})

test('when the client hangs up and does not come back, no call, no folder and no task is left', async (t) => {
  const { client, server, models, cache } = await open(t, () => ({ kind: 'hang', after: 'let me think' }))
  const stream = await client.chat.completions.create({ model: 'quorum@app', stream: true, messages: [ASK] })
  let heard = ''
  for await (const chunk of stream) {
    heard += JSON.stringify(chunk.choices[0]?.delta)
    if (!heard.includes('coder 4 types')) continue
    while (models.open() < 4) await sleep(10)
    break
  }
  const leftAt = performance.now()
  while (models.open() > 0 || (await readdir(cache)).some((name) => name.startsWith('tasks-'))) {
    assert.ok(performance.now() - leftAt < 60_000, 'work goes on for nobody')
    await sleep(10)
  }
  t.diagnostic(`all gone ${Math.round(performance.now() - leftAt)} ms after the client`)
  assert.deepEqual(
    server.swarm.runner.list().map(({ status }) => status),
    ['cancelled'],
  )
})

test('the same request again gets the answer there is, until the files change', async (t) => {
  const { client, server, models, repository } = await open(t, () => ({ kind: 'text', text: PATCH }))
  const ask = () => client.chat.completions.create({ model: 'quorum', messages: [ASK] })
  const first = await ask()
  const calls = models.calls.length
  const again = await ask()
  assert.deepEqual(again, first)
  assert.equal(models.calls.length, calls)

  await repository.write({ 'README.md': 'something else\n' })
  const fresh = await ask()
  assert.notEqual(fresh.id, first.id)
  assert.ok(models.calls.length > calls)
  assert.equal(server.swarm.runner.list().length, 2)
})
