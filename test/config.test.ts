import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { loadConfig, requireKeyBeyondLoopback, type Config, type Overrides } from '../src/config.ts'
import { SwarmError } from '../src/core/errors.ts'

type Env = Record<string, string>

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-config-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A folder with this configuration file, loaded from. */
async function loaded(
  t: TestContext,
  file: unknown,
  overrides: Overrides = {},
  env: Env = {},
): Promise<Config> {
  const cwd = await emptyFolder(t)
  await writeFile(join(cwd, 'quorum.config.json'), typeof file === 'string' ? file : JSON.stringify(file))
  return loadConfig({ overrides, env, cwd })
}

/** The message of the error that loading throws. */
async function complaint(
  t: TestContext,
  file: unknown,
  overrides: Overrides = {},
  env: Env = {},
): Promise<string> {
  try {
    await loaded(t, file, overrides, env)
  } catch (error) {
    assert.ok(error instanceof SwarmError)
    assert.equal(error.fault, 'bad-request')
    return error.message
  }
  return assert.fail('nothing was thrown')
}

test('without a file everything has its default', async (t) => {
  const cwd = await emptyFolder(t)
  const config = loadConfig({ overrides: {}, env: { HOME: '/home/somebody' }, cwd })
  assert.equal(config.file, null)
  assert.deepEqual([config.server.host, config.server.port, config.server.apiKey], ['127.0.0.1', 4747, null])
  assert.deepEqual(config.limits.seats, { fast: 5, deep: 3, reviewer: 2, cloud: 1 })
  assert.equal(config.limits.attempts, 5)
  assert.ok(config.gateSlots >= 2)
  assert.equal(config.cacheDir, '/home/somebody/.cache/quorum')
  assert.deepEqual(config.log, { level: 'info', json: false, asked: false })
})

test('receipts are kept apart from the cache: where one says, where the system says, else at home, or nowhere', async (t) => {
  const cwd = await emptyFolder(t)
  const dataDir = (env: Env): string | null =>
    loadConfig({ overrides: {}, env: { HOME: '/home/somebody', ...env }, cwd }).dataDir
  assert.equal(dataDir({ QUORUM_CACHE: '/cache' }), '/home/somebody/.local/share/quorum')
  assert.equal(dataDir({ XDG_DATA_HOME: '/share' }), '/share/quorum')
  assert.equal(dataDir({ XDG_DATA_HOME: '/share', QUORUM_DATA: '/data' }), '/data')
  assert.equal(dataDir({ QUORUM_DATA: 'data' }), join(cwd, 'data'))
  assert.equal(dataDir({ QUORUM_DATA: ':memory:' }), null)
})

test('a flag beats the environment, which beats the file', async (t) => {
  const file = { server: { port: 1000 }, upstream: { url: 'http://file/v1' } }
  assert.equal((await loaded(t, file)).server.port, 1000)
  assert.equal((await loaded(t, file, { port: '2000' })).server.port, 2000)

  const fromFile = await loaded(t, file)
  assert.deepEqual([fromFile.upstream.url, fromFile.litellmUrl], ['http://file/v1', null])
  const fromEnv = await loaded(t, file, {}, { LITELLM_URL: 'http://env/v1' })
  assert.deepEqual([fromEnv.upstream.url, fromEnv.litellmUrl], [undefined, 'http://env/v1'])

  const level = async (overrides: Overrides) =>
    (await loaded(t, file, overrides, { LOG_LEVEL: 'warn' })).log.level
  assert.equal(await level({}), 'warn')
  assert.equal(await level({ logLevel: 'debug' }), 'debug')
})

test('a key from the file is not sent to the server the environment names', async (t) => {
  const file = { upstream: { url: 'http://file/v1', apiKey: 'for the file only' } }
  const config = await loaded(t, file, {}, { LITELLM_URL: 'http://env/v1' })
  assert.ok(!JSON.stringify(config).includes('for the file only'))
  assert.equal((await loaded(t, file)).upstream.apiKey, 'for the file only')
})

test('an empty variable is none', async (t) => {
  const config = await loaded(t, {}, {}, { LITELLM_URL: '', QUORUM_API_KEY: '', LOG_LEVEL: '' })
  assert.deepEqual([config.litellmUrl, config.server.apiKey, config.log.level], [null, null, 'info'])
})

test('nobody can change a configuration once it is made', async (t) => {
  const config = await loaded(t, { workspaces: { here: { path: '.' } } })
  assert.throws(() => Object.assign(config, { cwd: '/' }), TypeError)
  assert.throws(() => Object.assign(config.limits.seats, { fast: 1 }), TypeError)
  assert.throws(() => Object.assign(config.workspaces[0] ?? {}, { path: '/' }), TypeError)
})

test('a wrong setting is told with its file, its key, its value and its default', async (t) => {
  const message = await complaint(t, { server: { port: 'high' }, limits: { attempts: 0 } })
  assert.match(
    message,
    /quorum\.config\.json: server\.port cannot be "high": .*number.*; the default is 4747/,
  )
  assert.match(message, /quorum\.config\.json: limits\.attempts cannot be 0/)
})

test('a misspelt setting is told with those there are', async (t) => {
  const message = await complaint(t, { tiers: { fast: { modle: 'x' } } })
  assert.match(
    message,
    /tiers\.fast\.modle is not a setting; there are: model, url, apiKey, place, tools, standIns, slots, seats/,
  )
})

test('a wrong key is not repeated in the message', async (t) => {
  const message = await complaint(t, { upstream: { apiKey: ['sk-secret'] } })
  assert.match(message, /upstream\.apiKey/)
  assert.doesNotMatch(message, /sk-secret/)
})

test('a wrong variable or flag is told by the name it was typed with', async (t) => {
  assert.match(
    await complaint(t, {}, {}, { LITELLM_URL: 'localhost' }),
    /environment: LITELLM_URL cannot be "localhost"/,
  )
  assert.match(await complaint(t, {}, { logLevel: 'loud' }), /command line: --log-level cannot be "loud"/)
})

test('a file that is no JSON, or was named and is not there, is told by its path', async (t) => {
  assert.match(await complaint(t, '{'), /quorum\.config\.json cannot be read as JSON/)
  assert.match(await complaint(t, {}, { config: 'other.json' }), /other\.json cannot be read as JSON: ENOENT/)
  assert.match(await complaint(t, {}, {}, { QUORUM_CONFIG: 'env.json' }), /env\.json cannot be read/)
})

test('the default workspace is the git repository around the folder, found without running git', async (t) => {
  const root = await emptyFolder(t)
  const deep = join(root, 'packages', 'web')
  await mkdir(deep, { recursive: true })
  await mkdir(join(root, '.git'))
  const { workspaces } = loadConfig({ overrides: {}, env: {}, cwd: deep })
  assert.deepEqual(workspaces, [{ name: basename(root), path: root }])
})

test('a home that is kept in git is not the project of everything below it', async (t) => {
  const home = await emptyFolder(t)
  const below = join(home, 'downloads')
  await mkdir(below)
  await mkdir(join(home, '.git'))
  const env = { HOME: home }
  assert.deepEqual(loadConfig({ overrides: {}, env, cwd: below }).workspaces, [])
  assert.equal(loadConfig({ overrides: {}, env, cwd: home }).workspaces[0]?.path, home)
})

test('a folder without git is a project only if it is a package', async (t) => {
  const folder = await emptyFolder(t)
  assert.deepEqual(loadConfig({ overrides: {}, env: {}, cwd: folder }).workspaces, [])
  await writeFile(join(folder, 'package.json'), '{}')
  assert.equal(loadConfig({ overrides: {}, env: {}, cwd: folder }).workspaces[0]?.path, folder)
})

test('workspaces of the command line replace those of the file, and take a name', async (t) => {
  const file = { workspaces: { old: { path: '.', gates: { lint: { command: false } } } } }
  const other = await emptyFolder(t)
  const { workspaces } = await loaded(t, file, { workspace: [`web=${other}`, other] })
  assert.deepEqual(workspaces, [
    { name: 'web', path: other },
    { name: basename(other), path: other },
  ])
  const [listed] = (await loaded(t, file)).workspaces
  assert.equal(listed?.name, 'old')
  assert.deepEqual(listed?.gates, { lint: { command: false } })
})

test('of several workspaces the one stood in comes first', async (t) => {
  const root = await emptyFolder(t)
  for (const name of ['a', 'b']) await mkdir(join(root, name))
  const file = join(root, 'quorum.config.json')
  await writeFile(file, JSON.stringify({ workspaces: { a: { path: 'a' }, b: { path: 'b' } } }))
  const { workspaces } = loadConfig({ overrides: { config: file }, env: {}, cwd: join(root, 'b') })
  assert.deepEqual(
    workspaces.map(({ name }) => name),
    ['b', 'a'],
  )
})

test('two workspaces with one name, or one that is no folder, are told', async (t) => {
  const one = await emptyFolder(t)
  assert.match(await complaint(t, {}, { workspace: [`x=${one}`, `x=${one}`] }), /two workspaces are called x/)
  assert.match(await complaint(t, {}, { workspace: ['nowhere'] }), /--workspace: .*nowhere is not a folder/)
  assert.match(
    await complaint(t, { workspaces: { gone: { path: 'gone' } } }),
    /quorum\.config\.json: workspaces\.gone\.path: .*gone is not a folder/,
  )
})

test('started by npm from elsewhere, it is the folder of the caller that counts', async (t) => {
  const caller = await emptyFolder(t)
  const house = join(import.meta.dirname, '..')
  assert.equal(loadConfig({ overrides: {}, env: { INIT_CWD: caller }, cwd: house }).cwd, caller)
  assert.equal(loadConfig({ overrides: {}, env: { INIT_CWD: '/elsewhere' }, cwd: caller }).cwd, caller)
})

test('beyond loopback a key is required', async (t) => {
  for (const host of ['127.0.0.1', '127.8.0.1', 'localhost', '::1', '[::1]']) {
    requireKeyBeyondLoopback(await loaded(t, {}, { host }))
  }
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'box.local', '127.evil.example']) {
    const open = await loaded(t, {}, { host })
    assert.throws(() => requireKeyBeyondLoopback(open), /set QUORUM_API_KEY/)
    requireKeyBeyondLoopback(await loaded(t, {}, { host }, { QUORUM_API_KEY: 'k' }))
  }
})
