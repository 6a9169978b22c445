import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { shell, type ShellOptions } from '../../../src/workspace/shell.ts'
import { makeRepository } from '../../support/repository.ts'
import { never } from '../served-scene.ts'

const options = { cwd: '/', environment: {} }

/** Runs JavaScript, which may say `child('…')` for another process; all of them carry a token to be found by. */
async function play(script: string, more: Partial<ShellOptions> = {}, signal = never) {
  const token = `TOKEN${Math.random()}`
  const child = `const child = (script, options = {}) => require('node:child_process')
    .spawn(process.execPath, ['-e', script, '${token}'], { stdio: 'inherit', ...options });`
  const started = performance.now()
  const result = await shell(
    [process.execPath, '-e', `${child}${script}`, token],
    { ...options, leavesNothing: true, ...more },
    signal,
  )
  return { ...result, took: performance.now() - started, left: await alive(token) }
}

/** Processes that have this in their command line and are no zombies. */
async function alive(token: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      return command.includes(token) ? [command] : []
    }),
  )
  return lines.flat()
}

/** Longer than any of this takes, on any machine. */
const SLEEP_MS = 120_000
const SLEEP = `setTimeout(() => {}, ${SLEEP_MS})`
const DEAF = `process.on('SIGTERM', () => {}); process.on('SIGHUP', () => {}); ${SLEEP}`

test('a program’s exit code and both its outputs come back', async () => {
  const result = await play(`console.log('out'); console.error('err'); process.exitCode = 3`)
  assert.deepEqual([result.exitCode, result.timedOut, result.stdout, result.dropped], [3, false, 'out\n', 0])
  assert.deepEqual(result.output.split('\n').sort(), ['', 'err', 'out'])
})

test('a program that leaves a sleeper behind, which holds the pipe, returns at once and the sleeper is gone', async () => {
  const { exitCode, took, left, output } = await play(`console.log('done'); child(\`${SLEEP}\`).unref()`)
  assert.deepEqual([exitCode, output, left], [0, 'done\n', []])
  assert.ok(took < SLEEP_MS / 2, `${took} ms`)
})

test('a time-out ends a program that does not listen to signals, with its children', async () => {
  const { exitCode, timedOut, took, left } = await play(`child(\`${DEAF}\`); ${DEAF}`, { timeoutMs: 400 })
  assert.deepEqual([exitCode, timedOut, left], [null, true, []])
  assert.ok(took < SLEEP_MS / 2, `${took} ms`)
})

test('a daemon in a session of its own, whose parents have ended, does not survive', async () => {
  const daemon = `require('node:child_process').spawn(process.execPath, ['-e', \\\`${SLEEP}\\\`, process.argv[1]],
    { detached: true, stdio: 'ignore' }).unref()`
  const { exitCode, left } = await play(
    `child(\`${daemon}\`, { detached: true }).on('exit', () => setTimeout(() => process.exit(), 200))`,
  )
  assert.deepEqual([exitCode, left], [0, []])
  const hung = await play(`child(\`${SLEEP}\`, { detached: true }); ${SLEEP}`, { timeoutMs: 400 })
  assert.deepEqual([hung.exitCode, hung.left], [null, []])
})

test('a program that starts new processes faster than it is watched is ended all the same', async () => {
  // a bound on the generations, so that a fault found here does not go on for ever
  const breed = `const generation = Number(process.env.GENERATION ?? 0) + 1
    const breed = () => require('node:child_process').spawn(process.execPath,
      ['-e', 'eval(process.env.BREED)', process.argv[1]],
      { detached: true, stdio: 'ignore', env: { ...process.env, GENERATION: String(generation) } })
    if (generation < 50) setTimeout(breed, 20); setTimeout(() => {}, 20_000)`
  const { left } = await play('eval(process.env.BREED)', { timeoutMs: 500, environment: { BREED: breed } })
  assert.deepEqual(left, [])
})

test('an abort ends a program; one that is already aborted starts none', async () => {
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 200)
  const { exitCode, timedOut, left, took } = await play(SLEEP, {}, abort.signal)
  assert.deepEqual([exitCode, timedOut, left], [null, false, []])
  assert.ok(took < SLEEP_MS / 2, `${took} ms`)

  await using folder = await makeRepository({}, { git: false })
  const late = await shell(['touch', join(folder.path, 'x')], options, AbortSignal.abort())
  assert.equal(late.exitCode, null)
  assert.deepEqual(await readdir(folder.path), [])
})

test('a program that is not there, or may not be run, is told by its exit code', async () => {
  const missing = await shell(['no-such-program', 'x'], options, never)
  assert.deepEqual([missing.exitCode, missing.output], [127, 'no-such-program: no such program\n'])
  const forbidden = await shell(['/etc/passwd'], options, never)
  assert.equal(forbidden.exitCode, 126)
  assert.equal((await shell(['bad\0argument'], options, never)).exitCode, 126)
})

test('a signal of the program’s own making leaves no exit code', async () => {
  const { exitCode, timedOut } = await play(`process.kill(process.pid, 'SIGKILL')`)
  assert.deepEqual([exitCode, timedOut], [null, false])
})

test('of too much output the beginning and the end are kept, and how much is missing is told', async () => {
  const { exitCode, output, dropped } = await play(
    `console.log('begin'); for (let at = 0; at < 20_000; at += 1) console.log('x'.repeat(100)); console.log('end')`,
    { keep: 10_000 },
  )
  assert.equal(exitCode, 0)
  assert.ok(output.length < 10_100 && output.startsWith('begin\n') && output.endsWith('end\n'))
  assert.equal(dropped, 20_000 * 101 + 10 - 10_000)
})

test('nothing of our environment reaches the program, and standard input is closed', async () => {
  const { stdout } = await shell(
    [
      'node',
      '-e',
      'process.stdin.on("end", () => console.log(Object.keys(process.env).sort().join())).resume()',
    ],
    { cwd: '/', environment: { ONLY: 'this' } },
    never,
  )
  assert.equal(stdout, 'ONLY,PATH,QUORUM_COMMAND\n')
})
