import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import OpenAI from 'openai'
import { applyDiff } from '../src/cascade/checking/verify-diff.ts'
import { startServer } from '../src/cli/server.ts'
import { loadConfig } from '../src/config.ts'
import { receiptOf } from '../src/core/receipt.ts'
import { makeRepository } from './support/repository.ts'
import { startScriptedModels } from './support/scripted-models.ts'

const [WRONG, RIGHT, BEST] = ['left - right', 'left + right', '(left ?? 0) + (right ?? 0)']
const line = (sum: string): string => `export const add = (left, right) => ${sum}\n`
const edit = (from: string, to: string): string =>
  `src/add.js\n<<<<<<< SEARCH\n${line(from)}=======\n${line(to)}>>>>>>> REPLACE\n`
const FILES = {
  'src/add.js': line(WRONG),
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}
const FIRST = { role: 'user', content: 'Fix add in src/add.js: it subtracts' } as const
const SECOND = { role: 'user', content: 'now also handle null' } as const
const never = new AbortController().signal

/** The real server over a real repository; its coders refine what is fixed and fix what is not. */
async function open(t: TestContext) {
  const repository = await makeRepository(FILES)
  t.after(() => repository[Symbol.asyncDispose]())
  const models = await startScriptedModels(({ text }) => {
    if (text.includes('# Role: planner')) return { kind: 'text', text: 'no plan' }
    if (!text.includes('# Role: coder'))
      return { kind: 'text', text: '{"decision": "approve", "objections": []}' }
    const isRefinement = text.includes(SECOND.content)
    return { kind: 'text', text: isRefinement ? edit(RIGHT, BEST) : edit(WRONG, RIGHT) }
  })
  t.after(() => models.close())
  const cache = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  t.after(() => rm(cache, { recursive: true, force: true }))
  const config = loadConfig({
    overrides: { port: '0', workspace: [`app=${repository.path}`], logLevel: 'silent', unsafeGates: true },
    cwd: repository.path,
    env: { LITELLM_URL: models.url, QUORUM_CACHE: cache, QUORUM_DATA: ':memory:' },
  })
  const server = await startServer(config, never)
  t.after(() => server[Symbol.asyncDispose]())
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 })
  const ask = async (messages: OpenAI.ChatCompletionMessageParam[]) => {
    const { id, choices } = await client.chat.completions.create({ model: 'quorum', messages })
    const answer = choices[0]?.message.content ?? ''
    const diff = /```diff\n([^]*?)```/.exec(answer)?.[1] ?? ''
    const receipt = receiptOf(server.swarm.runner.get(id.replace('chatcmpl-', ''))!.state())
    return { answer, diff, receipt }
  }
  return { repository, server, ask }
}

test('"now also handle null" refines what was delivered, whether the user has applied it or not', async (t) => {
  const { repository, server, ask } = await open(t)
  const fixed = await ask([FIRST])
  assert.equal(fixed.receipt.status, 'verified', fixed.answer)
  const history = [FIRST, { role: 'assistant', content: fixed.answer } as const, SECOND]

  const both = await ask(history)
  assert.match(both.answer, /both together, in place of the earlier one/)
  assert.ok(both.diff.includes(`-${line(WRONG)}+${line(BEST)}`), both.answer)
  const { workspace, upon, patch } = both.receipt
  assert.deepEqual(
    [upon?.task, upon?.how, workspace?.tree],
    [fixed.receipt.task, 'added', fixed.receipt.workspace?.tree],
  )
  const earlier = { tree: workspace!.tree, commit: workspace!.commit, diff: both.diff }
  {
    await using project = await server.swarm.workspaces.openEarlier('app', earlier, never)
    const again = await applyDiff(project, both.diff, never)
    assert.deepEqual(again, { ok: true, tree: patch?.tree }, 'the receipt can be verified')
  }

  await repository.write({ 'src/add.js': line(RIGHT) })
  const rest = await ask(history)
  assert.notEqual(rest.receipt.task, both.receipt.task, 'other files, another task')
  assert.match(rest.answer, /only what is new/)
  assert.ok(rest.diff.includes(`-${line(RIGHT)}+${line(BEST)}`), rest.answer)
  assert.deepEqual([rest.receipt.upon?.how, rest.receipt.patch?.tree], ['in-place', patch?.tree])
})
