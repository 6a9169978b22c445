import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import type { Confinement } from '../../../src/workspace/confinement.ts'
import { makeRepository, type Repository } from '../../support/repository.ts'
import { printed, waysToHold } from './held.ts'
import { fingerprint, never, openFolder } from '../served-scene.ts'

let ways: [string, Confinement][] = []
before(async () => {
  ways = await waysToHold()
})

const pkg = (name: string, more: object = {}): string => JSON.stringify({ name, version: '1.0.0', ...more })
const says = (text: string): string => `module.exports = ${JSON.stringify(text)}\n`

async function link(repository: Repository, place: string, target: string): Promise<void> {
  const path = join(repository.path, place)
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}

/** Runs a script held and not held, on a tree in which these files are changed, and expects the same words. */
async function expectEverywhere(
  folder: string,
  changed: Readonly<Record<string, string>>,
  script: string,
  expected: string,
): Promise<void> {
  const before = await fingerprint(folder)
  for (const [how, confinement] of ways) {
    await using opened = await openFolder(folder, { confinement })
    const { project } = opened
    const changes = Object.entries(changed).map(([path, content]) => ({ path, content }))
    const tree = await project.write(project.base, changes, never)
    for (const round of [1, 2]) {
      assert.equal(await printed(project, tree, 'node', '-p', script), expected, `${how}, round ${round}`)
    }
  }
  assert.deepEqual(await fingerprint(folder), before)
}

test('a project below another finds what is installed above it, and itself where it is linked there', async () => {
  await using repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root'),
    'packages/app/package.json': pkg('app'),
    'packages/app/index.js': says('app of the user'),
    'packages/app/main.js': says('main'),
    'packages/sibling/package.json': pkg('sibling'),
    'packages/sibling/index.js': 'module.exports = "sibling with " + require("plain")\n',
  })
  await repository.write({
    'node_modules/plain/package.json': pkg('plain'),
    'node_modules/plain/index.js': says('plain'),
    'node_modules/@scope/other/package.json': pkg('@scope/other'),
    'node_modules/@scope/other/index.js': says('other'),
    'node_modules/tool/cli.js': '#!/usr/bin/env node\nconsole.log("tool")\n',
  })
  await chmod(join(repository.path, 'node_modules/tool/cli.js'), 0o755)
  await link(repository, 'node_modules/.bin/tool', '../tool/cli.js')
  await link(repository, 'node_modules/app', '../packages/app')
  await link(repository, 'node_modules/sibling', '../packages/sibling')
  const folder = join(repository.path, 'packages/app')
  const changed = { 'index.js': says('app of the candidate') }
  const script = `[...['plain', '@scope/other', 'sibling', 'app'].map(require), require('child_process').execSync('tool')].join()`
  const expected = 'plain,other,sibling with plain,app of the candidate,tool'
  await expectEverywhere(folder, changed, script, expected)

  // with some packages of its own as well, those come first
  await repository.write({
    'packages/app/node_modules/plain/package.json': pkg('plain'),
    'packages/app/node_modules/plain/index.js': says('own'),
    'packages/app/node_modules/@scope/own/package.json': pkg('@scope/own'),
    'packages/app/node_modules/@scope/own/index.js': says('scoped'),
  })
  const both = `[...['plain', '@scope/own', '@scope/other', 'sibling', 'app'].map(require), require('child_process').execSync('tool')].join()`
  const expectedBoth = 'own,scoped,other,sibling with plain,app of the candidate,tool'
  await expectEverywhere(folder, changed, both, expectedBoth)
})

test('what is installed above a repository is not taken', async () => {
  await using outer = await makeRepository(
    { 'node_modules/stray/package.json': pkg('stray'), 'inner/package.json': pkg('inner') },
    { git: false },
  )
  const folder = join(outer.path, 'inner')
  await promisify(execFile)('git', ['init', '--quiet'], { cwd: folder })
  const script = `try { require.resolve('stray') } catch { 'none' }`
  await expectEverywhere(folder, {}, script, 'none')
})

test('a node_modules that is itself a link leads to its packages, and from there to the candidate', async () => {
  await using repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root'),
    'packages/core/package.json': pkg('core'),
    'packages/core/index.js': says('of the user'),
  })
  await using elsewhere = await makeRepository(
    { 'installed/plain/package.json': pkg('plain'), 'installed/plain/index.js': says('plain') },
    { git: false },
  )
  await link(elsewhere, 'installed/core', join(repository.path, 'packages/core'))
  await link(repository, 'node_modules', join(elsewhere.path, 'installed'))
  await expectEverywhere(
    repository.path,
    { 'packages/core/index.js': says('of the candidate') },
    `require('plain') + ', ' + require('core')`,
    'plain, of the candidate',
  )
})

test('links with an absolute way into the project lead to the candidate, those out of it to where they lead', async () => {
  await using repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root'),
    'packages/core/package.json': pkg('core'),
    'packages/core/index.js': says('of the user'),
  })
  await using elsewhere = await makeRepository({
    'linked/package.json': pkg('linked'),
    'linked/index.js': 'module.exports = "linked with " + require("deeper")\n',
    'linked/node_modules/deeper/package.json': pkg('deeper'),
    'linked/node_modules/deeper/index.js': says('deeper'),
  })
  await link(repository, 'node_modules/core', join(repository.path, 'packages/core'))
  await link(repository, 'node_modules/absolute', join(elsewhere.path, 'linked'))
  await link(
    repository,
    'node_modules/@scope/relative',
    `../../../${elsewhere.path.split('/').at(-1)}/linked`,
  )
  await link(repository, 'node_modules/dangling', '../../nowhere')
  await expectEverywhere(
    repository.path,
    { 'packages/core/index.js': says('of the candidate') },
    `['core', 'absolute', '@scope/relative'].map(require).join()`,
    'of the candidate,linked with deeper,linked with deeper',
  )
})

test('a package that imports one of the project imports the candidate’s', async () => {
  await using repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root'),
    'packages/host/package.json': pkg('host'),
    'packages/host/index.js': says('of the user'),
  })
  await repository.write({
    'node_modules/plugin/package.json': pkg('plugin', { peerDependencies: { host: '*' } }),
    'node_modules/plugin/index.js': 'module.exports = "plugin for " + require("host")\n',
    'node_modules/user/package.json': pkg('user', { dependencies: { plugin: '*' } }),
    'node_modules/user/index.js': 'module.exports = require("plugin")\n',
  })
  await link(repository, 'node_modules/host', '../packages/host')
  const changed = { 'packages/host/index.js': says('of the candidate') }
  await expectEverywhere(repository.path, changed, `require('user')`, 'plugin for of the candidate')
})

test('the same in a store of isolated packages', async () => {
  await using repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root'),
    'packages/host/package.json': pkg('host'),
    'packages/host/index.js': says('of the user'),
  })
  const store = 'node_modules/.pnpm/plugin@1.0.0_host@packages+host/node_modules'
  await repository.write({
    [`${store}/plugin/package.json`]: pkg('plugin', { peerDependencies: { host: '*' } }),
    [`${store}/plugin/index.js`]: 'module.exports = "plugin for " + require("host")\n',
  })
  await link(repository, `${store}/host`, '../../../../packages/host')
  await link(repository, 'node_modules/plugin', '.pnpm/plugin@1.0.0_host@packages+host/node_modules/plugin')
  const changed = { 'packages/host/index.js': says('of the candidate') }
  await expectEverywhere(repository.path, changed, `require('plugin')`, 'plugin for of the candidate')
})

test('exports to TypeScript, a local file dependency, packages of a package and generated clients resolve', async () => {
  await using repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root', { dependencies: { local: 'file:./vendor/local' } }),
    'vendor/local/package.json': pkg('local'),
    'vendor/local/index.js': says('local of the user'),
    'packages/typed/package.json': pkg('typed', { type: 'module', exports: { '.': './src/index.ts' } }),
    'packages/typed/src/index.ts': "export const typed: string = 'typed of the user'\n",
    'packages/app/package.json': pkg('app'),
    'packages/app/index.js': 'module.exports = require("nested")\n',
  })
  await repository.write({
    'packages/app/node_modules/nested/package.json': pkg('nested'),
    'packages/app/node_modules/nested/index.js': says('nested'),
    'node_modules/.prisma/client/index.js': says('generated'),
  })
  await link(repository, 'node_modules/local', '../vendor/local')
  await link(repository, 'node_modules/typed', '../packages/typed')
  await link(repository, 'node_modules/app', '../packages/app')
  await expectEverywhere(
    repository.path,
    {
      'packages/typed/src/index.ts': "export const typed: string = 'typed of the candidate'\n",
      'vendor/local/index.js': says('local of the candidate'),
    },
    `[require('typed').typed, require('local'), require('app'), require('./node_modules/.prisma/client')].join()`,
    'typed of the candidate,local of the candidate,nested,generated',
  )
})
