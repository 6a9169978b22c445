import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { Confinement } from '../../../src/workspace/confinement.ts'
import { makeRepository, type Repository } from '../../support/repository.ts'
import { printed, waysToHold } from './held.ts'
import { fingerprint, never, openFolder, serve } from '../served-scene.ts'
import { ALL, LONG } from '../../support/long.ts'

const execute = promisify(execFile)

/** Where the package managers are installed, with homes and stores of their own; null without a registry. */
let lab: string | null = null
let ways: [string, Confinement][] = []

before(async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'quorum-managers-')))
  ways = await waysToHold()
  lab = folder
  const packages = ['pnpm@10', 'yarn@1', '@yarnpkg/cli-dist@4']
  await manage(folder, 'npm', ['install', '--no-save', '--ignore-scripts', ...packages]).catch(() => {
    lab = null
    return rm(folder, { recursive: true, force: true })
  })
})

after(() => (lab === null ? undefined : rm(lab, { recursive: true, force: true })))

/** Runs a package manager; nothing of the user's configuration, cache or store is touched. */
async function manage(cwd: string, program: string, args: readonly string[]): Promise<void> {
  const home = join(lab!, 'home')
  await mkdir(home, { recursive: true })
  const { PATH, npm_config_registry: registry, HTTPS_PROXY, NODE_EXTRA_CA_CERTS } = process.env
  const env = {
    PATH,
    HOME: home,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_cache: join(home, 'npm'),
    npm_config_store_dir: join(home, 'store'),
    YARN_GLOBAL_FOLDER: join(home, 'yarn-global'),
    YARN_ENABLE_TELEMETRY: '0',
    ...(registry && { npm_config_registry: registry, YARN_NPM_REGISTRY_SERVER: registry }),
    ...(HTTPS_PROXY && { HTTPS_PROXY }),
    ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }),
  }
  await execute(program, args, { cwd, env, timeout: 300_000 })
}

const program = (path: string): string => join(lab!, 'node_modules', path)

/** How each manager is set up and called, and how it says that a dependency is a package of the same project. */
const MANAGERS = {
  'npm workspaces': { local: '*', files: {}, install: ['npm', 'install'] },
  pnpm: {
    local: 'workspace:*',
    files: { 'pnpm-workspace.yaml': 'packages: ["packages/*"]\n' },
    install: [process.execPath, 'pnpm/bin/pnpm.cjs', 'install'],
  },
  'pnpm, hoisted': {
    local: 'workspace:*',
    files: { 'pnpm-workspace.yaml': 'packages: ["packages/*"]\n', '.npmrc': 'node-linker=hoisted\n' },
    install: [process.execPath, 'pnpm/bin/pnpm.cjs', 'install'],
  },
  'yarn 1': { local: '*', files: {}, install: [process.execPath, 'yarn/bin/yarn.js', 'install'] },
  'yarn 4 with node_modules': {
    local: 'workspace:*',
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\n' },
    install: [process.execPath, '@yarnpkg/cli-dist/bin/yarn.js', 'install'],
  },
  'yarn 4 with links like pnpm': {
    local: 'workspace:*',
    files: { '.yarnrc.yml': 'nodeLinker: pnpm\n' },
    install: [process.execPath, '@yarnpkg/cli-dist/bin/yarn.js', 'install'],
  },
} as const

const IGNORED = 'node_modules\n.yarn\n.pnp.*\n'
const USERS = 'module.exports = `of the user, ${require("ms")(1000)}`\n'
const CANDIDATES = USERS.replace('of the user', 'of the candidate')

/** Two packages, of which `b` needs `a`, and one dependency from the registry. */
async function installed(
  local: string,
  files: Readonly<Record<string, string>>,
  [file, ...args]: readonly string[],
): Promise<Repository> {
  const pkg = (name: string, more: object) => JSON.stringify({ name, version: '1.0.0', ...more })
  const repository = await makeRepository({
    '.gitignore': IGNORED,
    'package.json': pkg('root', { private: true, workspaces: ['packages/*'] }),
    'packages/a/package.json': pkg('a', { main: 'index.js', dependencies: { ms: '2.1.3' } }),
    'packages/a/index.js': USERS,
    'packages/b/package.json': pkg('b', { dependencies: { a: local, semver: '7.7.2' } }),
    'packages/b/test.js':
      'console.log(require("a"), require("semver").valid("1.0.0"), require.resolve("a"))\n',
    ...files,
  })
  const [first = '', ...rest] = args
  await manage(repository.path, file!, file === 'npm' ? args : [program(first), ...rest])
  return repository
}

function needsRegistry(t: TestContext): boolean {
  if (lab === null) t.skip('the package managers could not be installed: no registry is reached')
  return lab !== null
}

/** The two ways in which packages are laid out; the others are variations. */
const ALWAYS = ['npm workspaces', 'pnpm']

for (const [name, { local, files, install }] of Object.entries(MANAGERS)) {
  test(`${name}: a package of the project is the one of the candidate, held or not`, async (t) => {
    if (!ALL && !ALWAYS.includes(name)) return t.skip(LONG)
    if (!needsRegistry(t)) return
    await using repository = await installed(local, files, install)
    const before = await fingerprint(repository.path)
    for (const [how, confinement] of ways) {
      await using opened = await openFolder(repository.path, { confinement })
      const { project } = opened
      const changes = [{ path: 'packages/a/index.js', content: CANDIDATES }]
      const tree = await project.write(project.base, changes, never)
      for (const round of [1, 2]) {
        const output = await printed(project, tree, 'node', 'packages/b/test.js')
        assert.match(output, /^of the candidate, 1s 1\.0\.0 /, `${how}, ${round}`)
        assert.ok(!output.includes(repository.path), `${how}, ${round}: ${output}`)
        assert.match(await printed(project, project.base, 'node', 'packages/b/test.js'), /^of the user, 1s/)
      }
    }
    assert.deepEqual(await fingerprint(repository.path), before)
  })
}

test("Yarn Plug'n'Play is refused with what to do, unless all of it is committed", async (t) => {
  if (!ALL) return t.skip(LONG)
  if (!needsRegistry(t)) return
  const yarn = [process.execPath, '@yarnpkg/cli-dist/bin/yarn.js', 'install']
  await using apart = await installed('workspace:*', { '.yarnrc.yml': 'nodeLinker: pnp\n' }, yarn)
  await using served = await serve({ here: apart.path })
  const opening = served.service.open({ kind: 'named', name: 'here' }, never)
  await assert.rejects(opening, /Plug'n'Play.*nodeLinker: node-modules/)

  const settings = 'nodeLinker: pnp\nenableGlobalCache: false\ncacheFolder: .yarn/cache\n'
  const files = { '.yarnrc.yml': settings, '.gitignore': '.yarn/install-state.gz\n' }
  await using committed = await installed('workspace:*', files, yarn)
  for (const [how, confinement] of ways) {
    await using opened = await openFolder(committed.path, { confinement })
    const { project } = opened
    const changes = [{ path: 'packages/a/index.js', content: CANDIDATES }]
    const tree = await project.write(project.base, changes, never)
    const output = await printed(project, tree, 'node', '-r', './.pnp.cjs', 'packages/b/test.js')
    assert.match(output, /^of the candidate, 1s 1\.0\.0 /, how)
  }
})
