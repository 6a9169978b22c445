import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { applyToWorkingTree } from '../../src/workspace/apply.ts'

const never = new AbortController().signal

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'quorum-apply-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

const change = (path: string, before: string, after: string): string =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-${before}\n+${after}\n`
const add = (path: string, text: string): string =>
  `diff --git a/${path} b/${path}\nnew file mode 100644\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${text}\n`

test('a diff is applied in a plain folder', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'a.txt'), 'one\n')
  const diff = change('a.txt', 'one', 'two') + add('new/b.txt', 'three')
  assert.deepEqual(await applyToWorkingTree(path, diff, never), { applied: true })
  assert.equal(await readFile(join(path, 'a.txt'), 'utf8'), 'two\n')
  assert.equal(await readFile(join(path, 'new/b.txt'), 'utf8'), 'three\n')
})

test('below the root of a repository paths start at the folder, and the index stays as it was', async (t) => {
  const root = await folder(t)
  const path = join(root, 'packages', 'web')
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'a.txt'), 'one\n')
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' })
  git('init', '--quiet')
  git('add', '--all')
  assert.deepEqual(await applyToWorkingTree(path, change('a.txt', 'one', 'two'), never), { applied: true })
  assert.equal(await readFile(join(path, 'a.txt'), 'utf8'), 'two\n')
  assert.equal(git('status', '--porcelain'), 'AM packages/web/a.txt\n')
})

test('when one part does not fit, nothing is applied, and the reason names the file', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'a.txt'), 'one\n')
  await writeFile(join(path, 'b.txt'), 'changed meanwhile\n')
  const diff = change('a.txt', 'one', 'two') + change('b.txt', 'one', 'two')
  const result = await applyToWorkingTree(path, diff, never)
  assert.equal(result.applied, false)
  assert.match(result.applied ? '' : result.reason, /b\.txt/)
  assert.equal(await readFile(join(path, 'a.txt'), 'utf8'), 'one\n')
})

test('Windows line ends stay what they are', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'a.txt'), 'one\r\nend\r\n')
  const diff = '--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n-one\r\n+two\r\n end\r\n'
  assert.deepEqual(await applyToWorkingTree(path, diff, never), { applied: true })
  assert.equal(await readFile(join(path, 'a.txt'), 'utf8'), 'two\r\nend\r\n')
})

test('nothing outside of the folder can be written, neither by a path nor through a link', async (t) => {
  const outside = await folder(t)
  const path = await folder(t)
  await symlink(outside, join(path, 'link'))
  for (const target of ['../escaped.txt', 'link/escaped.txt']) {
    assert.equal((await applyToWorkingTree(path, add(target, 'x'), never)).applied, false, target)
  }
  assert.deepEqual(await readdir(outside), [])
})
