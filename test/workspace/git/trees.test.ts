import assert from 'node:assert/strict'
import { chmod, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { SwarmError } from '../../../src/core/errors.ts'
import { makeRepository } from '../../support/repository.ts'
import { fingerprint, never, openFolder } from '../served-scene.ts'
import { gateOf } from '../../support/gate.ts'

const isRefusal = (error: unknown): boolean => error instanceof SwarmError && error.fault === 'bad-request'

test('what is written is read back, and the tree it was written on stays as it is', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n', 'gone.txt': 'gone\n' })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const changes = [
    { path: 'a.txt', content: 'ä\r\n' },
    { path: 'deep/new file "x".txt', content: 'no newline' },
    { path: 'gone.txt', content: null },
  ]
  const tree = await project.write(project.base, changes, never)
  assert.deepEqual(await project.files(tree), ['a.txt', 'deep/new file "x".txt'])
  assert.equal(await project.read(tree, 'a.txt'), 'ä\r\n')
  assert.equal(await project.read(tree, 'deep/new file "x".txt'), 'no newline')
  assert.equal(await project.read(tree, 'gone.txt'), undefined)
  assert.equal(await project.read(project.base, 'a.txt'), 'a\n')
  assert.equal(await project.write(project.base, [], never), project.base)
})

test('only regular files of text are read', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n', 'nul.bin': 'a\0b' })
  await writeFile(join(repository.path, 'latin1.txt'), Buffer.from('caf\xe9\n', 'latin1'))
  await symlink('a.txt', join(repository.path, 'link'))
  await using opened = await openFolder(repository.path)
  const { project } = opened
  for (const path of ['nul.bin', 'latin1.txt', 'link', 'absent', 'A.txt']) {
    assert.equal(await project.read(project.base, path), undefined, path)
  }
  assert.equal((await project.files(project.base)).includes('link'), false)
})

test("the diff is accepted by git apply in the user's tree and gives the very tree", async () => {
  await using repository = await makeRepository({
    'changed.txt': 'one\ntwo\n',
    'crlf.txt': 'one\r\ntwo\r\n',
    'deleted.txt': 'x\n',
    'no-newline.txt': 'end',
    'with newline.txt': 'end\n',
    'run.sh': 'echo 1\n',
    'ünï "q".txt': 'a\n',
    'nul.bin': 'a\0b',
  })
  await chmod(join(repository.path, 'run.sh'), 0o755)
  await writeFile(join(repository.path, 'latin1.txt'), Buffer.from('caf\xe9\n', 'latin1'))
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const changes = [
    { path: 'changed.txt', content: 'one\n2\n' },
    { path: 'crlf.txt', content: 'one\r\n2\r\nlast' },
    { path: 'deleted.txt', content: null },
    { path: 'nul.bin', content: null },
    { path: 'latin1.txt', content: null },
    { path: 'no-newline.txt', content: 'end\n' },
    { path: 'with newline.txt', content: 'end' },
    { path: 'run.sh', content: 'echo 2\n' },
    { path: 'ünï "q".txt', content: 'b\n' },
    { path: 'new/empty.txt', content: '' },
    { path: 'new/file.txt', content: 'new\n' },
  ]
  const tree = await project.write(project.base, changes, never)
  const patch = await project.diff(project.base, tree, never)
  assert.equal(patch.tree, tree)
  assert.deepEqual(patch.files.toSorted(), changes.map(({ path }) => path).toSorted())

  await repository.write({ '.git/patch.diff': patch.diff })
  await repository.git('apply', '--whitespace=nowarn', '.git/patch.diff')
  await using workspace = await project.checkout(tree, never)
  const { log } = await workspace.run(gateOf(['pwd']), never)
  const inGit = (path: string): boolean => path === '.git' || path.startsWith('.git/')
  assert.deepEqual(await fingerprint(repository.path, { without: inGit }), await fingerprint(log.trim()))
})

test('added and removed lines are counted', async () => {
  await using repository = await makeRepository({ 'a.txt': '1\n2\n3\n', 'b.txt': '1\n2\n' })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const changes = [
    { path: 'a.txt', content: '1\n3\n4\n' },
    { path: 'b.txt', content: null },
  ]
  const tree = await project.write(project.base, changes, never)
  assert.equal((await project.diff(project.base, tree, never)).lines, 4)
})

test('a path that leads out of the project, through something or onto something is refused', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n', 'dir/b.txt': 'b\n' })
  await symlink('/tmp', join(repository.path, 'out'))
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const paths = ['../x', 'dir/../../x', '.git/config', 'dir/.GIT/hooks/x', '/etc/x', 'out/x', 'a.txt/x']
  const onto = ['dir', 'out', '', '.', './x', 'dir//x', 'dir/', 'a\\x', 'a\0x']
  for (const path of [...paths, ...onto]) {
    const writing = project.write(project.base, [{ path, content: 'x' }], never)
    await assert.rejects(writing, isRefusal, JSON.stringify(path))
  }
  await assert.rejects(project.write(project.base, [{ path: 'out', content: null }], never), isRefusal)
})

test('a file and a folder of the same name are refused in one change, whichever comes first', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const changes = [
    { path: 'x', content: '1' },
    { path: 'x/y', content: '2' },
  ]
  await assert.rejects(project.write(project.base, changes, never), isRefusal)
  await assert.rejects(project.write(project.base, changes.toReversed(), never), isRefusal)
})

test('many writes at once give each its own tree', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const numbers = Array.from({ length: 30 }, (_, index) => index)
  const trees = await Promise.all(
    numbers.map((number) =>
      project.write(project.base, [{ path: `n${number}.txt`, content: `${number}` }], never),
    ),
  )
  assert.equal(new Set(trees).size, numbers.length)
  const texts = await Promise.all(trees.map((tree, number) => project.read(tree, `n${number}.txt`)))
  assert.deepEqual(texts, numbers.map(String))
  for (const tree of trees) assert.equal((await project.files(tree)).length, 2)
})

test('disjoint changes are merged; two changes of one file are not', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const { base } = project
  const left = await project.write(
    base,
    [
      { path: 'a.txt', content: 'left\n' },
      { path: 'new.txt', content: 'new\n' },
    ],
    never,
  )
  const right = await project.write(
    base,
    [
      { path: 'b.txt', content: 'right\n' },
      { path: 'c.txt', content: null },
    ],
    never,
  )
  const merged = await project.merge(left, base, right, never)
  assert.deepEqual(await project.files(merged), ['a.txt', 'b.txt', 'new.txt'])
  assert.equal(await project.read(merged, 'a.txt'), 'left\n')
  assert.equal(await project.read(merged, 'b.txt'), 'right\n')
  assert.equal(await project.merge(right, base, left, never), merged)

  const again = await project.write(base, [{ path: 'a.txt', content: 'again\n' }], never)
  await assert.rejects(project.merge(left, base, again, never), /two sub-tasks changed a\.txt/)
})

test('a file where the other change made a folder is not merged away', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const { base } = project
  const file = await project.write(base, [{ path: 'x', content: 'file' }], never)
  const folder = await project.write(base, [{ path: 'x/y', content: 'in a folder' }], never)
  await assert.rejects(project.merge(file, base, folder, never), SwarmError)
  await assert.rejects(project.merge(folder, base, file, never), SwarmError)
})
