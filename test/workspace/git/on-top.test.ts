import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { EarlierChange, FileChange } from '../../../src/core/task.ts'
import { putOnTop } from '../../../src/workspace/git/on-top.ts'
import { takeSnapshot } from '../../../src/workspace/git/repository.ts'
import { createTrees } from '../../../src/workspace/git/trees.ts'
import { makeRepository } from '../../support/repository.ts'
import { never, serve } from '../served-scene.ts'

const lines = (...changed: [number, string][]): string =>
  Array.from(
    { length: 30 },
    (_, at) => `${changed.find(([line]) => line === at)?.[1] ?? `line ${at}`}\n`,
  ).join('')

const FILES = {
  'a.txt': lines(),
  'gone.txt': 'soon\n',
  'lib/odd name ü.txt': 'b\n',
  'crlf.txt': 'one\r\ntwo\r\n',
}
const CHANGES: readonly FileChange[] = [
  { path: 'a.txt', content: lines([10, 'changed']) },
  { path: 'gone.txt', content: null },
  { path: 'lib/odd name ü.txt', content: 'B\n' },
  { path: 'crlf.txt', content: 'one\r\n2\r\n' },
  { path: 'new/c.txt', content: 'no line end' },
]

/** A repository, and a way to look at it as a task does, without opening all that a project is. */
async function scene(files: Readonly<Record<string, string>>) {
  const repository = await makeRepository(files)
  const room = await mkdtemp(join(tmpdir(), 'quorum-on-top-'))
  let looks = 0
  const look = async () => {
    const snapshot = await takeSnapshot(repository.path, join(room, String((looks += 1))), never)
    return { snapshot, theirs: snapshot.base, trees: createTrees(snapshot.gitDir, never) }
  }
  return {
    repository,
    look,
    /** A change of these files as it would be delivered, and the tree it makes. */
    async deliver(changes: readonly FileChange[]): Promise<EarlierChange & { made: string }> {
      const { theirs: tree, trees } = await look()
      const made = await trees.write(tree, changes, never)
      const { diff } = await trees.diff(tree, made, never)
      return { task: 'task_1', request: 'change it', diff, tree, made }
    },
    /** How the change stands now, and what would be worked on. */
    async put(upon: EarlierChange) {
      const { snapshot, theirs, trees } = await look()
      const { how, clashes, tree } = await putOnTop(upon, snapshot, never)
      return { how, clashes, base: tree, theirs, text: await trees.read(tree, 'a.txt') }
    },
    async apply(diff: string): Promise<void> {
      await repository.write({ '.git/change.diff': diff })
      await repository.git('apply', '.git/change.diff')
    },
    async [Symbol.asyncDispose]() {
      await repository[Symbol.asyncDispose]()
      await rm(room, { recursive: true, force: true })
    },
  }
}

test('a change that the files lack is added, one that they hold is in place', async () => {
  await using here = await scene(FILES)
  const upon = await here.deliver(CHANGES)
  const before = await here.put(upon)
  assert.deepEqual([before.how, before.theirs, before.base], ['added', upon.tree, upon.made])
  assert.equal(await here.repository.git('status', '--short'), '', 'nothing of the user is touched')

  await here.apply(upon.diff)
  const after = await here.put(upon)
  assert.deepEqual([after.how, after.theirs, after.base], ['in-place', upon.made, upon.made])
})

test('what the user has applied of it, and what he has written beside it, stays his', async () => {
  await using here = await scene(FILES)
  const upon = await here.deliver(CHANGES)
  await here.repository.write({
    'a.txt': lines([25, 'his']),
    'lib/odd name ü.txt': 'B\n',
    'his.txt': 'his\n',
  })
  const apart = await here.put(upon)
  assert.deepEqual([apart.how, apart.text], ['added', lines([10, 'changed'], [25, 'his'])])

  await here.apply(
    ['a.txt', 'gone.txt', 'crlf.txt', 'new/c.txt'].map((path) => part(upon.diff, path)).join(''),
  )
  const whole = await here.put(upon)
  assert.deepEqual([whole.how, whole.base], ['in-place', whole.theirs])
  assert.equal(whole.text, lines([10, 'changed'], [25, 'his']))
})

test('a change that clashes in one file is left out of all', async () => {
  await using here = await scene(FILES)
  const upon = await here.deliver(CHANGES)
  await here.repository.write({ 'a.txt': lines([10, 'something else']), 'new/c.txt': 'already here\n' })
  const { how, clashes, base, theirs, text } = await here.put(upon)
  assert.deepEqual([how, clashes, base], ['left-out', ['a.txt', 'new/c.txt'], theirs])
  assert.equal(text, lines([10, 'something else']))
})

test('a file whose mode changes too is told by trying', async () => {
  await using here = await scene({ 'a.txt': 'echo one\n' })
  const { theirs: tree } = await here.look()
  await here.repository.write({ 'a.txt': 'echo two\n' })
  await chmod(join(here.repository.path, 'a.txt'), 0o755)
  const diff = await here.repository.git('diff', '--binary', '--full-index')
  assert.match(diff, /^old mode 100644$/m)
  const upon = { task: 'task_1', request: 'r', diff, tree }
  assert.equal((await here.put(upon)).how, 'in-place')
  await here.repository.git('checkout', '--quiet', 'a.txt')
  assert.equal((await here.put(upon)).how, 'added')
})

test('files that came with the request are opened like a folder, with the change in them', async () => {
  await using here = await scene(FILES)
  const upon = await here.deliver(CHANGES)
  await using served = await serve({})
  const files = Object.entries(FILES).map(([path, content]) => ({ path, content }))
  await using project = await served.service.openOnTop({ kind: 'files', files }, upon, never)
  const { onTop, theirs, base } = project
  assert.deepEqual([onTop?.how, onTop?.asThen, theirs, base], ['added', true, upon.tree, upon.made])
})

test('a project that only the earlier change has begun is judged as a new one', async () => {
  const script = '{ "scripts": { "test": "node --test" } }\n'
  await using here = await scene({})
  const upon = await here.deliver([{ path: 'package.json', content: script }])
  await using served = await serve({ here: here.repository.path })
  await using project = await served.service.openOnTop({ kind: 'named', name: 'here' }, upon, never)
  assert.deepEqual([project.onTop?.how, await project.files(project.base)], ['added', ['package.json']])
  assert.deepEqual(project.gates, [], 'its checks are those of each tree')
  const judge = await project.judgeOf(project.base, 'print the numbers', never)
  assert.equal(judge.kind, 'refused', 'and what a new project needs, it needs still')
})

const part = (diff: string, path: string): string =>
  diff.split(/^(?=diff --git )/m).find((section) => section.includes(` b/${path}\n`)) ?? assert.fail(path)
