import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { placeOf } from '../../src/workspace/place-of.ts'

test('a folder is known as the workspace it is, or lies in, and as no other', async (t) => {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'quorum-place-')))
  t.after(() => rm(home, { recursive: true, force: true }))
  const at = (path: string): string => join(home, path)
  for (const path of [
    'app/packages/web',
    'app-two',
    'root/team/api/.git',
    'root/team/api/src',
    'root/loose',
  ]) {
    await mkdir(at(path), { recursive: true })
  }
  await writeFile(at('app/file.ts'), '')
  await symlink(at('app/packages'), at('link'))
  await symlink(at('app-two'), at('root/team/api/out'))
  const sources = [
    { name: 'gone', path: at('gone') },
    { name: 'app', path: at('app') },
    { name: 'web', path: at('app/packages/web') },
  ]
  const found = (path: string) => placeOf(path, sources, at('root'))

  assert.deepEqual(await found(at('app')), { name: 'app', below: '' })
  assert.deepEqual(await found(at('app/packages')), { name: 'app', below: 'packages' })
  assert.deepEqual(await found(at('app/packages/web')), { name: 'web', below: '' })
  assert.deepEqual(await found(at('link')), { name: 'app', below: 'packages' })
  assert.deepEqual(await found(at('root/team/api/src')), { name: 'team/api', below: 'src' })
  for (const path of [
    'app-two',
    'root',
    'root/loose',
    'root/team/api/out',
    'app/file.ts',
    'gone',
    'none',
    '.',
  ]) {
    assert.equal(await found(at(path)), null, path)
  }
  assert.equal(await found('app'), null)
  assert.equal(await placeOf(at('root/team/api'), sources, undefined), null)
})
