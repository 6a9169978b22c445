import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeAmong, placeOf, placeOfAddress } from '../../../src/models/leaving/place.ts'

test('an address of this machine or its network is local, any other is in the cloud', () => {
  const local = [
    'http://localhost:4000/v1',
    'http://127.0.0.1:1/v1',
    'http://[::1]:1/v1',
    'http://192.168.1.9/v1',
    'http://10.0.0.5:8080/v1',
    'http://172.31.0.1/v1',
    'http://100.100.1.1/v1',
    'http://[fd12::1]/v1',
    'http://litellm:4000/v1',
    'http://host.docker.internal:11434/v1',
    'http://big-box.local/v1',
    'http://box.lan./v1',
  ]
  const cloud = [
    'https://api.openai.com/v1',
    'http://8.8.8.8/v1',
    'http://172.32.0.1/v1',
    'http://[2606:4700::1111]/v1',
    'https://localhost.example.com/v1',
    'https://local.example/v1',
  ]
  for (const url of local) assert.equal(placeOfAddress(url), 'local', url)
  for (const url of cloud) assert.equal(placeOfAddress(url), 'cloud', url)
})

test('what the configuration says beats the address, and a name that Ollama forwards is in the cloud', () => {
  const here = 'http://127.0.0.1:11434/v1'
  assert.equal(placeOf({ url: here, model: 'qwen3' }), 'local')
  assert.equal(placeOf({ url: here, model: 'gpt-oss:120b-cloud' }), 'cloud')
  assert.equal(placeOf({ url: here, model: 'qwen3', place: 'cloud' }), 'cloud')
  assert.equal(placeOf({ url: 'https://gpu.example/v1', model: 'qwen3', place: 'local' }), 'local')
})

test('a model beside the tiers is where its server’s tiers are known to be', () => {
  const gateway = 'http://127.0.0.1:4000/v1'
  const there = { url: gateway, model: 'gpt', place: 'cloud' } as const
  assert.equal(placeAmong({ url: gateway, model: 'gpt' }, { cloud: there }), 'cloud')
  assert.equal(placeAmong({ url: gateway, model: 'other' }, { cloud: there }), 'cloud')
  const both = { fast: { url: gateway, model: 'small' }, cloud: there }
  assert.equal(placeAmong({ url: gateway, model: 'other' }, both), 'local')
  assert.equal(placeAmong({ url: gateway, model: 'gpt' }, both), 'cloud')
})
