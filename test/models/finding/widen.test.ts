import assert from 'node:assert/strict'
import { test } from 'node:test'
import { windowFor } from '../../../src/core/fit/sized.ts'
import { widen } from '../../../src/models/finding/widen.ts'

test('the window to advise is the usual one, or that doubled until the prompt fits', () => {
  const table = [
    [1, 16_384],
    [16_384, 16_384],
    [16_385, 32_768],
    [32_768, 32_768],
    [100_000, 131_072],
  ] as const
  for (const [tokens, expected] of table) assert.equal(windowFor(tokens), expected)
})

test('each server is told in its own words, and slots that share a window get it each', () => {
  const said = (server: Parameters<typeof widen>[0]['server'], slots: number | null = null): string =>
    widen({ server, slots }, 'coder:7b', 32_768)
  assert.match(said('ollama'), /OLLAMA_CONTEXT_LENGTH=32768 ollama serve.*ollama create coder-32k/)
  assert.match(said('llamacpp'), /--parallel 4 --ctx-size 131072$/)
  assert.match(said('llamacpp', 1), /--parallel 1 --ctx-size 32768$/)
  for (const server of ['vllm', 'sglang', 'lmstudio', 'litellm'] as const) assert.match(said(server), /32768/)
})
