import assert from 'node:assert/strict'
import { mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { SwarmError } from '../../src/core/errors.ts'
import { makeRepository } from '../support/repository.ts'
import { never, serve } from './served-scene.ts'

const ODD = ['', '.', '..', '../escape', 'in/../in', '/', 'in/', './in', 'in\\x', 'in\0', 'C:/in', 'none']

test('a workspace is known by its name, and below the root by its path', async () => {
  await using outside = await makeRepository({ 'secret.txt': 's\n' })
  await using root = await makeRepository({ 'readme.txt': '' }, { git: false })
  await root.write({ 'team/in/a.txt': 'a\n', 'plain/b.txt': 'b\n' })
  await root.git('init', '--quiet', 'team/in')
  await symlink(outside.path, join(root.path, 'escape'))
  await symlink('team/in', join(root.path, 'alias'))
  await using served = await serve({ main: outside.path }, { root: root.path })
  const { service } = served
  assert.deepEqual(service.names(), ['main'])
  for (const name of ['main', 'team/in', 'alias']) assert.equal(await service.has(name), true, name)
  for (const name of [...ODD, 'escape', 'plain', 'team', outside.path, 'readme.txt']) {
    assert.equal(await service.has(name), false, JSON.stringify(name))
    await assert.rejects(service.open({ kind: 'named', name }, never), (error) => {
      assert.ok(error instanceof SwarmError)
      assert.equal(error.fault, 'bad-request')
      assert.match(error.message, /there is: main, and any git repository below the workspace root/)
      return true
    })
  }
  await using project = await service.open({ kind: 'named', name: 'team/in' }, never)
  assert.equal(project.name, 'team/in')
  assert.deepEqual(await project.files(project.base), ['a.txt'])
})

test('a root that is not there serves nothing, and no workspace at all says so', async () => {
  await using served = await serve({}, { root: '/no/such/folder' })
  assert.equal(await served.service.has('x'), false)
  await assert.rejects(served.service.open({ kind: 'named', name: 'x' }, never), /there is: none by name/)
})

test('a workspace contains a file only when it really lies in it', async () => {
  await using outside = await makeRepository({ 'secret.txt': 's\n' }, { git: false })
  await using repository = await makeRepository({ 'a.txt': 'a\n', 'dir/b.txt': 'b\n' })
  await symlink(outside.path, join(repository.path, 'out'))
  await symlink('a.txt', join(repository.path, 'link.txt'))
  await using served = await serve({ main: repository.path })
  const { service } = served
  assert.equal(await service.contains('main', ['a.txt', 'dir/b.txt', 'link.txt']), true)
  assert.equal(await service.contains('main', ['a.txt', 'absent.txt']), false)
  assert.equal(await service.contains('absent', ['a.txt']), false)
  const foreign = ['dir', 'out/secret.txt', '../a.txt', 'dir/../a.txt', join(repository.path, 'a.txt'), '']
  for (const path of foreign) assert.equal(await service.contains('main', [path]), false, path)
})

test('the base is told without opening a project: the same while the files are, another as soon as one is not', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using served = await serve({ main: repository.path })
  const { service } = served
  const base = () => service.baseOf('main', never)
  const before = await base()
  {
    await using project = await service.open({ kind: 'named', name: 'main' }, never)
    assert.equal(project.base, before)
  }
  await repository.write({ 'a.txt': 'b\n' })
  const dirty = await base()
  // the same file changed again: its status is what it was, its content is not
  await repository.write({ 'a.txt': 'c\n' })
  const again = await base()
  await repository.write({ 'new.txt': '' })
  assert.equal(new Set([before, dirty, again, await base()]).size, 4)
  await rm(join(repository.path, 'new.txt'))
  await repository.write({ 'a.txt': 'a\n' })
  assert.equal(await base(), before)
  assert.deepEqual(await readdir(served.cache), [])
  await assert.rejects(service.baseOf('none', never), /there is: main/)
})

test('files of a request with paths that cannot be are refused, and nothing is left', async () => {
  await using served = await serve({})
  const impossible = [
    ['../a'],
    ['/a'],
    ['.git/config'],
    ['a/.GIT/hooks/x'],
    ['a\\b'],
    [''],
    ['a', 'a/b'],
    ['a/b', 'a'],
  ]
  for (const paths of impossible) {
    const files = paths.map((path) => ({ path, content: 'x' }))
    const opening = served.service.open({ kind: 'files', files }, never)
    await assert.rejects(
      opening,
      (error) => error instanceof SwarmError && error.fault === 'bad-request',
      paths.join(),
    )
    assert.deepEqual(await readdir(served.cache), [])
  }
})

test('an opening that is cancelled leaves nothing', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using served = await serve({ main: repository.path })
  for (const ms of [0, 5, 20, 40]) {
    const opening = served.service.open({ kind: 'named', name: 'main' }, AbortSignal.timeout(ms))
    await opening.then(
      (project) => project[Symbol.asyncDispose](),
      (error: unknown) => assert.ok(error instanceof Error && error.name === 'TimeoutError'),
    )
    assert.deepEqual(await readdir(served.cache), [])
  }
})

test('projects that open and close at the same time do not take the floor from each other', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using served = await serve({ main: repository.path })
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      await using project = await served.service.open({ kind: 'named', name: 'main' }, never)
      assert.equal(await project.read(project.base, 'a.txt'), 'a\n')
    }),
  )
})

test('a folder that has gone is a fault with its name', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  const gone = join(repository.path, 'gone')
  await mkdir(gone)
  await using served = await serve({ main: gone })
  await rm(gone, { recursive: true })
  await assert.rejects(served.service.open({ kind: 'named', name: 'main' }, never), SwarmError)
})
