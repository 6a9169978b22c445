import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { urlOf, type LlamaServer } from '../../src/llama/servers-file.ts'
import type { ServerState, State } from '../../src/llama/state-file.ts'
import { supervise } from '../../src/llama/supervisor.ts'
import { isRunning } from '../../src/workspace/identity.ts'
import { freePort, llamaFolder } from '../support/llama-folder.ts'

const QUICK = { timeout: 300_000 }

type Watched = {
  folder: string
  url: string
  /** The first state after now in which this holds. */
  when: (holds: (server: ServerState) => boolean) => Promise<ServerState>
  /** The machine has slept for so long. */
  oversleep: (ms: number) => void
  end: () => Promise<void>
}

/** One server under supervision; rounds follow each other quickly. */
async function watch(t: TestContext, flags: (folder: string) => string[]): Promise<Watched> {
  // before the folder goes
  t.after(() => end())
  const { folder, program } = await llamaFolder(t)
  const port = await freePort()
  const server: LlamaServer = {
    name: 'fast-coder',
    model: 'hf:a/b',
    port,
    context: 512,
    slots: 2,
    flags: flags(folder),
  }
  const stop = new AbortController()
  const waiting: { holds: (server: ServerState) => boolean; resolve: (server: ServerState) => void }[] = []
  let slept = 0
  const done = supervise(
    {
      servers: { file: join(folder, 'quorum.llama.json'), program, servers: [server] },
      dir: folder,
      environment: {},
      now: () => Date.now() + slept,
      sleep: (ms, signal) => sleep(Math.min(ms, 50), undefined, { signal }),
      answerWithinMs: 3_000,
      onRound: ({ servers: [state] }: State) => {
        for (const one of waiting.splice(0)) {
          if (state && one.holds(state)) one.resolve(state)
          else waiting.push(one)
        }
      },
    },
    stop.signal,
  )
  return {
    folder,
    url: urlOf(server),
    when: (holds) =>
      Promise.race([
        new Promise<ServerState>((resolve) => waiting.push({ holds, resolve })),
        done.then(failed),
      ]),
    oversleep: (ms) => void (slept += ms),
    end,
  }

  function end(): Promise<void> {
    stop.abort()
    return done
  }
}

const failed = (): never => assert.fail('the supervisor has ended')

test('a server that loads slowly is waited for, and at the end nothing of it is left', QUICK, async (t) => {
  const { folder, when, end } = await watch(t, (folder) => ['--scripted-load', join(folder, 'loaded')])
  assert.equal((await when(({ care }) => care.phase === 'loading')).care.starts, 1)
  await writeFile(join(folder, 'loaded'), '')
  const { process, care } = await when(({ care }) => care.phase === 'healthy')
  assert.ok(process && (await isRunning(process)))
  assert.deepEqual([care.starts, care.failures], [1, 0])
  await end()
  assert.equal(await isRunning(process), false)
  assert.ok(!(await readdir(folder)).includes('state.json'))
})

test('a server that dies is started again', QUICK, async (t) => {
  const { url, when } = await watch(t, () => [])
  const first = await when(({ care }) => care.phase === 'healthy')
  await fetch(`${url}/die`, { method: 'POST' }).catch(() => {})
  const second = await when(({ care }) => care.phase === 'healthy' && care.starts > 1)
  assert.notEqual(second.process?.pid, first.process?.pid)
})

test('a server that stops answering is killed and started again', QUICK, async (t) => {
  const { url, when } = await watch(t, () => [])
  const first = await when(({ care }) => care.phase === 'healthy')
  await fetch(`${url}/hang`, { method: 'POST' })
  await when(({ care }) => care.phase === 'healthy' && care.starts > 1)
  assert.ok(first.process)
  assert.equal(await isRunning(first.process), false)
})

test('a server whose model did not survive a sleep of the machine is found at once', QUICK, async (t) => {
  const { url, when, oversleep } = await watch(t, () => [])
  await when(({ care }) => care.phase === 'healthy')
  await fetch(`${url}/lose-model`, { method: 'POST' })
  // its health is as good as ever
  assert.equal((await fetch(`${url}/health`)).status, 200)
  assert.equal((await when(() => true)).care.starts, 1)
  oversleep(3_600_000)
  const { care } = await when(({ care }) => care.phase === 'healthy' && care.starts > 1)
  assert.equal(care.starts, 2)
})

test('a server that fails and fails is tried again, later each time', QUICK, async (t) => {
  const { when } = await watch(t, () => ['--scripted-refuse', 'no'])
  const waits = []
  for (const failures of [1, 2]) {
    const { care } = await when(({ care }) => care.phase === 'waiting' && care.failures === failures)
    waits.push(care.startAt - care.since)
  }
  assert.deepEqual(waits, [1_000, 2_000])
})
