import assert from 'node:assert/strict'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Budget } from '../../../src/workspace/processes/budget.ts'
import { shell } from '../../../src/workspace/shell.ts'
import { openScene, probe, processesWith } from '../cage/sandbox-scene.ts'
import { never } from '../served-scene.ts'

const MEGABYTE = 1_000_000
const PLENTY = { memoryBytes: 600 * MEGABYTE, diskBytes: 100 * MEGABYTE }
const SOME_LIMIT_MS = 60_000

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'quorum-budget-')))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Runs a script that may say `$SLEEP` to wait for long; tells how it ended and who of it is left. */
async function play(
  cwd: string,
  script: string,
  budget: Partial<Budget> = {},
  command = ['sh', '-c', script],
) {
  const mark = `600.${process.pid}${String(process.hrtime.bigint()).slice(-7)}`
  const { exitCode, timedOut, exceeded, output } = await shell(
    command,
    {
      cwd,
      environment: { SLEEP: `sleep ${mark}` },
      timeoutMs: SOME_LIMIT_MS,
      leavesNothing: true,
      budget: { ...PLENTY, folders: [cwd], ...budget },
    },
    never,
  )
  return { exitCode, timedOut, exceeded, output, left: await processesWith(mark) }
}

const killedFor = (exceeded: 'memory' | 'disk') => ({
  exitCode: null,
  timedOut: false,
  exceeded,
  output: '',
  left: [],
})
const passed = { exitCode: 0, timedOut: false, exceeded: null, output: '', left: [] }

/** So many processes, each of which holds 60 MB until what it reads from ends. */
const hold = (processes: number, until: string): string =>
  `for i in $(seq ${processes}); do (head -c 60000000 /dev/zero; ${until}) | tail -n 1 >/dev/null & done; wait`

test('twenty processes that are small one by one are killed for the memory of all', async (t) => {
  const folder = await makeFolder(t)
  assert.deepEqual(await play(folder, hold(20, '$SLEEP')), killedFor('memory'))
  assert.deepEqual(await play(folder, hold(5, 'sleep 1')), passed)
})

test('memory of daemons that left the group and lost their parents counts', async (t) => {
  const script = `(setsid sh -c '${hold(20, '$SLEEP')}' &); $SLEEP`
  assert.deepEqual(await play(await makeFolder(t), script), killedFor('memory'))
})

test('memory of a caged command counts, though its processes are in a namespace of their own', async (t) => {
  const cage = await probe()
  if (cage.kind !== 'bubblewrap') return t.skip(`no bubblewrap here: ${cage.description}`)
  await using scene = await openScene()
  const room = scene.room({ limits: { processes: 512, memoryBytes: 2 ** 32, fileBytes: 2 ** 29 } })
  const command = cage.wrap(['sh', '-c', hold(20, `sleep ${scene.mark}`)], room)
  assert.deepEqual(await play(scene.tree, '', {}, [...command]), killedFor('memory'))
  assert.deepEqual(await processesWith(scene.mark), [])
})

test('memory that processes share counts once', async (t) => {
  const script = `x=$(head -c 100000000 /dev/zero | tr '\\0' x)
    for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 1; :) & done; wait`
  assert.deepEqual(await play(await makeFolder(t), script), passed)
})

test('many files that are small one by one are killed for what they take together', async (t) => {
  const folder = await makeFolder(t)
  const write = 'mkdir -p a/b/c; for i in $(seq 200); do head -c 1000000 /dev/zero >a/b/c/$i; done; $SLEEP'
  assert.deepEqual(await play(folder, write), killedFor('disk'))
})

test('a file that grows and grows is killed for it, in the second folder too', async (t) => {
  const [folder, home] = [await makeFolder(t), await makeFolder(t)]
  const write = `head -c 150000000 /dev/zero >${home}/log; $SLEEP`
  assert.deepEqual(await play(folder, write, { folders: [folder, home] }), killedFor('disk'))
})

test('what was there before, holes, and further names of a file are no writing', async (t) => {
  const folder = await makeFolder(t)
  await mkdir(join(folder, 'checkout'))
  for (let index = 0; index < 30; index += 1) {
    await writeFile(join(folder, 'checkout', `file ${index}`), Buffer.alloc(5 * MEGABYTE))
  }
  const script = `sleep 0.1; truncate -s 900000000 hole; head -c 9000000 /dev/zero >one
    for i in $(seq 50); do ln one name$i; done; cat checkout/* >/dev/null; sleep 1`
  assert.deepEqual(await play(folder, script), passed)
})

test('a folder of more entries than are looked at in one go is looked at to its end', async (t) => {
  const folder = await makeFolder(t)
  const script = `mkdir many; cd many; seq 3000 | xargs touch; cd ..; for i in $(seq 120); do
    mkdir $i; head -c 1000000 /dev/zero >$i/x; done; $SLEEP`
  assert.deepEqual(await play(folder, script), killedFor('disk'))
})

test('a program that starts and ends hundreds of processes and removes what it writes is no false alarm', async (t) => {
  const script = `for i in $(seq 120); do
    head -c 5000000 /dev/zero >x$i & mkdir -p d$i/e; rm -rf d$i; wait; rm x$i; done`
  assert.deepEqual(await play(await makeFolder(t), script), passed)
})

test('folders that are gone, closed or a link are no trouble', async (t) => {
  const folder = await makeFolder(t)
  const script = 'mkdir gone; ln -s / link; ln -s . round; sleep 0.6; rm -r gone; sleep 0.6'
  const folders = [folder, join(folder, 'gone'), join(folder, 'never')]
  assert.deepEqual(await play(folder, script, { folders }), passed)
})
