import assert from 'node:assert/strict'
import { test } from 'node:test'
import { together } from '../../../src/cascade/proving/together.ts'

const never = new AbortController().signal
const gone = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

test('results come in the order of what was asked, whoever is first', async () => {
  const first = Promise.withResolvers<string>()
  const results = together(
    [1, 2],
    async (input) => {
      if (input === 1) return first.promise
      first.resolve('late')
      return 'early'
    },
    never,
  )
  assert.deepEqual(await results, ['late', 'early'])
})

test('when one breaks the others are stopped, waited for, and its error is told', async () => {
  const ended: number[] = []
  const work = async (input: number, signal: AbortSignal): Promise<number> => {
    try {
      if (input === 2) throw new Error('broken')
      return await gone(signal)
    } finally {
      await Promise.resolve()
      ended.push(input)
    }
  }
  await assert.rejects(together([1, 2, 3], work, never), /broken/)
  assert.deepEqual(new Set(ended), new Set([1, 2, 3]))
})

test('who stops it is told why', async () => {
  const stop = new AbortController()
  const running = together([1, 2], (_, signal) => gone(signal), stop.signal)
  stop.abort(new Error('the client left'))
  await assert.rejects(running, /the client left/)
})
