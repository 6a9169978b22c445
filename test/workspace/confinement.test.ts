import assert from 'node:assert/strict'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { noCage } from '../../src/workspace/cage/sandbox.ts'
import { findCage, hasCage } from '../support/caged.ts'
import { makeRepository } from '../support/repository.ts'
import { fingerprint, never, openFolder } from './served-scene.ts'

const cage = await findCage()

const scripts = (test: string) => JSON.stringify({ type: 'module', scripts: { lint: 'node -e ""', test } })

test('without a cage the gates that run model-written code are left out, and said to be', async () => {
  await using repository = await makeRepository({ 'package.json': scripts('node test.js') })
  const confinement = { cage: noCage('none here', 'install one'), unsafeGates: false }
  await using opened = await openFolder(repository.path, { confinement })
  assert.deepEqual(
    opened.project.gates.map(({ name }) => name),
    ['lint'],
  )
  assert.deepEqual(opened.project.leftOut, ['test'])
  assert.equal(opened.project.cage, 'none')
})

test('the user may say that they run all the same', async () => {
  await using repository = await makeRepository({ 'package.json': scripts('node test.js') })
  const confinement = { cage: noCage('none here', 'install one'), unsafeGates: true }
  await using opened = await openFolder(repository.path, { confinement })
  assert.deepEqual(
    opened.project.gates.map(({ name }) => name),
    ['lint', 'test'],
  )
  assert.deepEqual(opened.project.leftOut, [])
})

test('a held gate resolves the dependencies, may write beside and into them, and the user keeps his', async (t) => {
  if (!hasCage(t, cage)) return
  await using repository = await makeRepository({
    'package.json': scripts('node test.js'),
    '.gitignore': 'node_modules\n',
    'test.js': `import { appendFileSync, writeFileSync, mkdirSync, existsSync } from 'node:fs'
import { one } from 'one'
if (one !== 1) throw new Error('one')
if (existsSync('node_modules/.cache/seen')) throw new Error('what an earlier gate wrote is still here')
mkdirSync('node_modules/.cache', { recursive: true })
writeFileSync('node_modules/.cache/seen', '')
appendFileSync('node_modules/one/index.js', 'throw new Error("spoilt")')
`,
  })
  await repository.write({
    'node_modules/one/package.json': '{"name": "one", "type": "module", "main": "index.js"}',
    'node_modules/one/index.js': 'export const one = 1\n',
  })
  const before = await fingerprint(repository.path)
  await using opened = await openFolder(repository.path, {
    confinement: { cage, unsafeGates: false },
    gateSlots: 1,
  })
  const { project } = opened
  const gate = project.gates.find(({ name }) => name === 'test')!
  for (const round of [1, 2]) {
    await using workspace = await project.checkout(project.base, never)
    const run = await workspace.run(gate, never)
    assert.equal(run.exitCode, 0, `round ${round}: ${run.log}`)
  }
  assert.deepEqual(await fingerprint(repository.path), before)
})

test('a held gate reaches neither the user’s files nor the network', async (t) => {
  if (!hasCage(t, cage)) return
  await using elsewhere = await makeRepository({ 'secret.txt': 'the key\n' }, { git: false })
  await using repository = await makeRepository({
    'package.json': scripts('node test.js'),
    'test.js': `import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
const failed = (what) => { try { what(); return false } catch { return true } }
if (!failed(() => readFileSync(${JSON.stringify(join(elsewhere.path, 'secret.txt'))}))) throw new Error('read a secret')
failed(() => writeFileSync(${JSON.stringify(join(elsewhere.path, 'secret.txt'))}, 'gone'))
await new Promise((resolve, reject) => {
  const socket = connect(9, '127.0.0.1', () => reject(new Error('connected')))
  socket.on('error', resolve)
})
`,
  })
  await using opened = await openFolder(repository.path, { confinement: { cage, unsafeGates: false } })
  const { project } = opened
  await using workspace = await project.checkout(project.base, never)
  const run = await workspace.run(
    project.gates.find(({ name }) => name === 'test')!,
    never,
  )
  assert.equal(run.exitCode, 0, run.log)
  assert.equal(await readFile(join(elsewhere.path, 'secret.txt'), 'utf8'), 'the key\n')
})

test('under a cage a package of the project resolves inside the workspace, with what the candidate changed', async (t) => {
  if (!hasCage(t, cage)) return
  await using repository = await makeRepository({
    'package.json': scripts('node test.js'),
    '.gitignore': 'node_modules\n',
    'packages/sum/package.json': '{"name": "sum", "type": "module", "main": "index.js"}',
    'packages/sum/index.js': 'export const sum = (a, b) => a - b\n',
    'test.js': "import { sum } from 'sum'\nif (sum(2, 3) !== 5) throw new Error(`2 + 3 = ${sum(2, 3)}`)\n",
  })
  await mkdir(join(repository.path, 'node_modules'))
  await symlink('../packages/sum', join(repository.path, 'node_modules/sum'))
  await using opened = await openFolder(repository.path, { confinement: { cage, unsafeGates: false } })
  const { project } = opened
  const content = 'export const sum = (a, b) => a + b\n'
  const mended = await project.write(project.base, [{ path: 'packages/sum/index.js', content }], never)
  const gate = project.gates.find(({ name }) => name === 'test')!
  for (const [tree, exitCode] of [
    [project.base, 1],
    [mended, 0],
  ] as const) {
    await using workspace = await project.checkout(tree, never)
    const run = await workspace.run(gate, never)
    assert.equal(run.exitCode, exitCode, run.log)
  }
})
