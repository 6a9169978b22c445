import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { commandOf, readServers, type Servers } from '../../src/llama/servers-file.ts'

async function read(t: TestContext, content: object): Promise<{ folder: string; servers: Servers }> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-llama-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'quorum.llama.json')
  await writeFile(file, JSON.stringify(content))
  return { folder, servers: readServers(file) }
}

test('a role and a model are enough: port, slots and context follow', async (t) => {
  const { folder, servers } = await read(t, {
    servers: {
      'fast-coder': { model: 'hf:someone/coder-GGUF:Q4_K_M' },
      'deep-coder': { model: 'models/deep.gguf' },
      reviewer: { model: '~/reviewer.gguf', port: 9000, context: 8192, flags: ['--cache-type-k', 'q8_0'] },
    },
  })
  const [fast, deep, reviewer] = servers.servers.map((server) => commandOf(servers.program, server).join(' '))
  assert.equal(
    fast,
    'llama-server --alias fast-coder --hf-repo someone/coder-GGUF:Q4_K_M --host 127.0.0.1 --port 8001 --parallel 4 --ctx-size 65536',
  )
  assert.equal(
    deep,
    `llama-server --alias deep-coder --model ${join(folder, 'models/deep.gguf')} --host 127.0.0.1 --port 8002 --parallel 1 --ctx-size 16384`,
  )
  assert.equal(
    reviewer,
    `llama-server --alias reviewer --model ${join(homedir(), 'reviewer.gguf')} --host 127.0.0.1 --port 9000 --parallel 2 --ctx-size 16384 --cache-type-k q8_0`,
  )
})

test('without a model it is a router, which names its models itself', async (t) => {
  const { servers } = await read(t, { servers: { router: { flags: ['--models-dir', '/models'] } } })
  const command = commandOf(servers.program, servers.servers[0]!)
  assert.ok(!command.some((word) => word === '--alias' || word === '--model' || word === '--hf-repo'))
  assert.deepEqual(command.slice(-2), ['--models-dir', '/models'])
})

const WRONG: readonly [string, object, RegExp][] = [
  [
    'a flag that moves the API',
    { servers: { a: { flags: ['--api-prefix', '/v1'] } } },
    /servers\.a\.flags .*given by Quorum/,
  ],
  [
    'a flag that opens it to the network',
    { servers: { a: { flags: ['--host=0.0.0.0'] } } },
    /given by Quorum/,
  ],
  [
    'one port for two',
    { servers: { a: { port: 9001 }, b: { port: 9001 } } },
    /a and b both ask for port 9001/,
  ],
  [
    'a typing error',
    { servers: { a: { modell: 'x' } } },
    /servers\.a\.modell is not a setting; there are: model, port/,
  ],
  ['a name that is a path', { servers: { '../x': {} } }, /a name is letters/],
  ['nothing to start', { servers: {} }, /at least one server/],
]
for (const [what, content, says] of WRONG)
  test(`${what} is refused with what to mend`, async (t) => {
    await assert.rejects(read(t, content), says)
  })
