import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Project } from '../../../src/cascade/ports.ts'
import { makeRepository, type Repository } from '../../support/repository.ts'
import { fingerprint, never, openFolder, serve } from '../served-scene.ts'
import { gateOf } from '../../support/gate.ts'

/** What the base holds: mode and exact text by path, read by a git of our own from the shadow repository. */
async function textsOf(project: Project): Promise<Record<string, string | undefined>> {
  const paths = await project.files(project.base)
  const texts = await Promise.all(paths.map(async (path) => [path, await project.read(project.base, path)]))
  return Object.fromEntries(texts)
}

/** The base as it stands in a workspace: every entry, its mode and its bytes. */
async function laidOut(project: Project, cache: string): Promise<Record<string, string>> {
  await using workspace = await project.checkout(project.base, never)
  const gate = gateOf(['pwd'])
  const { log } = await workspace.run(gate, never)
  assert.ok(log.startsWith(cache))
  return fingerprint(log.trim())
}

const inGit = (path: string): boolean => path === '.git' || path.startsWith('.git/')

test('the base is the tree as it is now, whatever the index says', async () => {
  await using repository = await makeRepository({
    'same.txt': 'same\n',
    'modified.txt': 'old\n',
    'staged.txt': 'old\n',
    'staged-and-modified.txt': 'old\n',
    'deleted.txt': 'old\n',
    'deleted-staged.txt': 'old\n',
    'renamed.txt': 'renamed\n',
    'crlf.txt': 'one\r\ntwo\r\n',
    'no-newline.txt': 'end',
    'run.sh': '#!/bin/sh\n',
    '.gitignore': 'ignored.txt\n*.log\n',
  })
  const { path } = repository
  await repository.write({ 'staged.txt': 'staged\n', 'staged-and-modified.txt': 'staged\n' })
  await repository.git('add', 'staged.txt', 'staged-and-modified.txt')
  await repository.git('rm', '--quiet', 'deleted-staged.txt')
  await repository.git('mv', 'renamed.txt', 'new name.txt')
  await rm(join(path, 'deleted.txt'))
  await chmod(join(path, 'run.sh'), 0o755)
  await symlink('same.txt', join(path, 'link'))
  await repository.write({
    'modified.txt': 'new\n',
    'staged-and-modified.txt': 'again\n',
    'untracked/ünïcode "quoted" \'and\' $odd\\.txt': 'untracked\n',
    'a\ttab.txt': 'tab\n',
    'ignored.txt': 'secret\n',
    'deep/debug.log': 'secret\n',
  })
  const before = await fingerprint(path, {
    without: (file) => inGit(file) || file === 'ignored.txt' || file.startsWith('deep'),
  })
  await using opened = await openFolder(path)
  assert.deepEqual(await laidOut(opened.project, opened.cache), before)
  assert.equal(opened.project.commit, (await repository.git('rev-parse', 'HEAD')).trim())
})

test('a change of the same length in the second in which the index was written is seen', async () => {
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await sleep(1_010 - (Date.now() % 1_000))
  await repository.write({ 'a.txt': 'two\n' })
  await repository.git('add', 'a.txt')
  await repository.write({ 'a.txt': 'six\n' })
  await sleep(1_100)
  await using opened = await openFolder(repository.path)
  assert.equal(await opened.project.read(opened.project.base, 'a.txt'), 'six\n')
})

for (const [where, attributes] of [
  ['the root', '.gitattributes'],
  ['a folder', 'src/.gitattributes'],
  ['the info folder', '.git/info/attributes'],
] as const) {
  test(`line endings that attributes in ${where} would convert are taken byte by byte`, async () => {
    await using repository = await makeRepository({ 'src/other.txt': '' })
    await repository.write({ [attributes]: '*.txt text=auto eol=crlf\n', 'src/a.txt': 'one\r\ntwo\r\n' })
    await repository.git('add', '--all')
    await repository.git('commit', '--quiet', '--message=converted')
    // git trusts an index that is newer than the file it speaks of
    const past = new Date(Date.now() - 60_000)
    await utimes(join(repository.path, 'src/a.txt'), past, past)
    await repository.git('update-index', '--refresh')
    await using opened = await openFolder(repository.path)
    assert.equal(await opened.project.read(opened.project.base, 'src/a.txt'), 'one\r\ntwo\r\n')
  })
}

test('what the user has git convert everywhere is taken byte by byte', async () => {
  await using repository = await makeRepository({ 'a.txt': '' })
  await repository.git('config', 'core.autocrlf', 'input')
  await repository.write({ 'a.txt': 'one\r\ntwo\r\n' })
  await repository.git('add', '--all')
  await sleep(1_010 - (Date.now() % 1_000))
  await repository.git('update-index', '--refresh')
  await using opened = await openFolder(repository.path)
  assert.equal(await opened.project.read(opened.project.base, 'a.txt'), 'one\r\ntwo\r\n')
})

test('what the user ignores in all repositories is left out too', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'quorum-home-'))
  const before = process.env['HOME']
  t.after(async () => {
    if (before === undefined) delete process.env['HOME']
    else process.env['HOME'] = before
    await rm(home, { recursive: true, force: true })
  })
  process.env['HOME'] = home
  assert.equal(homedir(), home)
  await mkdir(join(home, '.config/git'), { recursive: true })
  await writeFile(join(home, '.config/git/ignore'), '.secrets\n')
  await using repository = await makeRepository({ 'a.txt': '' })
  await repository.write({ '.secrets': 'token\n' })
  await using opened = await openFolder(repository.path)
  assert.deepEqual(await textsOf(opened.project), { 'a.txt': '' })
})

test('nested repositories do not stop it', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n', 'sub/b.txt': 'b\n' })
  for (const nested of ['empty', 'sub/empty', 'odd \'name"']) {
    await mkdir(join(repository.path, nested), { recursive: true })
    execFileSync('git', ['init', '--quiet'], { cwd: join(repository.path, nested) })
  }
  await using opened = await openFolder(repository.path)
  assert.deepEqual(await textsOf(opened.project), { 'a.txt': 'a\n', 'sub/b.txt': 'b\n' })
  await using below = await openFolder(join(repository.path, 'sub'))
  assert.deepEqual(await textsOf(below.project), { 'b.txt': 'b\n' })
})

test('a merge conflict is taken with its markers', async () => {
  await using repository = await makeRepository({ 'a.txt': 'base\n' })
  await repository.git('checkout', '--quiet', '-b', 'other')
  await repository.write({ 'a.txt': 'theirs\n' })
  await repository.git('commit', '--quiet', '--all', '--message=theirs')
  await repository.git('checkout', '--quiet', 'main')
  await repository.write({ 'a.txt': 'ours\n' })
  await repository.git('commit', '--quiet', '--all', '--message=ours')
  await assert.rejects(repository.git('merge', 'other'))
  const before = await fingerprint(repository.path)
  {
    await using opened = await openFolder(repository.path)
    assert.match((await opened.project.read(opened.project.base, 'a.txt')) ?? '', /<{7}[^]*ours[^]*>{7}/)
  }
  assert.deepEqual(await fingerprint(repository.path), before)
})

test('a repository without commits, a detached head and an index in two parts are all opened', async () => {
  await using fresh = await makeRepository({ 'a.txt': 'a\n' }, { commit: false })
  await using first = await openFolder(fresh.path)
  assert.equal(first.project.commit, null)
  assert.deepEqual(await textsOf(first.project), { 'a.txt': 'a\n' })

  await using detached = await makeRepository({ 'a.txt': 'a\n' })
  await detached.git('checkout', '--quiet', '--detach')
  await detached.git('update-index', '--split-index')
  await detached.write({ 'b.txt': 'b\n' })
  await using second = await openFolder(detached.path)
  assert.equal(second.project.commit, (await detached.git('rev-parse', 'HEAD')).trim())
  assert.deepEqual(await textsOf(second.project), { 'a.txt': 'a\n', 'b.txt': 'b\n' })
})

test('a linked worktree and a subfolder are projects', async () => {
  await using repository = await makeRepository({
    '.gitignore': '*.log\n',
    'a.txt': 'a\n',
    'packages/web/b.txt': 'b\n',
  })
  const linked = `${repository.path}-linked`
  await repository.git('worktree', 'add', '--quiet', '--detach', linked)
  try {
    await repository.write({ '.git/info/exclude': '/mine.txt\n' })
    await writeFile(join(linked, 'mine.txt'), 'mine\n')
    await writeFile(join(linked, 'a.txt'), 'changed\n')
    await using opened = await openFolder(linked)
    const expected = { '.gitignore': '*.log\n', 'a.txt': 'changed\n', 'packages/web/b.txt': 'b\n' }
    assert.deepEqual(await textsOf(opened.project), expected)
  } finally {
    await rm(linked, { recursive: true, force: true })
  }

  await repository.write({ 'packages/web/new.txt': 'new\n', 'packages/web/x.log': 'log\n' })
  await rename(join(repository.path, 'packages/web/b.txt'), join(repository.path, 'packages/web/c.txt'))
  await using below = await openFolder(join(repository.path, 'packages/web'))
  assert.deepEqual(await textsOf(below.project), { 'c.txt': 'b\n', 'new.txt': 'new\n' })
  assert.equal(below.project.commit, (await repository.git('rev-parse', 'HEAD')).trim())
})

test('of a folder without git everything is taken but what never belongs to a project', async () => {
  await using plain = await makeRepository(
    {
      'a.txt': 'a\n',
      'sub/b.txt': 'b\n',
      '.env': 'KEY=1\n',
      'sub/.env.local': 'KEY=1\n',
      'node_modules/x/index.js': '',
    },
    { git: false },
  )
  await using opened = await openFolder(plain.path)
  assert.equal(opened.project.commit, null)
  assert.deepEqual(await textsOf(opened.project), { 'a.txt': 'a\n', 'sub/b.txt': 'b\n' })
})

test('files that came with the request are all taken, also where the cache stands in a repository', async () => {
  await using around = await makeRepository({ '.gitignore': '*\n' })
  await using served = await serve({}, { cacheDir: join(around.path, 'cache') })
  const files = [
    { path: 'build/a.ts', content: 'a\n' },
    { path: '.env.example', content: 'b\n' },
  ]
  await using project = await served.service.open({ kind: 'files', files }, never)
  assert.deepEqual(await textsOf(project), { 'build/a.ts': 'a\n', '.env.example': 'b\n' })
  assert.equal(project.commit, null)
})

test('the folder of the user is the same to the byte, .git included, after everything was done', async () => {
  await using repository = await makeRepository({
    'a.txt': 'one\n',
    'b.txt': 'two\n',
    'package.json': '{"scripts":{"test":"node -e \'fs.writeFileSync(\\"junk\\", \\"\\")\'"}}',
  })
  await dirty(repository)
  const before = await fingerprint(repository.path)
  {
    await using opened = await openFolder(repository.path)
    const { project } = opened
    const changes = [
      { path: 'a.txt', content: 'changed\n' },
      { path: 'new/c.txt', content: 'c\n' },
      { path: 'b.txt', content: null },
    ]
    const tree = await project.write(project.base, changes, never)
    await project.diff(project.base, tree, never)
    await project.merge(project.base, project.base, tree, never)
    await using workspace = await project.checkout(tree, never)
    const run = await workspace.run(project.gates[0]!, never)
    assert.equal(run.exitCode, 0, run.log)
  }
  assert.deepEqual(await fingerprint(repository.path), before)
  assert.match(await repository.git('stash', 'list'), /stash@\{0\}/)
})

async function dirty(repository: Repository): Promise<void> {
  await repository.write({ 'a.txt': 'stashed\n' })
  await repository.git('stash')
  await repository.write({ 'a.txt': 'staged\n', 'untracked.txt': 'untracked\n' })
  await repository.git('add', 'a.txt')
  await repository.write({ 'a.txt': 'dirty\n' })
}
