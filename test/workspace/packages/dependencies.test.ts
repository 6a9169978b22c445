import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { Project } from '../../../src/cascade/ports.ts'
import { makeRepository, type Repository } from '../../support/repository.ts'
import { fingerprint, never, openFolder } from '../served-scene.ts'
import { gateOf } from '../../support/gate.ts'

const pkg = (name: string, more: object = {}): string => JSON.stringify({ name, version: '1.0.0', ...more })
const says = (text: string): string => `module.exports = ${JSON.stringify(text)}\n`

/** Runs a program in a fresh checkout of a tree and returns what it printed. */
async function output(project: Project, tree: string, ...command: string[]): Promise<string> {
  await using workspace = await project.checkout(tree, never)
  const run = await workspace.run(gateOf(command), never)
  assert.equal(run.exitCode, 0, run.log)
  return run.log.trim()
}

async function link(repository: Repository, place: string, target: string): Promise<void> {
  const path = join(repository.path, place)
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}

/** A project with installed packages, as npm lays them out. */
async function makeInstalled(more: Record<string, string> = {}): Promise<Repository> {
  const repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root', { scripts: { hello: 'hello' } }),
    ...more,
  })
  await repository.write({
    'node_modules/plain/package.json': pkg('plain'),
    'node_modules/plain/index.js': 'module.exports = "plain with " + require("other")\n',
    'node_modules/other/package.json': pkg('other'),
    'node_modules/other/index.js': says('other'),
    'node_modules/@scope/inner/package.json': pkg('@scope/inner'),
    'node_modules/@scope/inner/index.js': says('scoped'),
    'node_modules/hello/package.json': pkg('hello'),
    'node_modules/hello/cli.js': '#!/usr/bin/env node\nconsole.log("hello from " + require("other"))\n',
    'node_modules/.vite/cache': 'stale',
    'node_modules/.package-lock.json': '{}',
  })
  await chmod(join(repository.path, 'node_modules/hello/cli.js'), 0o755)
  await link(repository, 'node_modules/.bin/hello', '../hello/cli.js')
  return repository
}

test("the user's packages resolve by require, by import and as programs of a script", async () => {
  await using repository = await makeInstalled()
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const { base } = project
  const required = await output(
    project,
    base,
    'node',
    '-p',
    'require("plain") + " " + require("@scope/inner")',
  )
  assert.equal(required, 'plain with other scoped')
  const script = 'import a from "plain"; import b from "@scope/inner"; console.log(a, b)'
  const imported = await output(project, base, 'node', '--input-type=module', '-e', script)
  assert.equal(imported, 'plain with other scoped')
  assert.equal(await output(project, base, 'npm', 'run', '--silent', 'hello'), 'hello from other')
  assert.equal(await output(project, base, 'hello'), 'hello from other')
})

test('a package of the monorepo is the one of the candidate, never the one of the user', async () => {
  await using repository = await makeInstalled({
    'packages/core/package.json': pkg('@mono/core'),
    'packages/core/index.js': says('of the user'),
    'packages/app/package.json': pkg('app'),
    'packages/app/main.js': 'console.log(require("@mono/core"), require("core"), require("nested"))\n',
  })
  await link(repository, 'node_modules/@mono/core', '../../packages/core')
  await link(repository, 'node_modules/core', '../packages/core')
  await repository.write({
    'packages/app/node_modules/nested/package.json': pkg('nested'),
    'packages/app/node_modules/nested/index.js': says('nested'),
  })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const changes = [{ path: 'packages/core/index.js', content: says('of the candidate') }]
  const tree = await project.write(project.base, changes, never)
  const expected = 'of the candidate of the candidate nested'
  assert.equal(await output(project, tree, 'node', 'packages/app/main.js'), expected)
  const place = await output(project, tree, 'node', '-p', 'require.resolve("@mono/core")')
  assert.ok(place.startsWith(opened.cache), place)
})

test('the layout of pnpm resolves, and its links between packages lead to the candidate', async () => {
  await using repository = await makeRepository({
    '.gitignore': 'node_modules\n',
    'package.json': pkg('root'),
    'packages/core/package.json': pkg('core'),
    'packages/core/index.js': says('of the user'),
    'packages/app/package.json': pkg('app'),
    'packages/app/main.js': 'console.log(require("core"), require("dep"))\n',
  })
  const store = 'node_modules/.pnpm/dep@1.0.0/node_modules'
  await repository.write({
    [`${store}/dep/package.json`]: pkg('dep'),
    [`${store}/dep/index.js`]: 'module.exports = "dep with " + require("deeper")\n',
    'node_modules/.pnpm/deeper@1.0.0/node_modules/deeper/package.json': pkg('deeper'),
    'node_modules/.pnpm/deeper@1.0.0/node_modules/deeper/index.js': says('deeper'),
  })
  await link(repository, `${store}/deeper`, '../../deeper@1.0.0/node_modules/deeper')
  await link(repository, 'node_modules/dep', '.pnpm/dep@1.0.0/node_modules/dep')
  await link(
    repository,
    'packages/app/node_modules/dep',
    '../../../node_modules/.pnpm/dep@1.0.0/node_modules/dep',
  )
  await link(repository, 'packages/app/node_modules/core', '../../core')
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const changes = [{ path: 'packages/core/index.js', content: says('of the candidate') }]
  const tree = await project.write(project.base, changes, never)
  assert.equal(await output(project, tree, 'node', '-p', 'require("dep")'), 'dep with deeper')
  const printed = await output(project, tree, 'node', 'packages/app/main.js')
  assert.equal(printed, 'of the candidate dep with deeper')
})

test('what a gate did to node_modules is gone at the next checkout, and the user never sees it', async () => {
  await using repository = await makeInstalled()
  const installed = join(repository.path, 'node_modules')
  const before = await fingerprint(installed)
  const base = await (async () => {
    await using opened = await openFolder(repository.path, { gateSlots: 1 })
    const { project } = opened
    const list = (): Promise<string> =>
      output(
        project,
        project.base,
        'sh',
        '-c',
        'cd node_modules && find . | sort && cat .bin/hello && readlink .bin/hello && { readlink other || ls other; }',
      )
    const first = await list()
    assert.doesNotMatch(first, /\.vite/)
    for (const script of [
      'mkdir node_modules/.vite && touch node_modules/.vite/x && mkdir node_modules/.cache',
      'mkdir node_modules/fake && touch node_modules/fake/index.js node_modules/@scope/fake node_modules/.bin/fake',
      'rm -r node_modules',
      'rm -r node_modules/other && mkdir node_modules/other && touch node_modules/other/index.js',
      'rm node_modules/.bin/hello && echo evil > node_modules/.bin/hello',
      `rm -r node_modules && ln -s ${installed} node_modules`,
      `rm -r node_modules/@scope node_modules/.bin && ln -s ${installed}/@scope node_modules/@scope && ln -s ${installed}/.bin node_modules/.bin`,
    ]) {
      await output(project, project.base, 'sh', '-c', script)
      assert.equal(await list(), first, script)
    }
    return project.base
  })()
  assert.match(base, /^[\da-f]{40}$/)
  assert.deepEqual(await fingerprint(installed), before)
})

test('a project without installed packages gets none, also when a gate made some', async () => {
  await using repository = await makeRepository({
    'package.json': pkg('root'),
    'sub/package.json': pkg('sub'),
  })
  await using opened = await openFolder(repository.path, { gateSlots: 1 })
  const { project } = opened
  await output(project, project.base, 'sh', '-c', 'mkdir -p node_modules/fake sub/node_modules/fake')
  assert.equal(
    await output(project, project.base, 'ls', '-A', '.', 'sub'),
    '.:\npackage.json\nsub\n\nsub:\npackage.json',
  )
  assert.deepEqual((await readdir(repository.path)).toSorted(), ['.git', 'package.json', 'sub'])
})
