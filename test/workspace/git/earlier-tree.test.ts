import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { SwarmError } from '../../../src/core/errors.ts'
import type { WorkspaceService } from '../../../src/workspace/workspaces.ts'
import { makeRepository, type Repository } from '../../support/repository.ts'
import { never, serve } from '../served-scene.ts'

const FILES = { 'a.txt': 'one\ntwo\n', 'lib/b.txt': 'b\n' }

/** The base a change was made from, and the change. */
async function changed(service: WorkspaceService) {
  await using project = await service.open({ kind: 'named', name: 'app' }, never)
  const isBelow = (await project.files(project.base)).includes('b.txt')
  const changes = [
    { path: 'a.txt', content: 'one\ntwo and a half\n' },
    { path: 'c.txt', content: 'no line end' },
    { path: isBelow ? 'b.txt' : 'lib/b.txt', content: null },
  ]
  const tree = await project.write(project.base, changes, never)
  const { diff } = await project.diff(project.base, tree, never)
  return { tree: project.base, commit: project.commit, diff }
}

const isGone = (error: unknown): boolean => {
  assert.ok(error instanceof SwarmError)
  assert.equal(error.fault, 'not-found')
  assert.match(error.message, /is not, with or without the change, what the change was made from/)
  return true
}

async function apply(repository: Repository, diff: string): Promise<void> {
  await repository.write({ '.git/change.diff': diff })
  await repository.git('apply', '.git/change.diff')
}

test('the folder as it is, without the change, or its commit: whichever has the very tree', async () => {
  await using repository = await makeRepository(FILES)
  await using served = await serve({ app: repository.path })
  const earlier = await changed(served.service)
  const opensAt = async (): Promise<string> => {
    await using project = await served.service.openEarlier('app', earlier, never)
    assert.equal(await project.read(project.base, 'a.txt'), FILES['a.txt'])
    return project.base
  }
  assert.equal(await opensAt(), earlier.tree, 'as it is')
  await apply(repository, earlier.diff)
  assert.equal(await opensAt(), earlier.tree, 'with the change applied')
  await repository.git('add', '--all')
  await repository.git('commit', '--quiet', '--message=second')
  await repository.write({ 'a.txt': 'something else\n' })
  assert.equal(await opensAt(), earlier.tree, 'from the commit before')
  assert.equal(await repository.git('status', '--short'), ' M a.txt\n', 'and nothing of the user is touched')
})

test('a base that was never committed is found with and without the change, and only so', async () => {
  await using repository = await makeRepository(FILES)
  await repository.write({ 'a.txt': 'one\ntwo\nthree\n' })
  await using served = await serve({ app: repository.path })
  const earlier = await changed(served.service)
  await apply(repository, earlier.diff)
  await using project = await served.service.openEarlier('app', earlier, never)
  assert.equal(project.base, earlier.tree)
  await repository.write({ 'lib/b.txt': 'B\n' })
  await assert.rejects(served.service.openEarlier('app', earlier, never), isGone)
})

test('in a folder of a repository it is the folder that the commit is asked for', async () => {
  await using repository = await makeRepository(FILES)
  await using served = await serve({ app: join(repository.path, 'lib') })
  const earlier = await changed(served.service)
  await repository.write({ 'lib/b.txt': 'B\n' })
  await using project = await served.service.openEarlier('app', earlier, never)
  assert.equal(project.base, earlier.tree)
  assert.deepEqual(await project.files(project.base), ['b.txt'])
})

test('without git only the folder itself can be the base', async () => {
  await using folder = await makeRepository(FILES, { git: false })
  await mkdir(join(folder.path, 'empty'))
  await using served = await serve({ app: folder.path })
  const earlier = await changed(served.service)
  assert.equal(earlier.commit, null)
  {
    await using project = await served.service.openEarlier('app', earlier, never)
    assert.equal(project.base, earlier.tree)
  }
  await folder.write({ 'a.txt': 'else\n' })
  await assert.rejects(served.service.openEarlier('app', earlier, never), isGone)
})

test('a commit that nobody has is no base, and neither is one that holds other files', async () => {
  await using repository = await makeRepository(FILES)
  await using served = await serve({ app: repository.path })
  const earlier = await changed(served.service)
  await repository.write({ 'a.txt': 'else\n' })
  const unknown = { ...earlier, commit: 'd'.repeat(40) }
  await assert.rejects(served.service.openEarlier('app', unknown, never), isGone)
  const other = { ...earlier, tree: 'e'.repeat(40) }
  await assert.rejects(served.service.openEarlier('app', other, never), isGone)
})
