import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLAIN, type Capability } from '../../../src/core/capability.ts'
import type { Fit } from '../../../src/core/fit/fit.ts'
import { improvements, type InRole } from '../../../src/models/finding/improve.ts'

const GB = 1e9
const inRole = (capability: Partial<Capability>, more: Partial<InRole> = {}): InRole => ({
  model: 'coder',
  url: 'http://localhost/v1',
  ...more,
  capability: { ...PLAIN, bytes: 9 * GB, ...capability },
})
const FITS: Fit = { models: [], together: true }
const around = (memory: number, platform: NodeJS.Platform = 'win32', fit = FITS) => ({
  machine: { total: memory, free: null },
  fit,
  platform,
})

type Row = { name: string; role: InRole; memory?: number; platform?: NodeJS.Platform; says: RegExp }
const ROWS: Row[] = [
  {
    name: 'an Ollama with one slot is told how to have four',
    role: inRole({ server: 'ollama', slots: 1, window: 32_768 }),
    says: /answers one request at a time.*; start Ollama with: OLLAMA_NUM_PARALLEL=4 .*ollama serve$/,
  },
  {
    name: 'on a Mac also as the app it usually is',
    role: inRole({ server: 'ollama', slots: 1, window: 32_768 }),
    platform: 'darwin',
    says: /ollama serve; for the app: launchctl setenv OLLAMA_NUM_PARALLEL 4 && launchctl setenv OLLAMA_CONTEXT_LENGTH 16384, and start it anew$/,
  },
  {
    name: 'on Linux also as the service it usually is',
    role: inRole({ server: 'ollama', slots: 1, window: 32_768 }),
    platform: 'linux',
    says: /'\[Service\]' 'Environment=OLLAMA_NUM_PARALLEL=4' 'Environment=OLLAMA_CONTEXT_LENGTH=16384' \| sudo tee \S+\/quorum\.conf && sudo systemctl daemon-reload && sudo systemctl restart ollama$/,
  },
  {
    name: 'an Ollama with its usual window is told how to have a larger one',
    role: inRole({ server: 'ollama', slots: 4, window: 4_096 }),
    says: /reads 4,096 tokens at once.*OLLAMA_CONTEXT_LENGTH=16384 ollama serve$/,
  },
  {
    name: 'an Ollama that tells neither is told what it does by default',
    role: inRole({ server: 'ollama' }),
    says: /one request at a time and reads 4k tokens unless told otherwise/,
  },
  {
    // qwen2.5-coder:14b: 48 layers, 8 heads of 128
    name: 'a 14B whose contexts do not fit beside it is told how many do, and how much would do',
    role: inRole({ server: 'ollama', slots: 4, window: 16_384, bytesPerToken: 196_608 }),
    memory: 16 * GB,
    says: /9\.0 GB of weights and 12\.9 GB for 4 contexts, of 16\.0 GB; 27\.4 GB would do.*OLLAMA_KV_CACHE_TYPE=q8_0 OLLAMA_NUM_PARALLEL=2 /,
  },
  {
    name: 'a model that is only partly on the graphics card is told how to take less',
    role: inRole({ server: 'ollama', slots: 4, window: 16_384, held: 20 * GB, onGraphics: 15 * GB }),
    says: /takes 20\.0 GB, and only 75 % of it is on the graphics card.*OLLAMA_KV_CACHE_TYPE=q8_0 ollama serve$/,
  },
  {
    name: 'a llama-server gets the whole of its window for each slot',
    role: inRole({ server: 'llamacpp', slots: 1, window: 4_096 }),
    says: /--parallel 4 --ctx-size 65536$/,
  },
  {
    name: 'LM Studio loads the model anew',
    role: inRole({ server: 'lmstudio', window: 4_096 }),
    says: /lms load coder --context-length 16384$/,
  },
  {
    name: 'vLLM is started with a larger window',
    role: inRole({ server: 'vllm', window: 8_192 }),
    says: /vllm serve coder --max-model-len 16384$/,
  },
]
for (const { name, role, memory = 64 * GB, platform, says } of ROWS) {
  test(name, () => {
    const advice = improvements([role, role], around(memory, platform))
    assert.equal(advice.length, 1)
    assert.match(advice[0]!, says)
  })
}

test('what is well set up, or somebody else’s to set up, gets no advice', () => {
  const fine = [
    inRole({ server: 'ollama', slots: 4, window: 32_768, bytesPerToken: 57_344 }),
    inRole({ server: 'ollama', elsewhere: true }, { model: 'a' }),
    inRole({ server: 'llamacpp', slots: 5, window: 16_384 }, { model: 'b' }),
    inRole({ server: 'vllm' }, { model: 'c' }),
    inRole({ server: 'litellm' }, { model: 'd' }),
    inRole({}, { model: 'e' }),
  ]
  assert.deepEqual(improvements(fine, around(64 * GB)), [])
})

test('more models than Ollama keeps are told how they all stay loaded', () => {
  const fine = { server: 'ollama', slots: 4, window: 32_768 } as const
  const roles = ['a', 'b', 'c', 'd'].map((model) => inRole(fine, { model }))
  assert.deepEqual(improvements(roles.slice(1), around(64 * GB)), [])
  assert.match(improvements(roles, around(64 * GB)).join(), /OLLAMA_MAX_LOADED_MODELS=4 ollama serve$/)
})
