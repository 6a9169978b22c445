import assert from 'node:assert/strict'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createTools, type Toolbox } from '../../../src/codebase/tools/tools.ts'
import { SwarmError } from '../../../src/core/errors.ts'
import { watchPrivateTexts } from '../../../src/models/leaving/private-texts.ts'
import { privatePaths } from '../../../src/private-paths.ts'
import { createWorkspaces } from '../../../src/workspace/workspaces.ts'
import { makeRepository, type Repository } from '../../support/repository.ts'
import { UNHELD } from '../../support/unheld.ts'

const FILES = {
  'package.json': JSON.stringify({
    name: 'shop',
    type: 'module',
    main: 'src/main.js',
    scripts: { test: 'node --test', tidy: 'tidy --all' },
  }),
  'README.md':
    '# Shop\n\nSells things.\n\n## Discounts\n\nA voucher takes ten percent off the whole basket.\n',
  'src/main.js': "import { total } from './total.js'\nconsole.log(total([1, 2]))\n",
  'src/total.js':
    '/** Sums the prices of a basket. */\nexport function total(prices) {\n  return prices.reduce((sum, price) => sum + price, 0)\n}\n',
  'src/long.txt': `${'word '.repeat(2_000)}\n`.repeat(30),
  'test/total.test.js':
    "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { total } from '../src/total.js'\ntest('sums', () => assert.equal(total([1, 2]), 3))\n",
  'test/other.test.js':
    "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\ntest('fails', () => assert.equal(1, 2, 'the other one fails'))\n",
  '.env': 'TOKEN=hidden-token\n',
  'deploy/id_rsa': 'hidden-key\n',
  'notes.txt': '-----BEGIN RSA PRIVATE KEY-----\nhidden-body total\n',
  '.gitignore': 'ignored.txt\n',
}

type Opened = {
  repository: Repository
  tools: Toolbox
  ask: (name: string, input?: object) => Promise<string>
  refusal: Refusal
}
const never = new AbortController().signal
const MAPPED = ['src/total.js', 'src/main.js'].map((path) => ({ path, text: `1| mapped ${path}` }))
type Refusal = (name: string, input: object) => Promise<SwarmError>

/** The tools over a real repository; there is no map, which nobody has to wait for. */
async function open(
  t: TestContext,
  files: Record<string, string> = FILES,
  patterns: string[] = [],
): Promise<Opened> {
  const repository = await makeRepository(files)
  t.after(() => repository[Symbol.asyncDispose]())
  const cacheDir = await mkdtemp(join(tmpdir(), 'quorum-tools-'))
  t.after(() => rm(cacheDir, { recursive: true, force: true }))
  const workspaces = createWorkspaces({
    sources: [{ name: 'shop', path: repository.path }],
    gates: {},
    gateSlots: 1,
    cacheDir,
    confinement: UNHELD,
  })
  const isPrivate = privatePaths(patterns)
  const texts = watchPrivateTexts({ isPrivate, folders: [repository.path], now: () => 0 })
  const withheld = { patterns, isPrivate, filesIn: (text: string) => texts.filesIn(text) }
  const map = { files: MAPPED, tokens: 20, by: 'symbols' as const }
  const codebase = { map: async () => (patterns.length > 0 ? map : null) }
  const tools = createTools({ workspaces, codebase, withheld })
  t.after(() => tools.close())
  const call = (name: string, input: object = {}) => tools.outside.call(name, input, never)
  return {
    repository,
    tools,
    ask: async (name, input) => (await call(name, input)).text,
    async refusal(name, input) {
      const error = await call(name, input).then(
        ({ text }) => assert.fail(`answered: ${text.slice(0, 500)}`),
        (error: unknown) => error,
      )
      assert.ok(error instanceof SwarmError, String(error))
      return error
    },
  }
}

test('a file is read whole, in part or raw, and what is cut says how to get the rest', async (t) => {
  const { ask } = await open(t)
  assert.match(await ask('read_file', { path: 'src/main.js' }), /^1\| import .*\n2\| console/)
  assert.equal(
    await ask('read_file', { path: './src/total.js', start: 2, end: 3, raw: true }),
    'export function total(prices) {\n  return prices.reduce((sum, price) => sum + price, 0)\n[lines 2–3 of 4]',
  )
  const long = await ask('read_file', { path: 'src/long.txt' })
  assert.ok(long.length < 42_000, String(long.length))
  assert.match(long, /more characters of this line are not shown\]/)
  const [, next] = /ask again with "start": (\d+)/.exec(long) ?? []
  assert.match(
    await ask('read_file', { path: 'src/long.txt', start: Number(next) }),
    new RegExp(`^${next}\\| word`),
  )
  assert.match(await ask('read_file', { path: 'total.js' }), /There is: src\/total\.js/)
})

test('what leads out of the workspace, or is no path at all, is refused and names the argument', async (t) => {
  const { refusal } = await open(t)
  const outside = [
    '../x',
    'src/../../x',
    '/etc/passwd',
    'C:\\x',
    'src\\total.js',
    '~/x',
    'src//total.js',
    'a\0b',
    '',
  ]
  for (const path of outside) {
    for (const name of ['read_file', 'run_tests', 'git_diff']) {
      const { fault, param } = await refusal(name, { path })
      assert.deepEqual([name, path, fault, param], [name, path, 'bad-request', 'path'])
    }
  }
})

test('no tool shows secrets, what git leaves out, or where a link leads', async (t) => {
  const { repository, ask } = await open(t)
  const elsewhere = await mkdtemp(join(tmpdir(), 'quorum-elsewhere-'))
  t.after(() => rm(elsewhere, { recursive: true, force: true }))
  await writeFile(join(elsewhere, 'secret.txt'), 'hidden-elsewhere total\n')
  await symlink(join(elsewhere, 'secret.txt'), join(repository.path, 'src', 'link.txt'))
  await symlink(elsewhere, join(repository.path, 'src', 'folder'))
  await repository.write({
    'ignored.txt': 'hidden-ignored total\n',
    '.env': 'TOKEN=hidden-change\n',
    'notes.txt': `${FILES['notes.txt']}more\n`,
  })
  const paths = [
    '.env',
    'deploy/id_rsa',
    'notes.txt',
    'ignored.txt',
    'src/link.txt',
    'src/folder/secret.txt',
    '.git/config',
  ]
  const said = await Promise.all([
    ...paths.map((path) => ask('read_file', { path })),
    ...paths.map((path) => ask('git_diff', { show: 'blame', path })),
    ask('git_diff'),
    ask('git_diff', { from: 'HEAD', path: 'deploy' }),
    ask('search_docs', { query: 'hidden' }),
    ask('search_docs', { query: 'total' }),
    ask('find_references', { name: 'total' }),
    ask('find_references', { name: 'hidden-key' }),
    ask('analyze_codebase', { focus: 'hidden-token' }),
  ])
  assert.doesNotMatch(said.join('\n'), /hidden-(?!key stands in no file)\w+|PRIVATE KEY/)
  assert.match(await ask('git_diff'), /2 changed files are not shown: they may hold secrets/)
})

test('what is private is left out of every tool for clients, which say how much, and of none of ours', async (t) => {
  const files = {
    ...FILES,
    'src/rates.js':
      "/** Our hidden margin on vouchers. */\nimport { total } from './total.js'\nexport const margin = (prices) => total(prices) * 0.42\n",
    'test/rates.test.js':
      "import { readFileSync } from 'node:fs'\nimport { test } from 'node:test'\ntest('shows', () => {\n  throw new Error(readFileSync('src/rates.js', 'utf8'))\n})\n",
  }
  const { repository, ask, tools } = await open(t, files, ['rates.js', 'src/main.js'])
  await repository.write({ 'src/rates.js': `${files['src/rates.js']}// more margin\n` })
  const asked: [name: string, input: object, left: RegExp][] = [
    ['read_file', { path: 'src/rates.js' }, /^src\/rates\.js is not shown: it is private$/],
    ['git_diff', {}, /^Nothing has changed[^]*\[1 private file is not shown\]$/],
    ['git_diff', { path: 'src/rates.js' }, /it is private$/],
    ['git_diff', { show: 'log', path: 'src/rates.js' }, /it is private$/],
    ['git_diff', { show: 'blame', path: 'src/rates.js', from: 'HEAD' }, /it is private$/],
    ['search_docs', { query: 'hidden margin' }, /^Nothing in the doc[^]*\[1 private passage is not shown\]$/],
    ['find_references', { name: 'margin' }, /^margin stands in no file[^]*\[1 private file is not shown\]$/],
    ['find_references', { name: 'total' }, /\n\n\[2 private files are not shown\]$/],
    ['analyze_codebase', {}, /1\| mapped src\/total\.js\n\n\[1 private file is not shown\]/],
    ['run_tests', { path: 'test/rates.test.js' }, /^not shown: lines of private files .*\(src\/rates\.js/],
  ]
  for (const [name, input, left] of asked) {
    const said = await ask(name, input)
    assert.match(said, left, JSON.stringify([name, input]))
    assert.doesNotMatch(said, /0\.42|Our hidden|mapped src\/main|console\.log/, JSON.stringify([name, input]))
    if (name === 'run_tests') continue
    const ours = (await tools.inside.call(name, input, never)).text
    assert.doesNotMatch(ours, /is private|private files? /, JSON.stringify([name, input]))
  }
})

test('what was moved to a private place is not shown where it lay before', async (t) => {
  const moved = "export const secretOfTheHouse = 'never give more than ten percent'\n"
  const { repository, ask } = await open(t, { 'a.js': moved, 'b.js': 'export const b = 1\n' }, ['private/'])
  await repository.write({ 'private/a.js': moved, 'b.js': 'export const b = 2\n' })
  await repository.git('rm', '--quiet', 'a.js')
  assert.match(await ask('git_diff'), /^not shown: lines of private files stand in it \(private\/a\.js\)$/)
  assert.match(await ask('git_diff', { path: 'b.js' }), /b = 2/)
})

test('a revision is a commit and nothing else', async (t) => {
  const { refusal } = await open(t)
  const tricks = [
    '--output=/tmp/quorum-was-here',
    '-p',
    'HEAD:.env',
    'HEAD..HEAD',
    ':/first',
    'HEAD^{/first}',
    '@{-1}',
    'a b',
    'none',
  ]
  for (const from of tricks) {
    const { fault, param } = await refusal('git_diff', { from })
    assert.deepEqual([from, fault, param], [from, 'bad-request', 'from'])
  }
})

test('what changed, in which commits, and who wrote a line', async (t) => {
  const { repository, ask } = await open(t)
  await repository.write({ 'src/total.js': FILES['src/total.js'].replace('0)', '1)'), 'new.txt': 'x\n' })
  const now = await ask('git_diff')
  assert.match(now, /^diff --git a\/src\/total\.js[\s\S]*\n-.*0\)\n\+.*1\)/)
  assert.match(now, /Untracked, see read_file: new\.txt/)
  assert.equal(
    await ask('git_diff', { path: 'README.md' }),
    'Nothing has changed in files that may be shown.',
  )
  await repository.git('commit', '--quiet', '--all', '--message=second')
  assert.match(await ask('git_diff', { from: 'HEAD~1', to: 'HEAD' }), /\+.*1\)/)
  assert.match(await ask('git_diff', { show: 'log' }), /^\w+ [\d-]+ Test: second\n\w+ [\d-]+ Test: first$/)
  assert.match(await ask('git_diff', { show: 'log', path: 'README.md' }), /^\w+ [\d-]+ Test: first$/)
  const range = { path: 'src/total.js', start: 2, end: 2 }
  assert.match(await ask('git_diff', { show: 'log', ...range }), /^\w+ [\d-]+ Test: first$/)
  assert.match(
    await ask('git_diff', { show: 'blame', ...range }),
    /^\^?\w+ .*Test.* 2\) export function total/,
  )
})

test('a name is found where it is defined, where it is used, and elsewhere', async (t) => {
  const { ask } = await open(t)
  const said = await ask('find_references', { name: 'total' })
  assert.match(said, /^Definitions of total:\nsrc\/total\.js:2-4 function {2}export function total\(prices\)/)
  const [, uses = ''] = /Uses in code \(4 in 2 files\):\n([\s\S]*?)\n\n/.exec(`${said}\n\n`) ?? []
  assert.deepEqual(uses.match(/^[\w/.]+:\d+/gm), [
    'src/main.js:1',
    'src/main.js:2',
    'test/total.test.js:3',
    'test/total.test.js:4',
  ])
  assert.match(await ask('find_references', { name: 'nowhere' }), /stands in no file/)
})

test('documentation is ranked, and a changed file is read again', async (t) => {
  const { repository, ask } = await open(t)
  assert.match(await ask('search_docs', { query: 'voucher percent' }), /^README\.md:5 — Discounts\n/)
  assert.match(
    await ask('search_docs', { query: 'prices of a basket' }),
    /^src\/total\.js:1 — export function total/,
  )
  await repository.write({ 'README.md': '# Shop\n\nEverything is free on the first of April.\n' })
  assert.match(await ask('search_docs', { query: 'april' }), /^README\.md:1 — Shop/)
  assert.match(await ask('search_docs', { query: 'voucher' }), /^Nothing in the documentation/)
})

test('the analysis names languages, scripts and entry points', async (t) => {
  const { ask } = await open(t)
  const said = await ask('analyze_codebase')
  for (const part of [
    /JavaScript: 4 files/,
    /src\/main\.js \(package\.json\)/,
    /package\.json: tidy = tidy --all/,
  ]) {
    assert.match(said, part)
  }
})

test('tests run on a copy with what is not committed, one file or all', async (t) => {
  const { repository, ask } = await open(t)
  await repository.write({ 'src/total.js': FILES['src/total.js'].replace('0)', '1)') })
  const before = await repository.git('status', '--short')
  const one = await ask('run_tests', { path: 'test/total.test.js' })
  assert.match(one, /^test\/total\.test\.js: 0 passed, 1 failed, 0 skipped\n\ntest\/total\.test\.js > sums: /)
  const all = await ask('run_tests')
  assert.match(all, /the other one fails/)
  assert.match(all, /0 passed, 2 failed/)
  assert.equal(await repository.git('status', '--short'), before)
})

test('arguments a tool does not take, and tools and workspaces that are not here, are named', async (t) => {
  const { refusal } = await open(t)
  const cases: [string, object, string, string][] = [
    ['read_file', {}, 'bad-request', 'path'],
    ['read_file', { path: 'README.md', line: 3 }, 'bad-request', 'line'],
    ['read_file', { path: 'README.md', start: 0 }, 'bad-request', 'start'],
    ['find_references', { name: 'a.*b' }, 'bad-request', 'name'],
    ['search_docs', { query: ' ' }, 'bad-request', 'query'],
    ['git_diff', { show: 'blame' }, 'bad-request', 'path'],
    ['read_file', { path: 'README.md', workspace: 'none' }, 'bad-request', 'workspace'],
    ['write_file', {}, 'not-found', 'name'],
  ]
  for (const [name, input, ...expected] of cases) {
    const { fault, param } = await refusal(name, input)
    assert.deepEqual([name, input, fault, param], [name, input, ...expected])
  }
})
