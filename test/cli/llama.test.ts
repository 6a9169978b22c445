import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readState } from '../../src/llama/state-file.ts'
import { isRunning } from '../../src/workspace/identity.ts'
import { freePort, llamaFolder } from '../support/llama-folder.ts'
import { stage, withCoder, type Ended } from './child.ts'

const QUICK = { timeout: 300_000 }

type Scene = { ports: [number, number]; dir: string; cli: (...args: string[]) => Promise<Ended> }

/** A project that asks for two servers, and a machine that has llama-server. */
async function scene(t: TestContext, flags: string[] = []): Promise<Scene> {
  // before the folders go
  t.after(() => cli('down'))
  const { bin } = await llamaFolder(t)
  const { folder, project, quorum } = await stage(
    t,
    { 'a.js': '1\n' },
    withCoder(() => ''),
  )
  const ports: [number, number] = [await freePort(), await freePort()]
  const servers = {
    'fast-coder': { model: 'hf:someone/coder', port: ports[0] },
    reviewer: { model: 'hf:someone/judge', port: ports[1], flags },
  }
  await writeFile(join(project, 'quorum.llama.json'), JSON.stringify({ servers }))
  const env = { PATH: `${bin}:${process.env['PATH']}`, QUORUM_API_KEY: 'not-for-llama' }
  return { ports, dir: join(folder, 'cache', 'llama'), cli }

  function cli(...args: string[]): Promise<Ended> {
    return quorum(['llama', ...args], { env })
  }
}

test('up starts a server for each role, status shows them, and down leaves nothing', QUICK, async (t) => {
  const { ports, dir, cli } = await scene(t)
  const up = await cli('up')
  assert.equal(up.code, 0, up.stderr)
  assert.match(up.stdout, new RegExp(`fast-coder +healthy +http://127.0.0.1:${ports[0]}/v1`))
  assert.match(
    up.stdout,
    new RegExp(`"reviewer": \\{ "model": "reviewer", "url": "http://127.0.0.1:${ports[1]}/v1" \\}`),
  )
  const models = await fetch(`http://127.0.0.1:${ports[1]}/v1/models`)
  assert.match(await models.text(), /"id":"reviewer"/)

  const status = await cli('status')
  assert.equal(status.code, 0, status.stdout)
  assert.match(status.stdout, new RegExp(`reviewer +hf:someone/judge +${ports[1]} +healthy +0 +\\d`))
  const again = await cli('up')
  assert.deepEqual([again.code, /quorum llama down/.test(again.stderr)], [1, true])

  const state = await readState(dir)
  const all = [state!.supervisor, ...state!.servers.map(({ process }) => process!)]
  assert.deepEqual(await Promise.all(all.map(isRunning)), [true, true, true])
  const down = await cli('down')
  assert.deepEqual([down.code, down.stdout], [0, 'ended 2 servers\n'])
  assert.deepEqual(await Promise.all(all.map(isRunning)), [false, false, false])
  assert.deepEqual((await readdir(dir)).sort(), ['fast-coder.log', 'reviewer.log', 'supervisor.log'])
  assert.equal((await cli('status')).code, 1)
})

test('what a killed supervisor leaves is ended by down', QUICK, async (t) => {
  const { dir, cli } = await scene(t)
  assert.equal((await cli('up')).code, 0)
  const state = await readState(dir)
  process.kill(state!.supervisor.pid, 'SIGKILL')
  const servers = state!.servers.map(({ process }) => process!)
  assert.deepEqual(await Promise.all(servers.map(isRunning)), [true, true])
  assert.match((await cli('status')).stdout, /nobody looks after them/)
  assert.equal((await cli('down')).code, 0)
  assert.deepEqual(await Promise.all(servers.map(isRunning)), [false, false])
})

test(
  'a server that does not come up is shown with its last words, and the others are ended too',
  QUICK,
  async (t) => {
    const { dir, ports, cli } = await scene(t, ['--scripted-refuse', 'error: unknown model architecture'])
    const up = await cli('up')
    assert.equal(up.code, 1)
    assert.match(up.stderr, /reviewer ended 3 times[\s\S]*unknown model architecture/)
    assert.equal(await readState(dir), null)
    await assert.rejects(fetch(`http://127.0.0.1:${ports[0]}/health`))
    assert.match(await readFile(join(dir, 'fast-coder.log'), 'utf8'), /listens on/)
  },
)

test('without llama-server, its model or its port it says so and starts nothing', QUICK, async (t) => {
  const { folder, project, models, quorum } = await stage(
    t,
    { 'a.js': '1\n' },
    withCoder(() => ''),
  )
  const { program } = await llamaFolder(t)
  const upWith = async (content: object): Promise<Ended> => {
    await writeFile(join(project, 'quorum.llama.json'), JSON.stringify(content))
    return quorum(['llama', 'up'])
  }
  const port = await freePort()
  const missing = await upWith({ program: 'no-such-llama-server', servers: { a: { model: 'hf:a/b', port } } })
  assert.equal(missing.code, 1)
  assert.match(
    missing.stderr,
    /no-such-llama-server is not installed; brew install llama\.cpp, winget install/,
  )
  const noModel = await upWith({ program, servers: { a: { model: 'gone.gguf', port } } })
  assert.match(noModel.stderr, /the model of a is not there: .*project\/gone\.gguf/)
  const taken = await upWith({ program, servers: { a: { model: 'hf:a/b', port: models.port } } })
  assert.match(taken.stderr, new RegExp(`port ${models.port} of a is taken`))
  assert.equal(await readState(join(folder, 'cache', 'llama')), null)
})
