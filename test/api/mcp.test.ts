import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { z } from 'zod'
import { startServer } from '../../src/cli/server.ts'
import { loadConfig } from '../../src/config.ts'
import { SwarmError } from '../../src/core/errors.ts'
import { refused, said } from '../../src/core/tools/tool-card.ts'
import { until } from '../cli/child.ts'
import { makeRepository } from '../support/repository.ts'
import { startScriptedModels, type ScriptedReply } from '../support/scripted-models.ts'
import { connect, textOf, type Era } from './mcp-clients.ts'
import { openApi, post } from './server.ts'

const FILES = {
  'src/add.js': 'export const add = (left, right) => left - right\n',
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node check.js' } }),
}
const PATCH =
  'src/add.js\n<<<<<<< SEARCH\nexport const add = (left, right) => left - right\n=======\nexport const add = (left, right) => left + right\n>>>>>>> REPLACE\n'
const TASK = { task: 'Fix add in src/add.js: it subtracts', files: ['src/add.js'], effort: 'low' }
const SEVEN = [
  'read_file',
  'analyze_codebase',
  'search_docs',
  'find_references',
  'git_diff',
  'run_tests',
  'solve',
]
const ERAS: readonly Era[] = ['current', 'old']

/** The whole server over a real repository, with models that say what the test says. */
async function open(t: TestContext, coder: () => ScriptedReply, settings: object = {}) {
  const repository = await makeRepository(FILES)
  t.after(() => repository[Symbol.asyncDispose]())
  const models = await startScriptedModels((call) => {
    if (call.text.includes('# Role: planner')) return { kind: 'text', text: 'no plan' }
    if (call.text.includes('# Role: coder')) return coder()
    return { kind: 'text', text: '{"decision": "approve", "objections": []}' }
  })
  t.after(() => models.close())
  const cache = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  t.after(() => rm(cache, { recursive: true, force: true }))
  const file = join(cache, 'quorum.config.json')
  await writeFile(file, JSON.stringify({ server: { graceMs: 200 }, ...settings }))
  const workspace = [`app=${repository.path}`]
  const config = loadConfig({
    overrides: { config: file, port: '0', workspace, logLevel: 'silent', unsafeGates: true },
    cwd: repository.path,
    env: { LITELLM_URL: models.url, QUORUM_CACHE: cache, QUORUM_DATA: ':memory:' },
  })
  const server = await startServer(config, new AbortController().signal)
  t.after(() => server[Symbol.asyncDispose]())
  return { models, url: new URL('/mcp', server.url), runner: server.swarm.runner }
}

test('clients of both eras list the tools, ask them, and have a task done while they are told of it', async (t) => {
  const { url } = await open(t, () => ({ kind: 'text', text: PATCH }))
  for (const era of ERAS) {
    const client = await connect(new StreamableHTTPClientTransport(url), era)
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name }) => name),
      SEVEN,
    )
    assert.ok(tools.every(({ description, inputSchema }) => description && inputSchema.type === 'object'))

    const asked: [string, Record<string, unknown>, RegExp][] = [
      ['read_file', { path: 'check.js' }, /^1\| import/],
      ['analyze_codebase', {}, /JavaScript: 2 files/],
      ['search_docs', { query: 'nothing here' }, /^Nothing in the documentation/],
      ['find_references', { name: 'add' }, /^Definitions of add:\nsrc\/add\.js:1/],
      ['git_diff', { show: 'log' }, /Test: first$/],
      ['run_tests', {}, /failed with exit code 1/],
    ]
    // what they say is the same for both
    for (const [name, given, expected] of era === 'current' ? asked : asked.slice(0, 1)) {
      const answer = await client.callTool({ name, arguments: given })
      assert.match(textOf(answer), expected)
      assert.notEqual(answer.isError, true, name)
    }
    const outside = await client.callTool({ name: 'read_file', arguments: { path: '../../etc/passwd' } })
    assert.equal(outside.isError, true)
    assert.match(textOf(outside), /path_traversal/)
    const wrong = await client.callTool({ name: 'read_file', arguments: { path: 3 } })
    assert.equal(wrong.isError, true)

    const heard: string[] = []
    const solved = await client.callTool(
      { name: 'solve', arguments: TASK },
      { onprogress: ({ message }) => heard.push(message ?? ''), resetTimeoutOnProgress: true },
    )
    assert.match(
      textOf(solved),
      /^This change passed the project's own test\.[\s\S]*\+export const add = .*left \+ right/,
    )
    const { status, verdict, diff, files } = Solved.parse(solved.structuredContent)
    assert.deepEqual([status, files], ['verified', ['src/add.js']])
    assert.match(verdict, /^Evidence: .*receipt [\da-f]{12}/)
    assert.match(diff, /^diff --git/)
    // oxlint-disable-next-line no-underscore-dangle -- the protocol calls it that
    assert.equal(Meta.parse(solved._meta)['quorum/receipt'].status, 'verified')
    assert.match(heard[0] ?? '', /task accepted, workspace app/)
    assert.ok(heard.length > 5, heard.join('\n'))
    await client.close()
  }
})

test('a client is shown no private file by a task either, unless the configuration says so', async (t) => {
  const settings = { private: ['src/'] }
  for (const showPrivate of [false, true]) {
    const { url } = await open(t, () => ({ kind: 'text', text: PATCH }), {
      ...settings,
      mcp: { showPrivate },
    })
    const client = await connect(new StreamableHTTPClientTransport(url), 'current')
    const read = await client.callTool({ name: 'read_file', arguments: { path: 'src/add.js' } })
    const heard: string[] = []
    const solved = await client.callTool(
      { name: 'solve', arguments: TASK },
      { onprogress: ({ message }) => heard.push(message ?? ''), resetTimeoutOnProgress: true },
    )
    const all = JSON.stringify([read, solved, heard])
    assert.equal(all.includes('left - right'), showPrivate, all)
    assert.equal(all.includes('left + right'), showPrivate, all)
    if (!showPrivate) assert.match(textOf(solved), /is verified\..*private files.*\(src\/add\.js\)/)
    await client.close()
  }
})

const Solved = z.object({
  status: z.string(),
  verdict: z.string(),
  diff: z.string(),
  files: z.array(z.string()),
})
const Meta = z.object({ 'quorum/receipt': z.object({ status: z.string(), sha256: z.string() }) })

test('a client that cancels, or only goes, stops the task and every call to a model', async (t) => {
  let coding = Promise.withResolvers<void>()
  const { url, models, runner } = await open(t, () => {
    coding.resolve()
    return { kind: 'hang' }
  })
  const ways: [Era, 'cancels' | 'goes'][] = [
    ['current', 'cancels'],
    ['old', 'cancels'],
    ['current', 'goes'],
    ['old', 'goes'],
  ]
  for (const [index, [era, way]] of ways.entries()) {
    coding = Promise.withResolvers()
    const client = await connect(new StreamableHTTPClientTransport(url), era)
    const abort = new AbortController()
    const solving = client
      .callTool({ name: 'solve', arguments: TASK }, { signal: abort.signal })
      .catch(() => null)
    await coding.promise
    if (way === 'cancels') abort.abort()
    else await client.close()
    const task = runner.get(runner.list()[index]!.id)
    assert.equal((await task!.done).status, 'cancelled', `${era} ${way}`)
    await solving
    await client.close()
    await until(() => models.open() === 0)
  }
})

test('every version of the protocol is answered in its own words', async (t) => {
  const { url } = await open(t, () => ({ kind: 'hang' }))
  for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
    const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
    const send = async (method: string, params: object) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
      return (await fetch(url, { method: 'POST', headers, body })).text()
    }
    const clientInfo = { name: 'old', version: '1' }
    const hello = await send('initialize', { protocolVersion: version, capabilities: {}, clientInfo })
    assert.match(hello, new RegExp(`"protocolVersion":"${version}"`))
    assert.match(await send('tools/list', {}), /"name":"find_references"/)
  }
})

/** A tool of the test's own, behind the real edge. */
const TOOLS = {
  cards: [
    {
      name: 'echo',
      description: 'says it again',
      onlyReads: true,
      input: z.strictObject({ say: z.string() }),
    },
  ],
  async call(name: string, input: unknown) {
    if (name !== 'echo') throw new SwarmError('not-found', `there is no tool "${name}"`, { param: 'name' })
    const { say } = z.object({ say: z.string() }).parse(input)
    if (say === 'bad') throw new SwarmError('bad-request', 'say something better', { param: 'say' })
    return say === 'no' ? refused('no') : said(say)
  },
}

test('the same over plain HTTP, with errors as OpenAI writes them', async () => {
  await using api = await openApi({ outsideTools: TOOLS })
  const listed: unknown = await (await fetch(`${api.url}/api/mcp/tools`)).json()
  const { tools } = z
    .object({
      tools: z.array(z.looseObject({ name: z.string(), inputSchema: z.looseObject({ type: z.string() }) })),
    })
    .parse(listed)
  assert.deepEqual(
    tools.map(({ name, inputSchema }) => [name, inputSchema.type]),
    [['echo', 'object']],
  )
  const ask = async (body: unknown) => {
    const response = await post(`${api.url}/api/mcp/tool`, body)
    const json: unknown = await response.json()
    return [response.status, json]
  }
  assert.deepEqual(await ask({ name: 'echo', arguments: { say: 'hi' } }), [
    200,
    { content: [{ type: 'text', text: 'hi' }], isError: false },
  ])
  assert.deepEqual(await ask({ name: 'echo', arguments: { say: 'no' } }), [
    200,
    { content: [{ type: 'text', text: 'no' }], isError: true },
  ])
  const Fault = z.tuple([z.number(), z.object({ error: z.object({ type: z.string(), param: z.string() }) })])
  const faults: [unknown, number, string][] = [
    [{ name: 'other', arguments: {} }, 404, 'name'],
    [{ name: 'echo', arguments: { say: 'bad' } }, 400, 'say'],
    [{ name: 'echo', arguments: [] }, 400, 'arguments'],
    [{ arguments: {} }, 400, 'name'],
    ['no json', 400, 'body'],
  ]
  for (const [body, status, param] of faults) {
    const [got, { error }] = Fault.parse(await ask(body))
    assert.deepEqual([body, got, error.type, error.param], [body, status, 'invalid_request_error', param])
  }
})

test('nobody asks without the key, from a foreign page, or by a foreign name', async () => {
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }
  const accept = 'application/json, text/event-stream'
  const paths = ['/mcp', '/api/mcp/tool', '/api/mcp/tools']
  await using locked = await openApi({ outsideTools: TOOLS, apiKey: 'the-key' })
  for (const path of paths) {
    const method = path.endsWith('tools') ? 'GET' : 'POST'
    const body =
      method === 'GET'
        ? null
        : JSON.stringify(path === '/mcp' ? list : { name: 'echo', arguments: { say: 'hi' } })
    const ask = async (authorization: string) => {
      const headers = { accept, authorization, 'content-type': 'application/json' }
      return (await fetch(`${locked.url}${path}`, { method, headers, body })).status
    }
    assert.deepEqual([path, await ask('Bearer wrong'), await ask('Bearer the-key')], [path, 401, 200])
  }
  await using open = await openApi({ outsideTools: TOOLS, corsOrigins: ['loopback'] })
  const foreign = await post(`${open.url}/mcp`, list, { headers: { accept, origin: 'https://example.org' } })
  assert.equal(foreign.status, 403)
})
