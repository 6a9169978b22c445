import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { stage, until, withCoder } from './child.ts'

const FILES = { 'package.json': '{"name":"p","scripts":{"test":"node --version"}}', 'a.js': '1\n' }
const QUICK = { timeout: 300_000 }
const never = new Promise<string>(() => {})

test(
  'serve says where it listens, which model took which role, what is checked, and what to try',
  QUICK,
  async (t) => {
    const { models, start } = await stage(
      t,
      FILES,
      withCoder(() => ''),
    )
    const child = start(['serve', '--port', '0'])
    await child.says('curl')
    const said = child.stdout()
    assert.match(said, /Quorum \d+\.\d+\.\d+ listens on http:\/\/127\.0\.0\.1:\d+\/v1/)
    assert.ok(said.includes(models.url))
    assert.match(said, /fast-coder takes fast: /)
    assert.match(said, /quorum@project: test/)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
    assert.equal((await fetch(`${url}/health`)).status, 200)
    assert.equal((await fetch(`${url}/ready`)).status, 200)
    child.process.kill('SIGTERM')
    assert.equal((await child.ended).code, 0)
  },
)

test('a stop cancels what runs, ends every answer, and leaves nothing behind', QUICK, async (t) => {
  const { models, folder, start } = await stage(
    t,
    FILES,
    withCoder(() => never),
  )
  const child = start(['serve', '--port', '0'], { env: { NODE_ENV: 'production' } })
  await child.says('curl')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(child.stdout())?.[0]
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'quorum',
      stream: true,
      messages: [{ role: 'user', content: 'Make a.js export a function' }],
    }),
  })
  await until(() => models.calls.some(({ text }) => text.includes('# Role: coder')))
  child.process.kill('SIGINT')
  assert.match(await response.text(), /cancelled[\s\S]*data: \[DONE\]/)
  const { code, stderr } = await child.ended
  assert.equal(code, 0)
  assert.deepEqual(await readdir(join(folder, 'cache')), [])
  await until(() => models.open() === 0)

  // the reason comes before the first thing that is torn down
  const events = stderr.split('\n').filter((line) => /task_abort|"cancelled"/.test(line))
  assert.match(events[0] ?? '', /"event":"task_abort".*the server is shutting down/)
  assert.equal(events.filter((line) => line.includes('task_abort')).length, 1)
})

test(
  'beyond loopback it does not start without a key, and on a taken port it says which',
  QUICK,
  async (t) => {
    const { models, quorum } = await stage(
      t,
      FILES,
      withCoder(() => ''),
    )
    const open = await quorum(['serve', '--host', '0.0.0.0', '--port', '0'])
    assert.deepEqual([open.code, open.stdout], [1, ''])
    assert.match(open.stderr, /set QUORUM_API_KEY/)
    const taken = await quorum(['serve', '--port', String(models.port)])
    assert.equal(taken.code, 1)
    assert.match(taken.stderr, new RegExp(`port ${models.port} is taken; choose another: --port`))
  },
)

test('the configured key is asked for, and is in no line of the log', QUICK, async (t) => {
  const { start } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  const child = start(['serve', '--port', '0', '--log-level', 'trace'], {
    env: { QUORUM_API_KEY: 'tell-nobody' },
  })
  await child.says('curl')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(child.stdout())?.[0]
  const models = (headers: Record<string, string>) => fetch(`${url}/v1/models`, { headers })
  assert.equal((await models({})).status, 401)
  assert.equal((await models({ authorization: 'Bearer tell-nobody' })).status, 200)
  child.process.kill('SIGTERM')
  const { stdout, stderr } = await child.ended
  assert.doesNotMatch(stdout + stderr, /tell-nobody/)
})
