import type { SwarmEvent } from '../../src/core/event.ts'
import { initial, reduce, type TaskState } from '../../src/core/state.ts'
import { GateKind } from '../../src/core/task.ts'
import type { GateResult, Outcome, Patch, Place, Role } from '../../src/core/task.ts'
import { PROOF } from '../support/proof.ts'
import { NO_BUDGET } from '../../src/core/task.ts'

export const DIFF = `diff --git a/greet.txt b/greet.txt
index ce01362..94954ab 100644
--- a/greet.txt
+++ b/greet.txt
@@ -1 +1,2 @@
 hello
+world
`

export const patch = (diff = DIFF): Patch => ({ tree: 'b'.repeat(40), diff, files: ['greet.txt'], lines: 1 })

export const place = (seat: number, subtask = '1'): Place => ({ subtask, seat })

export const gate = (
  status: 'passed' | 'failed' = 'passed',
  name: GateResult['gate'] = 'test',
): GateResult => ({
  gate: name,
  kind: GateKind.parse(name),
  scope: 'all',
  tests: null,
  command: ['npm', 'run', name],
  exitCode: status === 'passed' ? 0 : 1,
  timedOut: false,
  ms: 3_200,
  diagnostics:
    status === 'passed' ? [] : [{ file: 'a.ts', line: 3, code: 'TS2322', message: 'no such type' }],
  log: '',
  status,
  knownFailures: 0,
  flaky: [],
})

export const usage = (promptTokens: number, completionTokens: number, reasoningTokens = 0) => ({
  promptTokens,
  completionTokens,
  reasoningTokens,
  estimated: false,
})

export const callStart = (role: Role, seat: number): SwarmEvent => ({
  type: 'model_call_start',
  call: `1/1/${role}/${seat}`,
  role,
  place: place(seat),
  tier: 'fast',
  model: 'fast-coder',
  temperature: 0.3,
  seed: 1,
})

export const callComplete = (
  role: Role,
  seat: number,
  status: 'ok' | 'failed' | 'cancelled' = 'ok',
): SwarmEvent => ({
  type: 'model_call_complete',
  call: `1/1/${role}/${seat}`,
  role,
  place: place(seat),
  tier: 'fast',
  model: 'fast-coder',
  status,
  error: status === 'failed' ? 'the upstream hung up' : null,
  usage: usage(100, 20, 5),
  latencyMs: 1_500,
})

export const created: SwarmEvent = {
  type: 'task_created',
  request: 'make it greet the world',
  filesOwned: [],
  allowTests: false,
  effort: 'medium',
  budget: NO_BUDGET,
  workspace: { kind: 'named', name: 'app' },
}

export const verified: Outcome = {
  kind: 'verified',
  files: [],
  patch: patch(),
  gates: [gate()],
  testsChanged: [],
  proof: PROOF,
}

/** A contest of three at the first tier: one verified, one rejected by a gate, one cancelled while typing. */
export const happyEvents: SwarmEvent[] = [
  {
    type: 'workspace_ready',
    name: 'app',
    commit: 'c'.repeat(40),
    base: 'a'.repeat(40),
    gates: [{ name: 'test', command: ['npm', 'run', 'test'] }],
    cage: 'bubblewrap',
    leftOut: [],
    latencyMs: 40,
  },
  { type: 'attempt_start', attempt: 1, tier: 'fast' },
  callStart('planner', 1),
  callComplete('planner', 1),
  {
    type: 'plan_ready',
    plan: {
      subtasks: [{ id: '1', description: 'greet', filesOwned: [], dependsOn: [] }],
      fallback: null,
    },
  },
  { type: 'contest_start', subtask: '1', seats: 3, held: 0 },
  callStart('coder', 1),
  callStart('coder', 2),
  callStart('coder', 3),
  { type: 'model_call_delta', call: '1/1/coder/1', role: 'coder', place: place(1), characters: 42 },
  callComplete('coder', 1),
  {
    type: 'patch_applied',
    place: place(1),
    format: 'unified diff',
    files: ['greet.txt'],
    diffSize: 1,
    tree: 'b'.repeat(40),
  },
  { type: 'verification_start', place: place(1), tree: 'b'.repeat(40), gates: ['test'] },
  callComplete('coder', 2),
  { type: 'patch_applied', place: place(2), format: 'whole file', files: ['a.ts'], diffSize: 2, tree: 'd' },
  { type: 'verification_start', place: place(2), tree: 'd', gates: ['test'] },
  { type: 'gate_complete', place: place(1), result: gate() },
  { type: 'verification_pass', place: place(1), shared: false, latencyMs: 3_300 },
  { type: 'gate_complete', place: place(2), result: gate('failed') },
  {
    type: 'verification_fail',
    place: place(2),
    shared: false,
    gate: 'test',
    summary: 'test:\n  a.ts:3 TS2322 no such type',
    latencyMs: 3_000,
  },
  callComplete('coder', 3, 'cancelled'),
  {
    type: 'vote_start',
    subtask: '1',
    options: [[1], [2]],
    runOff: false,
  },
  {
    type: 'ballot_cast',
    subtask: '1',
    ballot: { voter: 1, choice: 0, reply: 'A', position: 0, pair: null, truth: null },
    runOff: false,
  },
  {
    type: 'ballot_cast',
    subtask: '1',
    ballot: { voter: 2, choice: null, reply: 'hm', position: 0, pair: null, truth: null },
    runOff: false,
  },
  {
    type: 'contest_end',
    subtask: '1',
    winner: 1,
    decision: 'vote',
    verified: 1,
    support: 1,
    clusters: [[1]],
  },
  {
    type: 'review_complete',
    loop: 1,
    decision: 'approve',
    requirements: [],
    objections: [],
    latencyMs: 2_100,
  },
]

export const complete = (outcome: Outcome): SwarmEvent =>
  outcome.kind === 'abstained'
    ? { type: 'task_abort', cause: 'gave-up', reason: outcome.reason, outcome }
    : { type: 'task_complete', outcome }

/** The state after these events, one second apart. */
export const stateAfter = (events: readonly SwarmEvent[], id = 'task-1'): TaskState =>
  events.reduce((state, event, index) => reduce(state, { event, at: 1_000 * (index + 1) }), initial(id))
