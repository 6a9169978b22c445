import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { race } from '../../src/cascade/race.ts'

type Runner = (signal: AbortSignal) => AsyncGenerator<string, string, void>

const never = new AbortController().signal
const all = (): boolean => false
const first = (results: readonly string[]): boolean => results.length > 0

/** Says its name, waits, and returns it; takes `cleanupMs` to leave, and notes in `log` when it has. */
function runner(name: string, ms: number, log: string[] = [], cleanupMs = 0): Runner {
  return async function* (signal) {
    try {
      yield `${name} starts`
      await sleep(ms, undefined, { signal })
      return name
    } finally {
      await sleep(cleanupMs)
      log.push(`${name} is gone`)
    }
  }
}

const breaking = (message: string, ms = 0): Runner =>
  async function* (signal) {
    yield 'about to break'
    await sleep(ms, undefined, { signal })
    throw new Error(message)
  }

async function told(contest: AsyncGenerator<string, string[], void>) {
  const events: string[] = []
  for (;;) {
    const next = await contest.next()
    if (next.done) return { events, results: next.value }
    events.push(next.value)
  }
}

test('everybody runs at the same time, and the results come in the order they were reached', async () => {
  const { events, results } = await told(
    race([runner('slow', 300), runner('quick', 100), runner('mid', 200)], all, never),
  )
  assert.deepEqual(results, ['quick', 'mid', 'slow'])
  assert.deepEqual(events, ['slow starts', 'quick starts', 'mid starts'])
})

test('a race nobody runs in is over at once', async () => {
  assert.deepEqual(await told(race<string, string>([], all, never)), { events: [], results: [] })
})

test('losers are aborted the moment it is decided, and are gone before the race returns', async () => {
  const log: string[] = []
  const startedAt = performance.now()
  const { results } = await told(
    race(
      [runner('winner', 20, log), runner('loser', 60_000, log, 30), runner('other', 60_000, log)],
      first,
      never,
    ),
  )
  assert.deepEqual(results, ['winner'])
  assert.deepEqual(log.sort(), ['loser is gone', 'other is gone', 'winner is gone'])
  assert.ok(performance.now() - startedAt < 30_000)
})

test('what losers tell while they leave is told', async () => {
  const talkative: Runner = async function* (signal) {
    try {
      await sleep(60_000, undefined, { signal })
      return 'never'
    } finally {
      yield 'cancelled'
    }
  }
  const { events } = await told(race([runner('winner', 20), talkative, talkative], first, never))
  assert.deepEqual(events, ['winner starts', 'cancelled', 'cancelled'])
})

test('a loser that comes in while it is being cancelled changes nothing', async () => {
  const stubborn: Runner = async function* () {
    yield 'I do not listen'
    await sleep(50)
    return 'stubborn'
  }
  const { results } = await told(race([runner('winner', 10), stubborn], first, never))
  assert.deepEqual(results, ['winner'])
})

test('a loser that throws something of its own while it leaves is no unhandled rejection', async (t) => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  t.after(() => process.off('unhandledRejection', note))
  const sore: Runner = async function* (signal) {
    try {
      yield 'sore starts'
      await sleep(60_000, undefined, { signal })
      return 'never'
    } finally {
      await sleep(10)
      // oxlint-disable-next-line no-unsafe-finally -- that is the point
      throw new Error('late')
    }
  }
  const { results } = await told(race([runner('winner', 10), sore], first, never))
  assert.deepEqual(results, ['winner'])
  await sleep(20)
  assert.deepEqual(unhandled, [])
})

test('a racer that throws takes the others down with it, and the race throws once they are gone', async () => {
  const log: string[] = []
  const startedAt = performance.now()
  await assert.rejects(
    told(race([breaking('boom', 20), runner('other', 60_000, log, 30)], all, never)),
    new Error('boom'),
  )
  assert.deepEqual(log, ['other is gone'])
  assert.ok(performance.now() - startedAt < 30_000)
})

test('what the others tell while they leave a broken race is told', async () => {
  const talkative: Runner = async function* (signal) {
    try {
      await sleep(60_000, undefined, { signal })
      return 'never'
    } finally {
      await sleep(10)
      yield 'cancelled'
    }
  }
  const events: string[] = []
  const contest = race([breaking('boom', 20), talkative], all, never)
  await assert.rejects(async () => {
    for await (const event of contest) events.push(event)
  }, new Error('boom'))
  assert.deepEqual(events, ['about to break', 'cancelled'])
})

test('an abort from outside throws its reason, after every cleanup', async () => {
  const log: string[] = []
  const controller = new AbortController()
  const contest = told(
    race([runner('one', 60_000, log, 30), runner('other', 60_000, log)], all, controller.signal),
  )
  setTimeout(() => controller.abort(new Error('the client left')), 20)
  await assert.rejects(contest, new Error('the client left'))
  assert.deepEqual(log.sort(), ['one is gone', 'other is gone'])
})

test('an abort that nobody in the race heeds still throws at its end', async () => {
  const deaf: Runner = async function* () {
    yield 'deaf starts'
    await sleep(40)
    return 'deaf'
  }
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('the client left')), 10)
  await assert.rejects(told(race([deaf], all, controller.signal)), new Error('the client left'))
})

test('nobody starts in a race that was aborted before it began', async () => {
  const log: string[] = []
  const signal = AbortSignal.abort(new Error('the client left'))
  await assert.rejects(told(race([runner('late', 10, log)], all, signal)), new Error('the client left'))
  assert.deepEqual(log, [])
})

test('a reader that stops reading ends the race and waits for everybody to leave', async () => {
  const log: string[] = []
  const contest = race([runner('one', 60_000, log, 30), runner('other', 60_000, log)], all, never)
  await contest.next()
  await contest.return([])
  assert.deepEqual(log.sort(), ['one is gone', 'other is gone'])
})

test('a reader that throws ends the race too', async () => {
  const log: string[] = []
  const contest = race([runner('one', 60_000, log), runner('other', 60_000, log)], all, never)
  await contest.next()
  await assert.rejects(contest.throw(new Error('enough')), new Error('enough'))
  assert.deepEqual(log.sort(), ['one is gone', 'other is gone'])
})

test('a slow reader loses no event and no result', async () => {
  const chatty: Runner = async function* () {
    for (let word = 0; word < 20; word += 1) yield `${word}`
    return 'done'
  }
  const events: string[] = []
  const contest = race([chatty, chatty, chatty], all, never)
  for await (const event of contest) {
    events.push(event)
    await sleep(1)
  }
  assert.equal(events.length, 60)
})

test('a race inside a race is cancelled with it', async () => {
  const log: string[] = []
  const inner: Runner = async function* (signal) {
    const results = yield* race(
      [runner('inner', 60_000, log, 20), runner('inner too', 60_000, log)],
      all,
      signal,
    )
    return results.join()
  }
  const { results } = await told(race([runner('winner', 10, log), inner], first, never))
  assert.deepEqual(results, ['winner'])
  assert.deepEqual(log.sort(), ['inner is gone', 'inner too is gone', 'winner is gone'])
})
