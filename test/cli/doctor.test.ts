import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startOllama } from '../support/runtimes/ollama.ts'
import { stage, withCoder } from './child.ts'

const FILES = { 'package.json': '{"name":"p","scripts":{"lint":"true","test":"true"}}' }
const QUICK = { timeout: 300_000 }

test('where all is there, doctor says what was found, and that Quorum can work', QUICK, async (t) => {
  const { models, project, quorum } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  const { code, stdout, stderr } = await quorum(['doctor'])
  assert.equal(code, 0, stdout + stderr)
  for (const found of [
    /^ok +node +v24\./m,
    /^ok +git +\d+\.\d+/m,
    /^ok +tier fast +fast-coder takes fast/m,
    /^ok +gate lint +node --run lint/m,
    /^ok +gate test +node --run test/m,
    /Quorum can work here/,
  ]) {
    assert.match(stdout, found)
  }
  assert.ok(stdout.includes(models.url) && stdout.includes(project))
  assert.equal(models.calls.length, 0)
})

test('what is missing comes with the command that mends it, and an exit code', QUICK, async (t) => {
  const { models, folder, project, quorum } = await stage(
    t,
    { 'package.json': '{"name":"p"}' },
    withCoder(() => ''),
  )
  await models.close()
  const file = join(folder, 'config.json')
  await writeFile(file, JSON.stringify({ upstream: { url: models.url } }))
  const { code, stdout } = await quorum(['doctor', '--config', file], { env: { LITELLM_URL: '' } })
  assert.equal(code, 1)
  assert.match(stdout, /^missing +upstream +nothing answers at/m)
  assert.match(stdout, /→ start LiteLLM: docker compose up/)
  assert.match(stdout, /^warning +gates +none/m)
  assert.match(stdout, new RegExp(`→ npm --prefix ${project} install`))
  assert.match(stdout, /1 missing/)
})

test('a model that is configured and not served is missing', QUICK, async (t) => {
  const { folder, quorum } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  const file = join(folder, 'config.json')
  await writeFile(file, JSON.stringify({ tiers: { fast: { model: 'never-heard-of' } } }))
  const { code, stdout } = await quorum(['doctor', '--config', file])
  assert.equal(code, 1)
  assert.match(stdout, /^missing +tier fast +never-heard-of[\s\S]*→ .*tiers\.fast\.model/m)
})

test('outside of any project doctor still answers', QUICK, async (t) => {
  const { folder, quorum } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  const nowhere = join(folder, 'nowhere')
  await mkdir(nowhere)
  const { code, stdout } = await quorum(['doctor'], { cwd: nowhere })
  assert.equal(code, 0)
  assert.match(stdout, /^warning +workspace .*in no git repository/m)
})

test('an unreadable configuration is told in its own words', QUICK, async (t) => {
  const { folder, quorum } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  await writeFile(join(folder, 'config.json'), '{"server":{"prot":1}}')
  const { code, stderr } = await quorum(['doctor'])
  assert.equal(code, 1)
  assert.match(stderr, /^quorum: .*config\.json: server\.prot is not a setting/)
})

test('an Ollama with one slot and a small window is told in these words', QUICK, async (t) => {
  const ollama = await startOllama(t, [
    { name: 'coder:1b', size: 0.4e9, capabilities: ['completion'], loaded: 4_096 },
  ])
  const { quorum } = await stage(
    t,
    FILES,
    withCoder(() => ''),
  )
  const env = { LITELLM_URL: ollama.url }
  // what was measured is remembered, and doctor calls no model
  assert.equal((await quorum(['models', '--measure'], { env })).code, 0)
  const asked = ollama.chats.length
  const { code, stdout } = await quorum(['doctor'], { env })
  assert.equal(code, 0, stdout)
  assert.equal(ollama.chats.length, asked)
  assert.match(
    stdout,
    /^warning {2}note {11}sequential: one call at a time, one model after the other, because coder:1b answers one request at a time$/m,
  )
  assert.match(
    stdout,
    /^warning {2}note {11}coder:1b answers one request at a time, so that coders wait for one another, and coder:1b reads 4,096 tokens at once, which is little for code; start Ollama with: OLLAMA_NUM_PARALLEL=4 OLLAMA_CONTEXT_LENGTH=16384 ollama serve/m,
  )
})
