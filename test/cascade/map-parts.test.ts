import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Codebase, MappedCode } from '../../src/cascade/ports.ts'
import { only, RIGHT, setStage } from '../support/story.ts'

const MAP: MappedCode = {
  files: [
    { path: 'src/part.js', text: '``` src/part.js\n2| export function part(name)\n```' },
    { path: 'src/gone.js', text: '``` src/gone.js\n1| export function gone()\n```' },
  ],
  tokens: 40,
  by: 'symbols',
}

/** A task in a workspace whose map is this. */
async function planned(t: TestContext, map: MappedCode | null) {
  const stage = await setStage(t, {
    cast: { coder: () => RIGHT },
    limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } },
    gates: {},
  })
  const asked: Parameters<Codebase['map']>[1][] = []
  const codebase: Codebase = {
    async map(_, wish) {
      asked.push(wish)
      return map
    },
    symbols: async () => null,
    find: async () => null,
  }
  Object.assign(stage.ports, { codebase })
  const { story } = await stage.tell({ request: 'Greet politely.', filesOwned: ['src/greet.js'] })
  return { asked, prompt: stage.prompts('planner')[0]!, ready: only(story, 'map_ready') }
}

test('the planner sees what the likeliest files declare, as far as the task has these files', async (t) => {
  const { asked, prompt, ready } = await planned(t, MAP)
  assert.match(prompt, /# What some of these files declare.*\n\n``` src\/part\.js\n2\| export function part/)
  assert.doesNotMatch(prompt, /gone/)
  assert.deepEqual(ready[0], { type: 'map_ready', by: 'symbols', files: ['src/part.js'], tokens: 40 })
  assert.equal(asked[0]?.request, 'Greet politely.')
  assert.deepEqual(asked[0]?.open, ['src/greet.js'])
  assert.ok(asked[0].tokens > 100 && asked[0].tokens < 5_000)
})

test('without a map the planner has the list of files, and nothing is told of any', async (t) => {
  const { prompt, ready } = await planned(t, null)
  assert.match(prompt, /# Files of the project\n\n.*src\/greet\.js/s)
  assert.doesNotMatch(prompt, /# What some of these files declare/)
  assert.deepEqual(ready, [])
})
