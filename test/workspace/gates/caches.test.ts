import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Project } from '../../../src/cascade/ports.ts'
import type { Gate } from '../../../src/core/task.ts'
import { findCage, hasCage } from '../../support/caged.ts'
import { gateOf } from '../../support/gate.ts'
import { makeRepository } from '../../support/repository.ts'
import { never, openFolder } from '../served-scene.ts'

const cage = await findCage()
const confinement = { cage, unsafeGates: false }

/** Says what the cache holds, and adds to it. */
const note = (word: string): Gate =>
  gateOf(['sh', '-c', `cat {cache}/notes 2>/dev/null; echo ${word} >> {cache}/notes`])

async function runOn(project: Project, tree: string, gates: readonly Gate[], { keep = false } = {}) {
  await using workspace = await project.checkout(tree, never)
  const logs: string[] = []
  for (const gate of gates) logs.push((await workspace.run(gate, never)).log)
  if (keep) await workspace.keepCaches()
  return logs
}

test('every checkout starts from what the base’s gates left, and nobody’s writes reach the next', async (t) => {
  if (!hasCage(t, cage, { overlays: true })) return
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await using opened = await openFolder(repository.path, { confinement })
  const { project } = opened
  const other = await project.write(project.base, [{ path: 'a.txt', content: 'two\n' }], never)
  assert.deepEqual(await runOn(project, project.base, [note('base')], { keep: true }), [''])
  // what a candidate wrote is there for its own later gates, and for nobody else
  assert.deepEqual(await runOn(project, other, [note('poison'), note('more')]), ['base\n', 'base\npoison\n'])
  assert.deepEqual(await runOn(project, other, [note('again')]), ['base\n'])
})

test('only the base may hand its caches on', async (t) => {
  if (!hasCage(t, cage, { overlays: true })) return
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await using opened = await openFolder(repository.path, { confinement })
  const { project } = opened
  const other = await project.write(project.base, [{ path: 'a.txt', content: 'two\n' }], never)
  await runOn(project, other, [note('poison')], { keep: true })
  assert.deepEqual(await runOn(project, project.base, [note('x')]), [''])
})

test('what a candidate changed is newer than the caches it is given, whenever it was checked out', async (t) => {
  if (!hasCage(t, cage, { overlays: true })) return
  await using repository = await makeRepository({ 'a.txt': 'one\n', 'b.txt': 'one\n' })
  await using opened = await openFolder(repository.path, { confinement })
  const { project } = opened
  const other = await project.write(project.base, [{ path: 'a.txt', content: 'two\n' }], never)
  await using early = await project.checkout(other, never)
  await runOn(project, project.base, [note('base')], { keep: true })
  const newer = gateOf([
    'sh',
    '-c',
    'for f in a.txt b.txt; do [ $f -nt {cache}/notes ] && echo $f; done; true',
  ])
  assert.equal((await early.run(newer, never)).log, 'a.txt\n')
})

test('a link that a gate left where a cache belongs is taken away and not followed', async (t) => {
  if (!hasCage(t, cage, { overlays: true })) return
  const files = {
    'package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '1' } }),
  }
  await using repository = await makeRepository(files)
  await using elsewhere = await makeRepository({ 'mine.txt': 'mine\n' })
  await using opened = await openFolder(repository.path, { confinement })
  const { project } = opened
  const build = project.gates.find(({ kind }) => kind === 'build')
  assert.ok(build)
  assert.deepEqual(build.caches, ['.next/cache'])
  const asBuild = (script: string): Gate => ({ ...build, command: ['sh', '-c', script] })
  await runOn(project, project.base, [asBuild('mkdir -p .next/cache && echo kept > .next/cache/x')], {
    keep: true,
  })
  const tree = await project.write(project.base, [{ path: 'b.txt', content: '\n' }], never)
  await using workspace = await project.checkout(tree, never)
  await workspace.run(gateOf(['sh', '-c', `ln -s ${elsewhere.path} .next`]), never)
  assert.equal((await workspace.run(asBuild('cat .next/cache/x'), never)).log, 'kept\n')
  assert.equal(await elsewhere.git('status', '--porcelain'), '')
})

test('inside the cage every workspace stands at the same place', async (t) => {
  if (!hasCage(t, cage)) return
  if (!cage.fixedPlaces) return t.skip('this sandbox cannot show a folder elsewhere than it is')
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await using opened = await openFolder(repository.path, { confinement })
  const { project } = opened
  await using first = await project.checkout(project.base, never)
  await using second = await project.checkout(project.base, never)
  const logs = await Promise.all(
    [first, second].map(
      async (workspace) => (await workspace.run(gateOf(['sh', '-c', 'pwd; echo ~']), never)).log,
    ),
  )
  assert.deepEqual(logs, ['/workspace\n/home/quorum\n', '/workspace\n/home/quorum\n'])
})
