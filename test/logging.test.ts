import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import type { Entry, SwarmEvent } from '../src/core/event.ts'
import { createLogger, type LoggerOptions } from '../src/logging.ts'
import { PROOF } from './support/proof.ts'
import { NO_BUDGET } from '../src/core/task.ts'

const place = { subtask: '1', seat: 2 }
const usage = { promptTokens: 10, completionTokens: 5, reasoningTokens: 0, estimated: false }
const call = { call: 'c', role: 'coder', place, tier: 'fast', model: 'fast-coder' } as const
const patch = { tree: 't', diff: '+x\n', files: ['a.ts'], lines: 7 }
const gate = {
  gate: 'lint',
  command: ['npm'],
  exitCode: 0,
  timedOut: false,
  ms: 5,
  diagnostics: [],
  log: '',
} as const

/** One event of every kind, those of the requirements first. */
const EVENTS: SwarmEvent[] = [
  {
    type: 'task_created',
    request: 'do it',
    filesOwned: [],
    allowTests: false,
    effort: 'medium',
    budget: NO_BUDGET,
    workspace: { kind: 'named', name: 'w' },
  },
  { type: 'model_call_start', ...call, temperature: 0.3, seed: 1 },
  { type: 'model_call_complete', ...call, status: 'ok', error: null, usage, latencyMs: 11 },
  { type: 'patch_applied', place, format: 'diff', files: ['a.ts'], diffSize: 7, tree: 't' },
  { type: 'patch_rejected', place, code: 'noop', reason: 'changes nothing', resampled: false },
  { type: 'verification_start', place, tree: 't', gates: ['lint'] },
  { type: 'verification_pass', place, shared: false, latencyMs: 12 },
  { type: 'verification_fail', place, shared: false, gate: 'lint', summary: 'no', latencyMs: 13 },
  { type: 'escalation', from: 'fast', to: 'deep', reason: 'type errors persist' },
  {
    type: 'task_complete',
    outcome: { kind: 'verified', files: [], patch, gates: [], testsChanged: [], proof: PROOF },
  },
  { type: 'task_abort', cause: 'gave-up', reason: 'all attempts are used', outcome: null },
  {
    type: 'workspace_ready',
    name: 'w',
    commit: null,
    base: 't',
    gates: [],
    cage: 'none',
    leftOut: [],
    latencyMs: 3,
  },
  { type: 'attempt_start', attempt: 1, tier: 'fast' },
  {
    type: 'plan_ready',
    plan: { subtasks: [{ id: '1', description: 'd', filesOwned: [], dependsOn: [] }], fallback: null },
  },
  { type: 'model_call_delta', call: 'c', role: 'coder', place, characters: 9 },
  { type: 'contest_start', subtask: '1', seats: 5, held: 0 },
  {
    type: 'gate_complete',
    place,
    result: {
      ...gate,
      command: ['npm'],
      diagnostics: [],
      status: 'passed',
      knownFailures: 0,
      flaky: [],
      tests: null,
      kind: 'lint',
      scope: 'all',
    },
  },
  { type: 'vote_start', subtask: '1', options: [[1], [2]], runOff: false },
  {
    type: 'ballot_cast',
    subtask: '1',
    ballot: { voter: 1, choice: 0, reply: 'A', position: 0, pair: null, truth: null },
    runOff: false,
  },
  {
    type: 'contest_end',
    subtask: '1',
    winner: 1,
    decision: 'vote',
    verified: 2,
    support: 1,
    clusters: [[1]],
  },
  { type: 'review_complete', loop: 1, decision: 'approve', requirements: [], objections: [], latencyMs: 4 },
]
const LIFECYCLE = EVENTS.slice(0, 11).map(({ type }) => type)

const entry = (event: SwarmEvent, seq = 0): Entry => ({
  seq,
  at: 1_000 + seq,
  taskId: 'task_1',
  attempt: 2,
  tier: 'fast',
  event,
})

function logged(
  options: Partial<LoggerOptions>,
  tell: (logger: ReturnType<typeof createLogger>) => void,
): string {
  const destination = new PassThrough()
  tell(createLogger({ level: 'info', json: true, secrets: [], destination, ...options }))
  return String(destination.read() ?? '')
}

type Line = Record<string, unknown>
const lines = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line): Line => JSON.parse(line))

test('at info there is one line for each event of the lifecycle, by its name, and no other', () => {
  const story = lines(logged({}, (logger) => EVENTS.forEach((event) => logger.read(entry(event)))))
  assert.deepEqual(
    story.map(({ event }) => event),
    LIFECYCLE,
  )
  assert.ok(story.every(({ level }) => level === 30))
})

test('every line says which task, tier, event and attempt', () => {
  const text = logged({ level: 'debug' }, (logger) => EVENTS.forEach((event) => logger.read(entry(event))))
  for (const line of lines(text)) {
    assert.deepEqual([line['taskId'], line['tier'], line['attempt']], ['task_1', 'fast', 2])
    assert.equal(typeof line['event'], 'string')
    assert.ok(line['msg'])
  }
})

test('latency, size and status stand where they apply', () => {
  const story = lines(logged({}, (logger) => EVENTS.forEach((event) => logger.read(entry(event)))))
  const facts = (name: string) => {
    const line = story.find(({ event }) => event === name)
    return [line?.['latencyMs'], line?.['diffSize'], line?.['status']]
  }
  assert.deepEqual(facts('model_call_complete'), [11, undefined, 'ok'])
  assert.deepEqual(facts('patch_applied'), [undefined, 7, 'applied'])
  assert.deepEqual(facts('patch_rejected'), [undefined, undefined, 'rejected'])
  assert.deepEqual(facts('verification_pass'), [12, undefined, 'passed'])
  assert.deepEqual(facts('verification_fail'), [13, undefined, 'failed'])
  assert.deepEqual(facts('task_complete'), [undefined, 7, 'verified'])
  assert.deepEqual(facts('task_abort'), [undefined, undefined, 'gave-up'])
})

test('deltas are never logged, not even at trace', () => {
  const text = logged({ level: 'trace' }, (logger) => EVENTS.forEach((event) => logger.read(entry(event))))
  assert.equal(lines(text).length, EVENTS.length - 1)
  assert.doesNotMatch(text, /delta/)
})

test('a cancellation is told once, with its reason and where the task stood, when it begins', () => {
  const story = lines(
    logged({}, (logger) => {
      logger.read(entry({ type: 'attempt_start', attempt: 2, tier: 'fast' }))
      logger.cancelling('task_1', 'the client left')
      logger.read(
        entry({
          type: 'model_call_complete',
          ...call,
          status: 'cancelled',
          error: null,
          usage,
          latencyMs: 1,
        }),
      )
      logger.read(entry({ type: 'task_abort', cause: 'cancelled', reason: 'the client left', outcome: null }))
    }),
  )
  assert.deepEqual(
    story.map(({ event, reason, tier, attempt }) => ({ event, reason, tier, attempt })),
    [
      { event: 'task_abort', reason: 'the client left', tier: 'fast', attempt: 2 },
      { event: 'model_call_complete', reason: undefined, tier: 'fast', attempt: 2 },
    ],
  )
})

test('configured keys are not in the log, also not inside an error', () => {
  const text = logged({ secrets: ['pa"ss'] }, (logger) => {
    logger.bug(new Error('upstream said: pa"ss is wrong, Bearer abc.def'), 'task_1')
  })
  assert.doesNotMatch(text, /pa\\?"ss|abc\.def/)
  assert.match(text, /\[redacted\]/)
  assert.equal(lines(text)[0]?.['taskId'], 'task_1')
})

test('what goes on without something it should have is a warning', () => {
  const text = logged({}, (logger) => logger.trouble('receipts are not kept'))
  assert.deepEqual([lines(text)[0]?.['level'], lines(text)[0]?.['msg']], [40, 'receipts are not kept'])
})

test('in development a line is for people', () => {
  const text = logged({ json: false }, (logger) =>
    EVENTS.slice(0, 2).forEach((event) => logger.read(entry(event))),
  )
  assert.match(text, /INFO.*task accepted, workspace w/)
  assert.equal(text.trim().split('\n').length, 2)
  assert.throws(() => JSON.parse(text))
})

test('a process that logs both ways ends by itself, with every line on stderr', () => {
  const module = join(import.meta.dirname, '..', 'src', 'logging.ts')
  const program = `
    import { createLogger } from ${JSON.stringify(module)}
    for (const json of [true, false]) {
      createLogger({ level: 'info', json, secrets: [] }).cancelling('task_1', 'json ' + json)
    }`
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    timeout: 120_000,
  })
  assert.deepEqual([ran.status, ran.signal, ran.stdout], [0, null, ''])
  assert.match(ran.stderr, /json true[\s\S]*json false/)
})
