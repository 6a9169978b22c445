import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { installDependencies, type Installed } from '../../../src/workspace/packages/install.ts'
import { removeTree } from '../../../src/workspace/remove.ts'
import { noCage, type Cage } from '../../../src/workspace/cage/sandbox.ts'
import { startRegistry, type NpmRegistry, type Published } from '../../support/npm-registry.ts'
import { probe } from '../cage/sandbox-scene.ts'

const cage = await probe()
const quick = { timeout: 300_000 }
const never = new AbortController().signal

const GREET: Published = {
  name: 'greet',
  version: '1.0.0',
  files: { 'index.js': 'exports.greeting = "hello"\n' },
}
const NEWER: Published = { ...GREET, version: '1.1.0' }
const GRABBY: Published = {
  name: 'grabby',
  version: '1.0.0',
  scripts: { install: "node -e \"require('node:fs').writeFileSync('ran', '')\"" },
}
const GUEST: Published = { name: 'guest', version: '1.0.0', peerDependencies: { greet: '^2.0.0' } }

const manifest = (dependencies: Record<string, string>, more: Record<string, unknown> = {}): string =>
  JSON.stringify({ name: 'app', version: '1.0.0', ...more, dependencies })

test('what the manifest names is installed, and no script of it is run', quick, async (t) => {
  const { install } = await openPlace(t, [GREET, GRABBY])
  const done = await install({ 'package.json': manifest({ greet: '1.0.0', grabby: '1.0.0' }) })
  assert.ok(done.ok, JSON.stringify(done))
  const installed = await readFile(join(done.folder, 'node_modules', 'greet', 'index.js'), 'utf8')
  assert.equal(installed, 'exports.greeting = "hello"\n')
  assert.ok(existsSync(join(done.folder, 'node_modules', 'grabby', 'package.json')))
  assert.ok(!existsSync(join(done.folder, 'node_modules', 'grabby', 'ran')))
})

test('without a cage it is the same', quick, async (t) => {
  const { install } = await openPlace(t, [GREET, GRABBY])
  const manifests = { 'package.json': manifest({ greet: '1.0.0', grabby: '1.0.0' }) }
  const done = await install(manifests, never, noCage('the test wants none', ''))
  assert.ok(done.ok, JSON.stringify(done))
  assert.deepEqual(existsSync(join(done.folder, 'node_modules', 'greet', 'index.js')), true)
  assert.ok(!existsSync(join(done.folder, 'node_modules', 'grabby', 'ran')))
})

test('a script of the project itself is not run either', quick, async (t) => {
  const { install } = await openPlace(t, [GREET])
  const scripts = { postinstall: "node -e \"require('node:fs').writeFileSync('ran', '')\"" }
  const done = await install({ 'package.json': manifest({ greet: '1.0.0' }, { scripts }) })
  assert.ok(done.ok, JSON.stringify(done))
  assert.ok(!existsSync(join(done.folder, 'ran')))
})

test('a package that does not exist is told by its name', quick, async (t) => {
  const { install } = await openPlace(t, [GREET])
  const done = await install({ 'package.json': manifest({ gret: '1.0.0' }) })
  assert.deepEqual(failed(done), ['manifest', 'E404'])
  assert.match(reasonOf(done), /^npm could not install the dependencies: [\s\S]*gret@1\.0\.0/)
})

test('a version that does not exist, and packages that do not go together, are told', quick, async (t) => {
  const { install } = await openPlace(t, [GREET, GUEST])
  const version = await install({ 'package.json': manifest({ greet: '7.0.0' }) })
  assert.deepEqual(failed(version), ['manifest', 'ETARGET'])
  assert.match(reasonOf(version), /No matching version found for greet@7\.0\.0/)
  const peers = await install({ 'package.json': manifest({ greet: '1.0.0', guest: '1.0.0' }) })
  assert.deepEqual(failed(peers), ['manifest', 'ERESOLVE'])
  assert.match(reasonOf(peers), /peer greet@"\^2\.0\.0" from guest@1\.0\.0/)
})

test('a manifest that is no JSON is told', quick, async (t) => {
  const { install } = await openPlace(t, [])
  const done = await install({ 'package.json': '{ "name": "app", }' })
  assert.deepEqual(failed(done), ['manifest', 'EJSONPARSE'])
})

test('a registry that cannot be reached is no fault of the manifest', quick, async (t) => {
  const { install, registry } = await openPlace(t, [GREET])
  await registry[Symbol.asyncDispose]()
  const done = await install({ 'package.json': manifest({ greet: '1.0.0' }) })
  assert.deepEqual(failed(done), ['machine', 'ECONNREFUSED'])
})

test('with a lock file exactly what it names is installed', quick, async (t) => {
  const { install } = await openPlace(t, [GREET, NEWER])
  const loose = { 'package.json': manifest({ greet: '^1.0.0' }) }
  assert.equal(await versionOf(await install(loose)), '1.1.0')
  const older = await install({ 'package.json': manifest({ greet: '1.0.0' }) })
  assert.ok(older.ok)
  const lock = await readFile(join(older.folder, 'package-lock.json'), 'utf8')
  const locked = { ...loose, 'package-lock.json': lock.replaceAll('"greet": "1.0.0"', '"greet": "^1.0.0"') }
  assert.equal(await versionOf(await install(locked)), '1.0.0')
})

test('packages of a workspace are linked to one another', quick, async (t) => {
  const { install } = await openPlace(t, [GREET])
  const done = await install({
    'package.json': manifest({ part: '*' }, { workspaces: ['packages/*'] }),
    'packages/part/package.json': JSON.stringify({
      name: 'part',
      version: '1.0.0',
      dependencies: { greet: '1.0.0' },
    }),
  })
  assert.ok(done.ok, JSON.stringify(done))
  assert.equal(
    await realpath(join(done.folder, 'node_modules', 'part')),
    join(await realpath(done.folder), 'packages', 'part'),
  )
})

test('what was downloaded once is not downloaded again', quick, async (t) => {
  const { install, registry } = await openPlace(t, [GREET])
  await install({ 'package.json': manifest({ greet: '1.0.0' }) })
  await install({ 'package.json': manifest({ greet: '^1.0.0' }) })
  assert.equal(registry.asked.filter(({ path }) => path.endsWith('.tgz')).length, 1)
})

test('the registry is not told who the user is', quick, async (t) => {
  const { install, registry, home } = await openPlace(t, [GREET])
  const { host } = new URL(registry.url)
  await writeFile(
    join(home, '.npmrc'),
    `registry=http://somebody@${host}/\n//${host}/:_authToken=npm-token\n`,
  )
  const done = await install({ 'package.json': manifest({ greet: '1.0.0' }) })
  assert.ok(done.ok, JSON.stringify(done))
  assert.ok(registry.asked.length > 0)
  assert.deepEqual(
    registry.asked.flatMap(({ headers }) => headers.authorization ?? []),
    [],
  )
})

test('where npm keeps its registry to itself, no other is asked in its place', quick, async (t) => {
  const { install, home } = await openPlace(t, [GREET])
  await writeFile(join(home, '.npmrc'), 'registry=http://somebody:password@127.0.0.1:9/\n')
  const done = await install({ 'package.json': manifest({ greet: '1.0.0' }) })
  assert.deepEqual(failed(done), ['machine', 'no registry'])
})

test('a package that would be fetched by git is refused before git is started', quick, async (t) => {
  const { install, registry } = await openPlace(t, [GREET])
  const { host } = new URL(registry.url)
  const done = await install({ 'package.json': manifest({ greet: `git+http://${host}/greet.git` }) })
  if (!done.ok && done.code === '128') return t.skip('this npm has no setting that forbids git')
  assert.deepEqual(failed(done), ['manifest', 'EALLOWGIT'])
  assert.deepEqual(registry.asked, [])
})

test('an install that is not wanted any more ends at once', quick, async (t) => {
  const { install } = await openPlace(t, [GREET])
  const stop = AbortSignal.timeout(100)
  await assert.rejects(install({ 'package.json': manifest({ greet: '1.0.0' }) }, stop), {
    name: 'TimeoutError',
  })
})

/** A user whose npm knows one registry, and room to install in. */
async function openPlace(t: TestContext, packages: readonly Published[]) {
  // not below /tmp, of which a cage has its own
  const at = await realpath(await mkdtemp('/var/tmp/quorum-install-'))
  t.after(() => removeTree(at))
  const registry: NpmRegistry = await startRegistry(packages)
  t.after(() => registry[Symbol.asyncDispose]())
  const home = process.env['HOME']
  t.after(() => (process.env['HOME'] = home))
  process.env['HOME'] = at
  await writeFile(join(at, '.npmrc'), `registry=${registry.url}\n`)
  let count = 0
  return {
    registry,
    home: at,
    install: (manifests: Record<string, string>, signal = never, held: Cage = cage): Promise<Installed> => {
      count += 1
      const place = { at: join(at, String(count)), downloads: join(at, 'downloads') }
      return installDependencies(
        { manifests: new Map(Object.entries(manifests)), ...place, cage: held },
        signal,
      )
    },
  }
}

const failed = (done: Installed): string[] => (done.ok ? ['installed'] : [done.fault, done.code])
const reasonOf = (done: Installed): string => (done.ok ? 'installed' : done.reason)

async function versionOf(done: Installed): Promise<unknown> {
  assert.ok(done.ok, JSON.stringify(done))
  const text = await readFile(join(done.folder, 'node_modules', 'greet', 'package.json'), 'utf8')
  const { version }: { version: unknown } = JSON.parse(text)
  return version
}
