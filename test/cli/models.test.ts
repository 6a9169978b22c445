import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startOllama } from '../support/runtimes/ollama.ts'
import { stage, withCoder } from './child.ts'

const QUICK = { timeout: 300_000 }

test(
  'models shows who took which role and what it can do, and --measure finds out the rest',
  QUICK,
  async (t) => {
    const ollama = await startOllama(t, [
      { name: 'coder:7b', size: 4.7e9, capabilities: ['completion', 'vision'], loaded: 16_384 },
    ])
    const { quorum } = await stage(
      t,
      { 'a.txt': 'a' },
      withCoder(() => ''),
    )
    const env = { LITELLM_URL: ollama.url }
    const shown = await quorum(['models'], { env })
    assert.equal(shown.code, 0, shown.stderr)
    assert.match(
      shown.stdout,
      /^role +model +server +endpoint +place +window +slots +structured +logprobs +sees +hears$/m,
    )
    assert.match(
      shown.stdout,
      /^fast +coder:7b +Ollama 0\.33\.0 +http\S+ +local +16,384 +\? +schema +yes +yes +no$/m,
    )
    assert.equal(ollama.chats.length, 0)

    const { stdout } = await quorum(['models', '--measure', '--json'], { env })
    assert.partialDeepStrictEqual(JSON.parse(stdout), {
      found: { kind: 'ollama' },
      tiers: [
        { tier: 'fast', place: 'local', calls: 1, capability: { slots: 1, slotsFrom: 'measured' } },
        {},
        {},
      ],
    })
    // one model in three roles is measured once
    assert.equal(ollama.chats.length, 5)
  },
)

test('models --apply writes what is shown, asks before, and keeps what the user wrote', QUICK, async (t) => {
  const ollama = await startOllama(t, [{ name: 'coder:7b', size: 4.7e9, capabilities: ['completion'] }])
  const { folder, quorum } = await stage(
    t,
    { 'a.txt': 'a' },
    withCoder(() => ''),
  )
  const file = join(folder, 'config.json')
  const before = `{
  "upstream": { "url": ${JSON.stringify(ollama.url)} },
  "tiers": {
    "fast": { "slots": 2 },
    "deep": { "model": "mine" }
  }
}
`
  await writeFile(file, before)
  const env = { LITELLM_URL: '' }
  const unasked = await quorum(['models', '--apply'], { env })
  assert.equal(unasked.code, 1)
  assert.match(unasked.stderr, /^\+ .*"model": "coder:7b"/m)
  assert.match(unasked.stderr, /nothing is written unasked: say --yes/)
  assert.equal(await readFile(file, 'utf8'), before)

  const { code, stderr } = await quorum(['models', '--apply', '--yes'], { env })
  assert.equal(code, 0, stderr)
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), {
    upstream: { url: ollama.url },
    tiers: {
      fast: { slots: 2, model: 'coder:7b' },
      deep: { model: 'mine' },
      reviewer: { model: 'coder:7b' },
    },
  })
})
