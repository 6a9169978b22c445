import assert from 'node:assert/strict'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeRepository } from '../support/repository.ts'
import { never, serve } from './served-scene.ts'

const FILES = {
  'src/a.ts': 'export const a = 1\n',
  'docs/ü.md': 'Ü\n',
  'node_modules/x/index.js': 'x\n',
  'picture.bin': 'a\0b',
}

async function looked(folder: string) {
  await using served = await serve({ here: folder })
  const look = await served.service.look('here', never)
  const texts = await Promise.all(look.paths.map((path) => look.read(path)))
  return { look, files: Object.fromEntries(look.paths.map((path, index) => [path, texts[index]])) }
}

test('a look shows files as they are now, and what is ignored not at all', async () => {
  await using repository = await makeRepository({ ...FILES, '.gitignore': 'secret.txt\nnode_modules\n' })
  await repository.write({ 'src/a.ts': 'export const a = 2\n', 'new.ts': '1\n', 'secret.txt': 'hush' })
  await symlink('/etc/hostname', join(repository.path, 'link.ts'))
  const { look, files } = await looked(repository.path)
  assert.equal(files['src/a.ts'], 'export const a = 2\n')
  assert.equal(files['new.ts'], '1\n')
  assert.equal(files['docs/ü.md'], 'Ü\n')
  assert.equal(files['picture.bin'], undefined)
  assert.equal(files['link.ts'], undefined)
  assert.equal(Object.hasOwn(files, 'secret.txt'), false)
  assert.equal(Object.hasOwn(files, 'node_modules/x/index.js'), false)
  for (const path of ['secret.txt', '../secret.txt', '/etc/hostname', '.git/config', 'gone.ts'])
    assert.equal(await look.read(path), undefined, path)
})

test('a folder without git is looked into as well, and nothing is left in it', async () => {
  await using repository = await makeRepository(
    { ...FILES, '.env': 'KEY=1', 'dist/a.js': '1' },
    { git: false },
  )
  const { files } = await looked(repository.path)
  assert.deepEqual(Object.keys(files).toSorted(), ['docs/ü.md', 'picture.bin', 'src/a.ts'])
})

test('a folder below the root of a repository shows its own files, by the rules above it', async () => {
  await using repository = await makeRepository({
    'app/a.ts': '1\n',
    'b.ts': '2\n',
    '.gitignore': 'app/no.ts\n',
  })
  await repository.write({ 'app/no.ts': '3\n', 'app/new.ts': '4\n' })
  const { files } = await looked(join(repository.path, 'app'))
  assert.deepEqual(files, { 'a.ts': '1\n', 'new.ts': '4\n' })
})

for (const git of [true, false]) {
  test(`what .quorumignore names is left out, ${git ? 'kept by git or not' : 'without git as well'}`, async () => {
    await using repository = await makeRepository(
      { ...FILES, '.quorumignore': 'docs/\n*.snap\n', 'src/a.snap': '1\n' },
      { git },
    )
    await repository.write({ 'src/new.snap': '2\n' })
    const { files } = await looked(repository.path)
    assert.deepEqual(Object.keys(files).toSorted(), [
      '.quorumignore',
      ...(git ? ['node_modules/x/index.js'] : []),
      'picture.bin',
      'src/a.ts',
    ])
  })
}
