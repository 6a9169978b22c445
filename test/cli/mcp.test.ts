import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { connect, textOf, type Era } from '../api/mcp-clients.ts'
import { edit, stage, until, withCoder } from './child.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const FILES = {
  'package.json': '{"name":"p","scripts":{"test":"node --version"}}',
  'a.js': 'export const one = 2\n',
}
const TASK = { task: 'Fix one in a.js: it is 2', effort: 'low' }
const QUICK = { timeout: 300_000 }

/** `quorum mcp` as an editor starts it, in its project. */
async function open(t: TestContext, era: Era, coder: () => string | Promise<string>) {
  const { folder, project, models } = await stage(t, FILES, withCoder(coder))
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, 'mcp'],
    cwd: project,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      QUORUM_CACHE: join(folder, 'cache'),
      QUORUM_CONFIG: join(folder, 'config.json'),
      LITELLM_URL: models.url,
    },
    stderr: 'pipe',
  })
  let logged = ''
  transport.stderr?.on('data', (bytes: Buffer) => (logged += bytes.toString()))
  const client = await connect(transport, era)
  t.after(() => client.close())
  const oddities: Error[] = []
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- it has no other way
  client.onerror = (error) => oddities.push(error)
  return { client, models, folder, oddities, logged: () => logged }
}

test('over stdio a task is done and told of, and stdout bears the protocol alone', QUICK, async (t) => {
  const { client, folder, oddities, logged } = await open(t, 'current', () =>
    edit('a.js', 'export const one = 2', 'export const one = 1'),
  )
  assert.equal((await client.listTools()).tools.length, 7)
  assert.match(
    textOf(await client.callTool({ name: 'read_file', arguments: { path: 'a.js' } })),
    /^1\| export/,
  )
  const heard: string[] = []
  const solved = await client.callTool(
    { name: 'solve', arguments: TASK },
    { onprogress: ({ message }) => heard.push(message ?? ''), resetTimeoutOnProgress: true },
  )
  assert.match(textOf(solved), /\+export const one = 1/)
  assert.match(heard[0] ?? '', /task accepted/)
  assert.match(logged(), /task_complete/)
  await client.close()
  assert.deepEqual(oddities, [])
  // what was made for the task went with it
  assert.deepEqual(await readdir(join(folder, 'cache')), [])
})

test('over stdio an older client cancels a task for real', QUICK, async (t) => {
  const coding = Promise.withResolvers<void>()
  const { client, models } = await open(t, 'old', () => {
    coding.resolve()
    return new Promise<string>(() => {})
  })
  const abort = new AbortController()
  const solving = client.callTool({ name: 'solve', arguments: TASK }, { signal: abort.signal })
  await coding.promise
  abort.abort()
  await assert.rejects(solving)
  await until(() => models.open() === 0)
  assert.match(
    textOf(await client.callTool({ name: 'read_file', arguments: { path: 'a.js' } })),
    /^1\| export/,
  )
})
