import assert from 'node:assert/strict'
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  realpath,
  rm,
  symlink,
  lstat,
  utimes,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { layDependencies } from '../../../src/workspace/packages/dependencies.ts'
import { findDependencies, type Dependencies } from '../../../src/workspace/packages/installed-packages.ts'
import { canClone } from '../../../src/workspace/packages/mirror-folder.ts'
import { makeRepository, type Repository } from '../../support/repository.ts'
import { gateOf } from '../../support/gate.ts'
import { findCage } from '../../support/caged.ts'
import { fingerprint, never, openFolder } from '../served-scene.ts'

const sh = (script: string) => gateOf(['sh', '-c', script])

async function installed(): Promise<Repository> {
  const repository = await makeRepository({ '.gitignore': 'node_modules\n', 'package.json': '{}' })
  await repository.write({
    'node_modules/plain/index.js': 'module.exports = 1\n',
    'node_modules/plain/more.js': 'module.exports = 3\n',
    'node_modules/@scope/other/index.js': 'module.exports = 2\n',
    'node_modules/.cache/mine': 'of the user',
  })
  await mkdir(join(repository.path, 'node_modules/.bin'))
  await symlink('../plain/index.js', join(repository.path, 'node_modules/.bin/plain'))
  return repository
}

const find = (folder: string): Promise<Dependencies> => findDependencies(folder, new Set(['package.json']))

async function emptyFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'quorum-workspace-')))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Does to installed packages what a program may do. */
async function vandalise(modules: string, elsewhere: string): Promise<void> {
  await appendFile(join(modules, 'plain/index.js'), 'throw new Error("spoilt")\n')
  const { atime, mtime } = await lstat(join(modules, 'plain/more.js'))
  await appendFile(join(modules, 'plain/more.js'), 'throw new Error("spoilt, and the time put back")\n')
  await utimes(join(modules, 'plain/more.js'), atime, mtime)
  await rm(join(modules, '@scope'), { recursive: true })
  await symlink(elsewhere, join(modules, '@scope'))
  await mkdir(join(modules, 'added/deep'), { recursive: true })
  await rm(join(modules, '.bin/plain'))
  await mkdir(join(modules, '.bin/plain'))
}

test('what is written into a copied package does not reach the user’s, and is gone the next time', async () => {
  await using repository = await installed()
  await using workspace = await emptyFolder()
  const modules = join(workspace.path, 'node_modules')
  const before = await fingerprint(repository.path)
  const dependencies = { ...(await find(repository.path)), reachBack: true }
  assert.notEqual(await layDependencies(dependencies, workspace.path), 'links')
  const fresh = await fingerprint(workspace.path)
  assert.deepEqual(Object.keys(fresh), [
    'node_modules',
    'node_modules/.bin',
    'node_modules/.bin/plain',
    'node_modules/@scope',
    'node_modules/@scope/other',
    'node_modules/@scope/other/index.js',
    'node_modules/plain',
    'node_modules/plain/index.js',
    'node_modules/plain/more.js',
  ])
  await vandalise(modules, join(repository.path, 'node_modules/@scope'))
  await layDependencies(dependencies, workspace.path)
  assert.deepEqual(await fingerprint(workspace.path), fresh)
  assert.deepEqual(await fingerprint(repository.path), before)
})

test('where files can be cloned, what a gate writes into a package stays in its workspace', async (t) => {
  await using repository = await installed()
  if (!(await canClone(join(repository.path, 'node_modules'), tmpdir()))) {
    return t.skip(`the file system of ${tmpdir()} cannot clone files`)
  }
  const before = await fingerprint(repository.path)
  await using opened = await openFolder(repository.path, { gateSlots: 1 })
  const { project } = opened
  for (const round of [1, 2]) {
    await using workspace = await project.checkout(project.base, never)
    const script = 'cat node_modules/plain/index.js; echo spoilt >> node_modules/plain/index.js'
    const run = await workspace.run(sh(script), never)
    assert.equal(run.log, 'module.exports = 1\n', `round ${round}`)
  }
  assert.deepEqual(await fingerprint(repository.path), before)
})

test('where files cannot be cloned, packages are links: a write into one reaches the user’s', async (t) => {
  await using repository = await installed()
  if (await canClone(join(repository.path, 'node_modules'), tmpdir())) {
    return t.skip(`the file system of ${tmpdir()} can clone files`)
  }
  await using workspace = await emptyFolder()
  assert.equal(await layDependencies(await find(repository.path), workspace.path), 'links')
  const plain = join(workspace.path, 'node_modules/plain')
  assert.equal(await readlink(plain), join(repository.path, 'node_modules/plain'))
  await appendFile(join(plain, 'index.js'), '// written\n')
  const users = await readFile(join(repository.path, 'node_modules/plain/index.js'), 'utf8')
  assert.match(users, /written/)
})

test('the trial of cloning leaves nothing behind', async () => {
  await using repository = await installed()
  await using workspace = await emptyFolder()
  await canClone(join(repository.path, 'node_modules'), workspace.path)
  assert.deepEqual(await readdir(workspace.path), [])
})

test('a hundred megabytes that a gate wrote over the dependencies are gone at the next checkout, and at the end', async (t) => {
  const cage = await findCage()
  if (!cage.overlays) return t.skip('no cage with overlays here')
  await using repository = await installed()
  const before = await fingerprint(repository.path)
  const served: string[] = []
  {
    await using opened = await openFolder(repository.path, {
      gateSlots: 1,
      confinement: { cage, unsafeGates: false },
    })
    const { project, cache } = opened
    served.push(cache)
    {
      await using workspace = await project.checkout(project.base, never)
      const run = await workspace.run(sh('head -c 100000000 /dev/zero > node_modules/plain/large'), never)
      assert.equal(run.exitCode, 0, run.log)
      assert.equal(await largest(cache), 100_000_000)
    }
    await using workspace = await project.checkout(project.base, never)
    assert.ok((await largest(cache)) < 1_000_000)
    const run = await workspace.run(sh('ls node_modules/plain'), never)
    assert.equal(run.log, 'index.js\nmore.js\n')
  }
  await assert.rejects(readdir(served[0]!), /ENOENT/)
  assert.deepEqual(await fingerprint(repository.path), before)
})

/** Bytes of the largest file below a folder; what an overlay closed is read all the same. */
async function largest(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await lstat(join(parentPath, name))).size),
  )
  return Math.max(0, ...sizes)
}
