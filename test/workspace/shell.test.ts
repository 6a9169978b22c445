import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Gate, GateRun } from '../../src/core/task.ts'
import { runGate } from '../../src/workspace/gates/run-gate.ts'
import { UNHELD } from '../support/unheld.ts'
import { shell } from '../../src/workspace/shell.ts'
import { never } from './served-scene.ts'
import { gateOf } from '../support/gate.ts'

type Desk = { root: string; home: string }

async function makeDesk(t: TestContext): Promise<Desk> {
  const at = await realpath(await mkdtemp(join(tmpdir(), 'quorum-desk-')))
  t.after(() => rm(at, { recursive: true, force: true }))
  const desk = { root: join(at, 'tree'), home: join(at, 'home') }
  await mkdir(desk.root)
  await mkdir(join(desk.home, 'tmp'), { recursive: true })
  return desk
}

const gate = (command: string[], timeoutMs = 20_000): Gate => gateOf(command, { timeoutMs })
const run = (desk: Desk, script: string, timeoutMs?: number, signal = never): Promise<GateRun> =>
  runGate(
    gate(['sh', '-c', script], timeoutMs),
    { ...desk, overlays: [], readable: [], toolchains: [] },
    UNHELD.cage,
    signal,
  )

/** Pids a script wrote to `pids`, once there are so many. */
async function pidsIn({ root }: Desk, count: number): Promise<number[]> {
  for (;;) {
    const text = await readFile(join(root, 'pids'), 'utf8').catch(() => '')
    const pids = text.split('\n').filter(Boolean).map(Number)
    if (pids.length >= count && text.endsWith('\n')) return pids
    await sleep(20)
  }
}

/** A process that has ended but that nobody has waited for is as good as gone. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && !/^\d+ \(.*\) [ZX]/s.test(stat)
}

async function assertGone(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    for (let tries = 0; tries < 1_000 && (await isRunning(pid)); tries += 1) await sleep(20)
    assert.equal(await isRunning(pid), false, `process ${pid} is still running`)
  }
}

test('a gate that passes, fails, or is killed by a signal tells how it ended', async (t) => {
  const desk = await makeDesk(t)
  const passed = await run(desk, 'echo out; echo err >&2')
  assert.deepEqual([passed.exitCode, passed.timedOut, passed.diagnostics], [0, false, []])
  assert.match(passed.log, /out\n/)
  assert.match(passed.log, /err\n/)
  assert.equal((await run(desk, 'exit 3')).exitCode, 3)
  const killed = await run(desk, 'kill -9 $$')
  assert.deepEqual([killed.exitCode, killed.timedOut], [null, false])
})

test('a program that is not there gives 127 and says which', async (t) => {
  const result = await runGate(
    gate(['no-such-linter', '--fix']),
    { ...(await makeDesk(t)), overlays: [], readable: [], toolchains: [] },
    UNHELD.cage,
    never,
  )
  assert.equal(result.exitCode, 127)
  assert.equal(result.timedOut, false)
  assert.match(result.log, /no-such-linter: no such program/)
  assert.match(result.diagnostics[0]?.message ?? '', /no-such-linter/)
})

test('a program that may not be run gives 126 and says which', async (t) => {
  const desk = await makeDesk(t)
  await writeFile(join(desk.root, 'plain'), 'no program')
  const result = await runGate(
    gate([join(desk.root, 'plain')]),
    { ...desk, overlays: [], readable: [], toolchains: [] },
    UNHELD.cage,
    never,
  )
  assert.equal(result.exitCode, 126)
  assert.match(result.log, /plain.*EACCES/)
})

/** Ways of a program to stay alive; each writes the pids that have to be gone. */
const STUBBORN: Readonly<Record<string, { script: string; count: number }>> = {
  'a child that ignores SIGTERM': {
    script: `trap '' TERM; echo $$ >> pids; sleep 300 & echo $! >> pids; wait; wait`,
    count: 2,
  },
  'a grandchild in the background that holds the pipe': {
    script: `(sleep 300 & echo $! >> pids); echo $$ >> pids; sleep 300`,
    count: 2,
  },
  'a daemon in a session of its own': {
    script: `setsid sh -c 'echo $$ >> pids; sleep 300' & echo $$ >> pids; sleep 300`,
    count: 2,
  },
  'a daemon that forked twice': {
    script: `(setsid sh -c '(sh -c "echo \\$\\$ >> pids; exec sleep 300" &) ' &) ; echo $$ >> pids; sleep 300`,
    count: 2,
  },
}

for (const [name, { script, count }] of Object.entries(STUBBORN)) {
  test(`a time-out kills ${name}`, async (t) => {
    const desk = await makeDesk(t)
    const started = performance.now()
    const result = await run(desk, script, 2_000)
    assert.deepEqual([result.exitCode, result.timedOut], [null, true])
    assert.ok(performance.now() - started < 50_000)
    await assertGone(await pidsIn(desk, count))
  })

  test(`a cancel kills ${name}, and the caller sees the reason`, async (t) => {
    const desk = await makeDesk(t)
    const abort = new AbortController()
    const running = run(desk, script, 60_000, abort.signal)
    const pids = await pidsIn(desk, count)
    const started = performance.now()
    abort.abort(new Error('the client left'))
    await assert.rejects(running, /the client left/)
    assert.ok(performance.now() - started < 50_000)
    await assertGone(pids)
  })
}

test('a gate that ends by itself leaves no daemon behind, and what it said is kept', async (t) => {
  const desk = await makeDesk(t)
  const script = `(setsid sh -c 'echo $$ >> pids; sleep 300' &); sleep 300 & echo $! >> pids; sleep 1; echo said; exit 4`
  const started = performance.now()
  const result = await run(desk, script)
  assert.deepEqual([result.exitCode, result.timedOut, result.log], [4, false, 'said\n'])
  assert.ok(performance.now() - started < 50_000)
  await assertGone(await pidsIn(desk, 2))
})

test('a daemon that shed its environment cannot keep the gate waiting, nor change how it ended', async (t) => {
  const desk = await makeDesk(t)
  const script = `(env -i setsid sh -c 'echo $$ >> pids; exec sleep 60' &); sleep 1; exit 0`
  const result = await run(desk, script)
  assert.equal(result.exitCode, 0)
  assert.ok(result.ms < 50_000)
  const [pid] = await pidsIn(desk, 1)
  if (pid !== undefined && (await isRunning(pid))) process.kill(pid, 'SIGKILL')
  await assertGone(await pidsIn(desk, 1))
})

test('a busy process still hears all that a program said', async () => {
  const said = shell(['sh', '-c', 'seq 100000'], { cwd: tmpdir(), environment: {} }, never)
  await sleep(50)
  const until = performance.now() + 800
  while (performance.now() < until);
  const { exitCode, stdout } = await said
  assert.equal(exitCode, 0)
  assert.ok(stdout.endsWith('\n100000\n'))
})

test('output is bounded, and the end of it is kept for the human', async (t) => {
  const desk = await makeDesk(t)
  const long = await run(desk, 'seq 100000; exit 1')
  assert.equal(long.exitCode, 1)
  assert.ok(long.log.length < 25_000)
  assert.ok(long.log.endsWith('\n100000\n'))
  const endless = await run(desk, 'yes', 2_000)
  assert.notEqual(endless.exitCode, 0)
  assert.ok(endless.log.length < 25_000)
})

test('nothing of our environment reaches a gate, and its home is the one of the pool', async (t) => {
  const desk = await makeDesk(t)
  process.env['QUORUM_API_KEY_TEST'] = 'top-secret'
  t.after(() => delete process.env['QUORUM_API_KEY_TEST'])
  const { log } = await run(desk, 'env; echo "cwd=$(pwd)"; node --version')
  assert.doesNotMatch(log, /top-secret/)
  assert.match(log, new RegExp(`^HOME=${desk.home}$`, 'm'))
  assert.match(log, new RegExp(`^TMPDIR=${desk.home}/tmp$`, 'm'))
  assert.match(log, new RegExp(`^cwd=${desk.root}$`, 'm'))
  assert.ok(log.endsWith(`${process.version}\n`))
  const names = log.split('\n').flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? [])
  const known =
    'PATH HOME TMPDIR LANG CI NO_COLOR FORCE_COLOR NEXT_TELEMETRY_DISABLED DO_NOT_TRACK PWD OLDPWD SHLVL _ QUORUM_COMMAND'
  assert.deepEqual(
    names.filter((name) => !known.split(' ').includes(name)),
    [],
  )
})
