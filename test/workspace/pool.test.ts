import assert from 'node:assert/strict'
import { access } from 'node:fs/promises'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Project, Workspace } from '../../src/cascade/ports.ts'
import { makeRepository } from '../support/repository.ts'
import { fingerprint, never, openFolder } from './served-scene.ts'
import { gateOf } from '../support/gate.ts'

const sh = (script: string) => gateOf(['sh', '-c', script])

/** Where a workspace stands. */
const placeOf = async (workspace: Workspace): Promise<string> =>
  (await workspace.run(sh('pwd'), never)).log.trim()

/** How a tree looks in a workspace nobody worked in before. */
async function freshly(project: Project, tree: string): Promise<Record<string, string>> {
  await using workspace = await project.checkout(tree, never)
  return fingerprint(await placeOf(workspace))
}

test('two checkouts at once are two folders, without git and each with its own tree', async () => {
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await using opened = await openFolder(repository.path)
  const { project } = opened
  const other = await project.write(project.base, [{ path: 'a.txt', content: 'two\n' }], never)
  const places = await Promise.all(
    [project.base, other].map(async (tree) => {
      await using workspace = await project.checkout(tree, never)
      await sleep(100)
      const { log } = await workspace.run(
        sh('pwd; cat a.txt; ls -A; git rev-parse 2>/dev/null && echo git'),
        never,
      )
      return log.split('\n')
    }),
  )
  const [first = [], second = []] = places
  assert.notEqual(first[0], second[0])
  assert.deepEqual(first.slice(1), ['one', 'a.txt', ''])
  assert.deepEqual(second.slice(1), ['two', 'a.txt', ''])
})

test('slots bound how many are out, and who waits may walk away', async () => {
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await using opened = await openFolder(repository.path, { gateSlots: 1 })
  const { project } = opened
  const abort = new AbortController()
  {
    await using workspace = await project.checkout(project.base, never)
    const waiting = project.checkout(project.base, abort.signal)
    const state = await Promise.race([
      waiting.then(
        () => 'given',
        () => 'refused',
      ),
      sleep(200, 'waits'),
    ])
    assert.equal(state, 'waits')
    abort.abort(new Error('gone'))
    await assert.rejects(waiting, /gone/)
    await placeOf(workspace)
  }
  await using next = await project.checkout(project.base, never)
  await placeOf(next)
})

test('a checkout that is cancelled halfway gives its slot back', async () => {
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await using opened = await openFolder(repository.path, { gateSlots: 1 })
  const { project } = opened
  for (const ms of [0, 5, 15, 30]) {
    const signal = AbortSignal.timeout(ms)
    await project.checkout(project.base, signal).then(
      (workspace) => workspace[Symbol.asyncDispose](),
      () => {},
    )
  }
  await using workspace = await project.checkout(project.base, never)
  assert.deepEqual(Object.keys(await fingerprint(await placeOf(workspace))), ['a.txt'])
})

test('whatever a gate did to the folder, the next checkout is exactly the next tree', async () => {
  await using repository = await makeRepository({
    'a.txt': 'one\n',
    'b.txt': 'two\n',
    'keep/c.txt': 'three\n',
    'package.json': '{}',
    'packages/[a] b/package.json': '{}',
    '.gitignore': 'out/\n*.log\n',
  })
  await using opened = await openFolder(repository.path, { gateSlots: 1 })
  const { project } = opened
  const next = await project.write(project.base, [{ path: 'b.txt', content: 'new\n' }], never)
  const expected = { base: await freshly(project, project.base), next: await freshly(project, next) }

  const vandalism = [
    'rm a.txt && printf "six\\n" > b.txt && rm -r keep && mkdir -p new/deep && echo x > new/deep/x',
    'mkdir -p out && echo x > out/x && echo x > a.log && echo x > keep/b.log && chmod 755 a.txt',
    'mkdir -p ro/deep && echo x > ro/deep/x && chmod -R a-w ro && chmod 000 ro/deep',
    'mkdir -p keep/node_modules/evil node_modules/evil "packages/[a] b/node_modules/evil" && touch keep/node_modules/evil/index.js',
    'rm -r keep && ln -s /tmp keep && rm a.txt && mkdir a.txt && touch a.txt/x',
    'git init -q . && git -c user.name=x -c user.email=x@x.x commit -q --allow-empty -m x',
    'mkdir sub && cd sub && git init -q . && touch x',
    'touch -r a.txt /tmp/../$TMPDIR/stamp && printf "eno\\n" > a.txt && touch -r $TMPDIR/stamp a.txt',
    'rm -rf "$PWD"',
    'ln -s a.txt link && printf "*.txt -text\\n" > .gitattributes && printf "*\\n" >> .gitignore',
  ]
  for (const script of vandalism) {
    {
      await using workspace = await project.checkout(project.base, never)
      const run = await workspace.run(sh(script), never)
      assert.equal(run.exitCode, 0, `${script}: ${run.log}`)
    }
    assert.deepEqual(await freshly(project, next), expected.next, script)
    assert.deepEqual(await freshly(project, project.base), expected.base, script)
  }
})

test('a pipe that a gate left is gone at the next checkout, or its reader would wait for ever', async () => {
  await using repository = await makeRepository({ 'a.txt': 'a\n' })
  await using opened = await openFolder(repository.path, { gateSlots: 1 })
  const { project } = opened
  {
    await using workspace = await project.checkout(project.base, never)
    const run = await workspace.run(sh('mkdir -p deep && mkfifo pipe deep/pipe && ls deep'), never)
    assert.equal(run.log, 'pipe\n')
  }
  await using workspace = await project.checkout(project.base, never)
  assert.equal((await workspace.run(sh('ls -A'), never)).log, 'a.txt\n')
})

test('what a gate wrote into its home is gone at the next checkout', async () => {
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  await using opened = await openFolder(repository.path, { gateSlots: 1 })
  for (let round = 0; round < 2; round += 1) {
    await using workspace = await opened.project.checkout(opened.project.base, never)
    const run = await workspace.run(sh('ls -A "$HOME" "$TMPDIR"; touch "$HOME/x" "$TMPDIR/x"'), never)
    assert.doesNotMatch(run.log, /x$/m)
  }
})

test('nothing remains after the project is disposed, also what a gate closed', async () => {
  await using repository = await makeRepository({ 'a.txt': 'one\n' })
  let place = ''
  {
    await using opened = await openFolder(repository.path)
    await using workspace = await opened.project.checkout(opened.project.base, never)
    await workspace.run(sh('mkdir -p ro/deep && touch ro/deep/x && chmod 000 ro/deep ro'), never)
    place = await placeOf(workspace)
  }
  await assert.rejects(access(place))
})

test('a repository of ten thousand files opens in about a second, and a warm checkout is quick', async (t) => {
  await using repository = await makeRepository({}, { commit: false })
  for (let index = 0; index < 10_000; index += 1) {
    const folder = join(repository.path, 'src', String(index % 100))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `f${index}.ts`), `export const f = ${index}\n`)
  }
  await repository.git('add', '--all')
  await repository.git('commit', '--quiet', '--message=first')
  let from = performance.now()
  const lap = (what: string): void => {
    t.diagnostic(`${what}: ${Math.round(performance.now() - from)} ms`)
    from = performance.now()
  }
  await using opened = await openFolder(repository.path)
  lap('open')
  const { project } = opened
  const tree = await project.write(project.base, [{ path: 'src/1/f1.ts', content: 'changed\n' }], never)
  lap('write')
  await (await project.checkout(project.base, never))[Symbol.asyncDispose]()
  lap('cold checkout')
  const warm = await project.checkout(tree, never)
  lap('warm checkout')
  await warm[Symbol.asyncDispose]()
  assert.equal((await project.files(tree)).length, 10_000)
})
