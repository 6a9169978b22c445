import { z } from 'zod'
import { askAsClient } from '../src/models/demo-client.ts'
import { randomFrom, seedOf } from '../src/core/random.ts'
import { letterFor } from '../test/support/story.ts'
import { makeRepository } from '../test/support/repository.ts'
import {
  startScriptedModels,
  type RecordedCall,
  type ScriptedCall,
  type ScriptedReply,
} from '../test/support/scripted-models.ts'
import { median, quantile, smallest } from './figures.ts'
import { startQuorum } from './quorum.ts'

const RUNS = 12
const ANSWERS = ['left + right', 'right + left']

/**
 * Wall time of a whole task over its critical path: plan, the third-fastest coder with its checks, the third ballot, the
 * review. The path is taken from the scripted upstream's own log of calls and from what the gates took, not from the
 * server's spans: queues, late starts and slow cancels show in the ratio, slow models do not.
 */
export async function benchCascade(): Promise<void> {
  await using repository = await makeRepository(PROJECT)
  await using models = await startScriptedModels(reply)
  await using quorum = await startQuorum(models.url, repository.path)
  const runs: { wallMs: number; pathMs: number }[] = []
  for (let run = 0; run <= RUNS; run += 1) {
    const before = models.calls.length
    const startedAt = performance.now()
    const id = await firstContent(quorum.url, run)
    const wallMs = performance.now() - startedAt
    const pathMs = criticalPath(models.calls.slice(before), await checksOf(quorum.url, id))
    // the first run warms up the machine, not the claim
    if (run > 0) runs.push({ wallMs, pathMs })
  }
  const ratios = runs.map(({ wallMs, pathMs }) => wallMs / pathMs)
  console.log(`cascade, wall time over critical path, ${RUNS} runs of 5 seats, 4 slots, 2 clusters, 5 voters`)
  console.log(
    `  ratio     p50 ${median(ratios).toFixed(3)}   p95 ${quantile(ratios, 0.95).toFixed(3)}   (goal: p50 ≤ 1.15)`,
  )
  console.log(`  wall ms   p50 ${median(runs.map(({ wallMs }) => wallMs)).toFixed(0)}`)
  console.log(`  path ms   p50 ${median(runs.map(({ pathMs }) => pathMs)).toFixed(0)}\n`)
}

const PROJECT = {
  'src/add.js': 'export const add = (left, right) => left - right\n',
  'check.js': "import { add } from './src/add.js'\nif (add(2, 3) !== 5) throw new Error('2 + 3')\n",
  'package.json': JSON.stringify({ type: 'module' }),
  'quorum.config.json': JSON.stringify({
    gates: { test: { command: [process.execPath, 'check.js'] } },
    limits: { voting: 'first-to-3' },
  }),
}

/** Every call takes its own, seeded time; seats answer in one of two right ways. */
function reply(call: ScriptedCall): ScriptedReply {
  const random = randomFrom(seedOf(String(call.index), 'bench'))
  const around = (ms: number): number => ms * (0.8 + 0.6 * random())
  if (call.text.includes('# Role: planner')) {
    const subtask = { id: '1', description: 'mend add', filesOwned: ['src/add.js'], dependsOn: [] }
    return { kind: 'text', text: JSON.stringify({ subtasks: [subtask] }), delayMs: around(600) }
  }
  if (call.text.includes('# Role: coder')) {
    const text = `src/add.js\n<<<<<<< SEARCH\nexport const add = (left, right) => left - right\n=======\nexport const add = (left, right) => ${ANSWERS[call.index % 2]}\n>>>>>>> REPLACE\n`
    return { kind: 'text', text, delayMs: around(2_500) }
  }
  if (call.text.includes('# Role: voter')) {
    return { kind: 'text', text: letterFor(call.text, ANSWERS[0]!), delayMs: around(500) }
  }
  return { kind: 'text', text: '{"decision": "approve", "objections": []}', delayMs: around(800) }
}

async function firstContent(url: string, run: number): Promise<string> {
  const request = `Fix add in src/add.js, it subtracts (${run})`
  const answer = askAsClient({ url, model: 'quorum@bench' }, request, new AbortController().signal)
  for (;;) {
    const next = await answer.next()
    if (next.done) throw new Error('the answer had no content')
    if (next.value.lane === 'answer') return drained(answer)
  }
}

async function drained(answer: AsyncGenerator<unknown, string, void>): Promise<string> {
  for (;;) {
    const next = await answer.next()
    if (next.done) return next.value
  }
}

const Story = z.object({
  story: z.array(
    z.object({ event: z.object({ type: z.string(), result: z.object({ ms: z.number() }).optional() }) }),
  ),
})

/** Milliseconds the gates took for each verified seat. */
async function checksOf(url: string, completion: string): Promise<number[]> {
  const task = completion.replace(/^chatcmpl-/, '')
  const response = await fetch(`${url}/api/task/${task}`)
  const { story } = Story.parse(await response.json())
  return story.flatMap(({ event }) =>
    event.type === 'gate_complete' && event.result ? [event.result.ms] : [],
  )
}

function criticalPath(calls: readonly RecordedCall[], checks: readonly number[]): number {
  const took = (role: string): number[] =>
    calls
      .filter(({ text, outcome }) => text.includes(`# Role: ${role}`) && outcome === 'complete')
      .map(({ startedAt, endedAt }) => endedAt! - startedAt)
  const check = median(checks)
  const coders = took('coder').map((ms) => ms + check)
  return (
    smallest(took('planner'), 1) +
    smallest(coders, 3) +
    smallest(took('voter'), 3) +
    smallest(took('reviewer'), 1)
  )
}
