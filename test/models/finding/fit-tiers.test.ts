import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileConfig } from '../../../src/config.ts'
import { PLAIN, type Capability } from '../../../src/core/capability.ts'
import { detectTiers } from '../../../src/models/finding/detect.ts'
import { fitTiers } from '../../../src/models/finding/fit-tiers.ts'
import { startOllama } from '../../support/runtimes/ollama.ts'

const GB = 1e9
const never = new AbortController().signal
const HERE = { url: 'http://127.0.0.1:11434/v1', apiKey: null }
const TIERS = {
  fast: { ...HERE, model: 'small', slots: 4 },
  deep: { ...HERE, model: 'large', slots: 1 },
  reviewer: { ...HERE, model: 'small', slots: 2 },
}
const can = (capability: Partial<Capability>): Capability => ({ ...PLAIN, ...capability })
/** qwen2.5-coder of 7 and of 14 billion parameters. */
const SMALL = { bytes: 4.7 * GB, bytesPerToken: 57_344, window: 16_384 }
const LARGE = { bytes: 9 * GB, bytesPerToken: 196_608, window: 16_384 }
const machine = (gigabytes: number) => ({ total: gigabytes * GB, free: null })

test('of models of which nothing is known nothing is narrowed', () => {
  const { tiers, width, notes } = fitTiers(TIERS, {}, machine(8))
  assert.deepEqual(tiers, TIERS)
  assert.deepEqual(width, { together: {}, sequential: null })
  assert.deepEqual(notes, [])
})

test('a tier makes as many calls at once as contexts fit, and says how much memory would hold all', () => {
  const known = { fast: can(SMALL), deep: can(LARGE), reviewer: can(SMALL) }
  const { tiers, width, notes } = fitTiers(TIERS, known, machine(9))
  assert.equal(tiers.fast?.slots, 2)
  assert.deepEqual(width, { together: { fast: 2 }, sequential: null })
  assert.deepEqual(notes, [
    'fast makes 2 of 4 calls at once: a context of small takes 0.9 GB; 8.5 GB would hold all, and there are 7.2 GB',
  ])
})

test('where only one context fits, all models at home stand in one line, and that is said', () => {
  const cloud = { url: 'https://api.example.com/v1', apiKey: null, model: 'huge', slots: 2 }
  const known = { fast: can(SMALL), deep: can(LARGE), reviewer: can(SMALL) }
  const { tiers, width, notes } = fitTiers({ ...TIERS, cloud }, known, machine(8))
  assert.deepEqual(
    Object.values(tiers).map(({ slots, line }) => [slots, line]),
    [
      [1, 'one at a time'],
      [1, 'one at a time'],
      [1, 'one at a time'],
      [2, undefined],
    ],
  )
  assert.equal(width.sequential, '6.4 GB hold one context of small')
  assert.deepEqual(notes, [
    'sequential: one call at a time, one model after the other, because 6.4 GB hold one context of small',
  ])
})

test('of another machine’s memory nothing is known, and a slot more than was measured may be there', () => {
  const url = 'http://192.168.1.5:11434/v1'
  const there = { fast: { ...TIERS.fast, url, slots: 9 } }
  const known = { fast: can({ ...LARGE, slots: 4, slotsFrom: 'measured' }) }
  assert.equal(fitTiers(there, known, machine(8)).tiers.fast?.slots, 9)
})

const TAGS = [
  { name: 'coder:7b', size: 4.7 * GB, model_info: shape(28, 3584, 28, 4) },
  { name: 'coder:14b', size: 9 * GB, model_info: shape(48, 5120, 40, 8) },
]
function shape(layers: number, width: number, heads: number, kept: number): object {
  return {
    'general.architecture': 'qwen2',
    'qwen2.block_count': layers,
    'qwen2.embedding_length': width,
    'qwen2.attention.head_count': heads,
    'qwen2.attention.head_count_kv': kept,
  }
}

test('models that the user named stay, and that they push each other out is said', async (t) => {
  const ollama = await startOllama(t, TAGS)
  const config = { ...FileConfig.parse({}), litellmUrl: ollama.url, litellmApiKey: null }
  const named = {
    ...config,
    ...FileConfig.parse({ tiers: { fast: { model: 'coder:7b' }, deep: { model: 'coder:14b' } } }),
  }
  const { tiers, notes } = await detectTiers(named, { places: [], memoryBytes: 16 * GB }, never)
  assert.deepEqual([tiers.fast?.model, tiers.deep?.model], ['coder:7b', 'coder:14b'])
  assert.match(
    notes.join('\n'),
    /^coder:7b and coder:14b take 20\.\d GB with their contexts and push each other out of memory; one in every role stays loaded, in quorum\.config\.json: \{"tiers":\{"fast":\{"model":"coder:7b"\},/m,
  )
})

test('two that were shared out by their weights are one, once their contexts are counted', async (t) => {
  const ollama = await startOllama(t, [
    { ...TAGS[0]!, name: 'coder:3b', size: 2 * GB },
    { ...TAGS[1]!, size: 7 * GB },
  ])
  const config = { ...FileConfig.parse({}), litellmUrl: ollama.url, litellmApiKey: null }
  const { tiers, notes } = await detectTiers(config, { places: [], memoryBytes: 15.2 * GB }, never)
  assert.deepEqual(
    Object.values(tiers).map(({ model }) => model),
    ['coder:3b', 'coder:3b', 'coder:3b'],
  )
  assert.match(notes[0]!, /^coder:3b takes fast: coder:3b and coder:14b with their contexts do not fit/)
})
