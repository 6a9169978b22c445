import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Gate } from '../../src/core/task.ts'
import { createSlots } from '../../src/slots.ts'
import { createGrounds } from '../../src/workspace/grounds.ts'
import { removeTree } from '../../src/workspace/remove.ts'
import { gateOf } from '../support/gate.ts'
import { startRegistry } from '../support/npm-registry.ts'
import { UNHELD } from '../support/unheld.ts'

const patient = { timeout: 300_000 }
const never = new AbortController().signal
const quick: Gate['quick'] = { command: ['oxlint'], endings: ['.js'], names: 'files' }
const REQUEST = 'write a library that greets'

const library = (dependencies: Record<string, string>, test = 'node --test'): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'l', scripts: { lint: 'oxlint', test }, dependencies }),
  'greet.js': '',
})

test('trees that name the same packages share one install', patient, async (t) => {
  const { grounds, pools, registry } = await openPlace(t, {
    one: library({ greet: '1.0.0' }),
    // what stood beside the project before is none of it
    two: {
      ...library({ greet: '1.0.0' }),
      'greet.js': 'other',
      '.agent/package.json': '{ "dependencies": { "nobody": "1" } }',
    },
    three: library({ greet: '^1.0.0' }),
  })
  const found = await Promise.all(['one', 'two', 'three'].map((tree) => grounds.of(tree, REQUEST, never)))
  assert.deepEqual(
    found.map(({ kind }) => kind),
    ['judge', 'judge', 'judge'],
  )
  assert.equal(pools.length, 2)
  for (const folder of pools) assert.ok(existsSync(join(folder, 'node_modules', 'greet', 'package.json')))
  assert.ok(registry.asked.length > 0)
})

test('where everything is new, nothing is checked twice', patient, async (t) => {
  const { grounds } = await openPlace(t, { good: library({}) })
  const ground = await grounds.of('good', REQUEST, never)
  assert.ok(ground.kind === 'judge')
  assert.deepEqual(
    ground.gates.map(({ command, quick }) => [command, quick]),
    [[['oxlint'], null]],
  )
})

test('a tree whose checks are none is refused before anything is installed', patient, async (t) => {
  const { grounds, registry } = await openPlace(t, { soft: library({ greet: '1.0.0' }, 'true') })
  const ground = await grounds.of('soft', REQUEST, never)
  assert.ok(ground.kind === 'refused')
  assert.deepEqual([ground.run.gate, ground.run.exitCode], ['new project', 1])
  assert.match(ground.run.diagnostics[0]?.message ?? '', /^"test": /)
  assert.deepEqual(registry.asked, [])
})

test('a tree that names a package nobody has is refused with its name', patient, async (t) => {
  const { grounds } = await openPlace(t, { lost: library({ gret: '1.0.0' }) })
  const ground = await grounds.of('lost', REQUEST, never)
  assert.ok(ground.kind === 'refused')
  const [diagnostic] = ground.run.diagnostics
  assert.deepEqual([ground.run.gate, diagnostic?.file, diagnostic?.code], ['install', 'package.json', 'E404'])
  assert.match(diagnostic?.message ?? '', /gret@1\.0\.0/)
})

test('a registry that is away says nothing about a tree', patient, async (t) => {
  const { grounds, registry } = await openPlace(t, { good: library({ greet: '1.0.0' }) })
  await registry[Symbol.asyncDispose]()
  await assert.rejects(grounds.of('good', REQUEST, never), { name: 'SwarmError', fault: 'upstream' })
})

test('one that waits no longer leaves the install to the others; closing ends it', patient, async (t) => {
  const { grounds } = await openPlace(t, { good: library({ greet: '1.0.0' }) })
  const stop = new AbortController()
  const left = grounds.of('good', REQUEST, stop.signal)
  const stayed = grounds.of('good', REQUEST, never)
  await setImmediate()
  stop.abort(new Error('not wanted'))
  await assert.rejects(left, { message: 'not wanted' })
  assert.equal((await stayed).kind, 'judge')

  const closed = await openPlace(t, { good: library({ greet: '1.0.0' }) })
  const waiting = assert.rejects(closed.grounds.of('good', REQUEST, never), {
    message: 'the project is closed',
  })
  await setImmediate()
  await closed.grounds[Symbol.asyncDispose]()
  await waiting
})

/** Trees given as files, and a registry that has one package. */
async function openPlace(t: TestContext, trees: Record<string, Record<string, string>>) {
  const at = await realpath(await mkdtemp('/var/tmp/quorum-grounds-'))
  t.after(() => removeTree(at))
  const registry = await startRegistry([{ name: 'greet', version: '1.0.0' }])
  t.after(() => registry[Symbol.asyncDispose]())
  const home = process.env['HOME']
  t.after(() => (process.env['HOME'] = home))
  process.env['HOME'] = at
  await writeFile(join(at, '.npmrc'), `registry=${registry.url}\n`)
  const pools: string[] = []
  const grounds = createGrounds({
    room: join(at, 'room'),
    downloads: join(at, 'downloads'),
    cage: UNHELD.cage,
    slots: createSlots(2),
    beside: new Set(['.agent/package.json']),
    files: async (tree) => Object.keys(trees[tree] ?? {}),
    read: async (tree, path) => trees[tree]?.[path],
    gatesOf: async () => [gateOf(['oxlint'], { quick })],
    openPool: async (folder) => {
      pools.push(folder)
      return { checkout: () => Promise.reject(new Error('nothing is checked out here')) }
    },
  })
  t.after(() => grounds[Symbol.asyncDispose]())
  return { grounds, pools, registry }
}
