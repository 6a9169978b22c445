import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { makeRepository } from '../support/repository.ts'
import { never, serve } from './served-scene.ts'
import { downloadsIn, sweepLeftovers, touchDownloads } from '../../src/workspace/leftovers.ts'

const WORKSPACES = join(import.meta.dirname, '../../src/workspace/workspaces.ts')
const UNHELD = join(import.meta.dirname, '../support/unheld.ts')
/** Opens a project and then waits for its death. */
const OPENER = `
  const [module, unheld, path, cacheDir] = process.argv.slice(1)
  const { createWorkspaces } = await import(module)
  const { UNHELD: confinement } = await import(unheld)
  const service = createWorkspaces({ confinement, sources: [{ name: 'here', path }], gates: {}, gateSlots: 1, cacheDir })
  await service.open({ kind: 'named', name: 'here' }, new AbortController().signal)
  console.log('open')
  setInterval(() => {}, 1000)
`

async function makeCache(t: TestContext): Promise<string> {
  const cache = await mkdtemp(join(tmpdir(), 'quorum-cache-'))
  t.after(() => rm(cache, { recursive: true, force: true }))
  return cache
}

test('what a killed process left is swept, and what a living one has stays', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using served = await serve({ here: repository.path })
  const args = ['--input-type=module', '-e', OPENER, WORKSPACES, UNHELD, repository.path, served.cache]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    const [theirs = ''] = await readdir(served.cache)
    await using project = await served.service.open({ kind: 'named', name: 'here' }, never)
    assert.equal((await readdir(served.cache)).length, 2)
    assert.equal(await served.service.sweep(), 0)

    child.kill('SIGKILL')
    await once(child, 'exit')
    assert.equal(await served.service.sweep(), 1)
    const left = await readdir(served.cache)
    assert.equal(left.length, 1)
    assert.equal(left.includes(theirs), false)
    assert.equal(await project.read(project.base, 'a.txt'), 'a\n')
  } finally {
    child.kill('SIGKILL')
  }
})

test('folders that are not ours, and one in the making, are left alone', async (t) => {
  const cache = await makeCache(t)
  const dead = JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' })
  await mkdir(join(cache, 'models'))
  await writeFile(join(cache, 'models', 'owner.json'), dead)
  await mkdir(join(cache, 'tasks-in-the-making'))
  await mkdir(join(cache, 'tasks-odd'))
  await writeFile(join(cache, 'tasks-odd', 'owner.json'), '{"pid":')
  assert.equal(await sweepLeftovers(cache), 0)
  assert.deepEqual((await readdir(cache)).toSorted(), ['models', 'tasks-in-the-making', 'tasks-odd'])
})

test('a process that has the number of a dead owner is not taken for it', async (t) => {
  const cache = await makeCache(t)
  await mkdir(join(cache, 'tasks-old'))
  const owner = JSON.stringify({ pid: process.pid, startedAt: '1' })
  await writeFile(join(cache, 'tasks-old', 'owner.json'), owner)
  assert.equal(await sweepLeftovers(cache), 1)
  assert.deepEqual(await readdir(cache), [])
})

test('a cache that is not there is swept without a word', async (t) => {
  assert.equal(await sweepLeftovers(join(await makeCache(t), 'absent')), 0)
})

test('downloads that nobody needed for a month are swept, others stay', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'quorum-sweep-'))
  const downloads = downloadsIn(cache)
  await touchDownloads(downloads)
  await sweepLeftovers(cache)
  assert.deepEqual(await readdir(cache), ['downloads'])
  const longAgo = new Date(Date.now() - 31 * 24 * 3_600_000)
  await utimes(downloads, longAgo, longAgo)
  await sweepLeftovers(cache)
  assert.deepEqual(await readdir(cache), [])
  await rm(cache, { recursive: true })
})
