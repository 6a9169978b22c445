import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createCatalogue } from '../../src/models/catalogue.ts'
import { handClock } from '../api/server.ts'
import { startUpstream, tiersOn, type Upstream } from '../api/upstream.ts'

async function upstream(t: TestContext, models: (string | object)[]): Promise<Upstream> {
  const started = await startUpstream(models)
  t.after(() => started.close())
  return started
}

const namesIn = async (catalogue: ReturnType<typeof createCatalogue>): Promise<string[]> =>
  (await catalogue.all()).map(({ id, tier }) => `${id} of ${tier}`)

test('a name that two upstreams list is the first one’s, and the cloud is not asked', async (t) => {
  const fast = await upstream(t, ['a', 'b'])
  const deep = await upstream(t, ['b', 'c'])
  const cloud = await upstream(t, ['d'])
  const catalogue = createCatalogue(tiersOn({ fast: fast.url, deep: deep.url, cloud: cloud.url }))
  assert.deepEqual(await namesIn(catalogue), ['a of fast', 'b of fast', 'c of deep'])
  assert.equal(await catalogue.find('d'), null)
  assert.equal((await catalogue.find('c'))?.tier, 'deep')
})

test('a list is kept for ten seconds, and asked anew after one for a name that is not in it', async (t) => {
  const models = ['a']
  const fast = await upstream(t, models)
  const clock = handClock()
  const catalogue = createCatalogue({ ...tiersOn({ fast: fast.url }), clock })
  assert.deepEqual(await namesIn(catalogue), ['a of fast'])
  models.push('b')
  await clock.advance(999)
  assert.equal(await catalogue.find('b'), null)
  await clock.advance(1)
  assert.deepEqual(await namesIn(catalogue), ['a of fast'])
  assert.equal((await catalogue.find('b'))?.id, 'b')
  models.length = 0
  await clock.advance(9_999)
  assert.deepEqual(await namesIn(catalogue), ['a of fast', 'b of fast'])
  await clock.advance(1)
  assert.deepEqual(await namesIn(catalogue), [])
})

test('an upstream that went away keeps the names it listed, and does not hide the others', async (t) => {
  const fast = await upstream(t, ['a'])
  const deep = await upstream(t, ['b'])
  const clock = handClock()
  const catalogue = createCatalogue({ ...tiersOn({ fast: fast.url, deep: deep.url }), clock })
  assert.deepEqual(await namesIn(catalogue), ['a of fast', 'b of deep'])
  await fast.close()
  await clock.advance(10_000)
  assert.deepEqual(await namesIn(catalogue), ['a of fast', 'b of deep'])
})

test('a server that answers with anything else lists nothing', async (t) => {
  const fast = await upstream(t, [{ name: 'no id' }])
  assert.deepEqual(await namesIn(createCatalogue(tiersOn({ fast: fast.url }))), [])
})

test('what a model makes is read from its name', async (t) => {
  const names = {
    embeddings: ['nomic-embed-text:latest', 'text-embedding-3-small', 'BAAI/bge-m3', 'all-minilm'],
    transcriptions: ['whisper-1', 'gpt-4o-transcribe', 'Systran/faster-whisper-small'],
    text: ['qwen3-coder', 'bge-reranker-v2', 'devstral-small-2'],
  }
  const fast = await upstream(t, Object.values(names).flat())
  const listed = await createCatalogue(tiersOn({ fast: fast.url })).all()
  for (const [makes, ids] of Object.entries(names)) {
    assert.deepEqual(
      listed.filter((model) => model.makes === makes).map(({ id }) => id),
      ids,
    )
  }
})
