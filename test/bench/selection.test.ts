import assert from 'node:assert/strict'
import { test } from 'node:test'
import { betaQuantile, betaShare } from '../../bench/selection/beta.ts'
import { wilson } from '../../bench/selection/intervals.ts'
import { sourceOf, plantedIn } from '../../bench/selection/planted.ts'
import { POLICIES } from '../../bench/selection/policies.ts'
import type { Result } from '../../bench/selection/result.ts'
import { createVirtualClock } from '../../bench/selection/simulation/virtual-clock.ts'
import { tapesOf } from '../../bench/selection/tape.ts'
import { HARMFUL, TYPICAL, type World } from '../../bench/selection/world.ts'
import { ALL, LONG } from '../support/long.ts'

const never = new AbortController().signal

async function play(name: string, world: World, runs: number): Promise<Result[]> {
  const policy = POLICIES.find((policy) => policy.name === name)!
  return Array.fromAsync(policy.play(world, tapesOf(world, runs, 7)))
}

const share = <Item>(items: readonly Item[], is: (item: Item) => boolean): number =>
  items.filter(is).length / items.length

test('the beta distribution is that of the books', () => {
  // Beta(1/2, 1/2) is the arcsine law, Beta(2, 2) is symmetric
  assert.ok(Math.abs(betaShare(0.25, 0.5, 0.5) - 1 / 3) < 1e-9)
  assert.ok(Math.abs(betaShare(0.5, 2, 2) - 0.5) < 1e-9)
  assert.ok(Math.abs(betaShare(betaQuantile(0.2, 0.4, 0.27), 0.4, 0.27) - 0.2) < 1e-9)
})

test('an interval of no hits still begins at zero and has a width', () => {
  const { value, low, high } = wilson(0, 100)
  assert.equal(value, 0)
  assert.ok(Math.abs(low) < 1e-12 && high > 0.03 && high < 0.04)
})

test('coders are right with p, and five of one task together as a correlation of .6 says', () => {
  const tapes = tapesOf(TYPICAL, 4_000, 1)
  const rightAt = (seat: number) => (tape: (typeof tapes)[number]) =>
    tape.written('fast', `1/1/coder/${seat}`).fault === null
  const any = (tape: (typeof tapes)[number]) => [1, 2, 3, 4, 5].some((seat) => rightAt(seat)(tape))
  assert.ok(Math.abs(share(tapes, rightAt(1)) - 0.75) < 0.02)
  // of the closed form of the beta-binomial distribution
  assert.ok(Math.abs(share(tapes, any) - 0.89) < 0.015)
  assert.ok(Math.abs(tapes.reduce((sum, { power }) => sum + power, 0) / tapes.length - 0.7) < 0.005)
})

test('the same seed is the same tape, and another seed is another', () => {
  const written = (seed: number) =>
    tapesOf(TYPICAL, 40, seed).map((tape) => tape.written('fast', '1/1/coder/1'))
  assert.deepEqual(written(3), written(3))
  assert.notDeepEqual(written(3), written(4))
})

test('a planted change is found again in its source, and a mutant of it is not', () => {
  const planted = { kind: 'logic', form: 12, wording: 2 } as const
  assert.deepEqual(plantedIn(sourceOf(planted)), planted)
  assert.equal(plantedIn(sourceOf(planted).replace('>', '>=')), null)
})

test('virtual time passes in the order of sleep, and not for those who were woken by an abort', async () => {
  const clock = createVirtualClock()
  const stop = new AbortController()
  const heard: string[] = []
  const sleeper = async (name: string, ms: number) => {
    await clock.sleep(ms, never)
    heard.push(`${name} at ${clock.now()}`)
    if (name === 'first') stop.abort(new Error('enough'))
  }
  const stopped = assert.rejects(clock.sleep(1_000_000, stop.signal), /enough/)
  await Promise.all([sleeper('second', 20_000), sleeper('first', 10_000), stopped])
  assert.deepEqual(heard, ['first at 10000', 'second at 20000'])
})

test('every policy plays the same tasks, and the same again', async () => {
  for (const { name } of POLICIES) {
    const once = await play(name, TYPICAL, 12)
    assert.equal(once.length, 12)
    assert.deepEqual(await play(name, TYPICAL, 12), once, name)
  }
})

test('where coders are always right every effort delivers that', async () => {
  for (const effort of ['low', 'medium', 'high']) {
    const results = await play(effort, { ...TYPICAL, p: 0.999_999 }, 10)
    assert.ok(
      results.every(({ label, correct }) => label === 'verified' && correct),
      effort,
    )
  }
})

test('where coders are never right and gates see nothing, the wrong change is delivered and counted as wrong', async () => {
  const results = await play('low', { ...TYPICAL, p: 0.000_001, failuresKept: 1, d: 0.000_001 }, 10)
  assert.ok(results.every(({ correct }) => !correct))
  assert.ok(results.some(({ label }) => label !== 'abstained'))
})

test(
  'where coders tamper with tests a single attempt is fooled and the cascade is not',
  { skip: !ALL && LONG },
  async () => {
    const tampering = HARMFUL.find(({ name }) => name === 'tampering coders')!
    const isFooled = ({ label, tampered }: Result): boolean => label === 'verified' && tampered
    assert.ok((await play('single', tampering, 60)).some(isFooled))
    for (const effort of ['low', 'medium', 'high']) {
      const results = await play(effort, tampering, 40)
      assert.ok(
        results.some(({ tamperings }) => tamperings > 0),
        'nobody tampered',
      )
      assert.ok(!results.some(({ tampered }) => tampered), effort)
    }
  },
)
