import { z } from 'zod'

/** A price class of models. Order is the order of escalation. */
export const TierName = z.enum(['fast', 'deep', 'reviewer', 'cloud'])
export type TierName = z.infer<typeof TierName>

export const Role = z.enum(['chat', 'planner', 'coder', 'voter', 'reviewer'])
export type Role = z.infer<typeof Role>

/** Tokens spent, as the upstream counted them (estimated where it did not: `estimated` is then true). */
export const Usage = z.object({
  promptTokens: z.number().int().nonnegative(),
  completionTokens: z.number().int().nonnegative(),
  reasoningTokens: z.number().int().nonnegative(),
  estimated: z.boolean(),
})
export type Usage = z.infer<typeof Usage>

/** A file as text; `path` is relative to the workspace, with forward slashes. */
export const SourceFile = z.object({ path: z.string(), content: z.string() })
export type SourceFile = z.infer<typeof SourceFile>

/** New content of a file, or its removal (`content: null`). */
export type FileChange = { path: string; content: string | null }

/** Where a task works: a workspace the server knows by name, or files that came with the request. */
export const WorkspaceChoice = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('named'), name: z.string() }),
  z.object({ kind: z.literal('files'), files: z.array(SourceFile) }),
])
export type WorkspaceChoice = z.infer<typeof WorkspaceChoice>

/** A change somebody asked for. */
export const Task = z.object({
  id: z.string(),
  /** What was asked, as text. */
  request: z.string().min(1),
  /** Earlier turns of the conversation as text; empty when there were none. */
  conversation: z.string(),
  /** Files the caller allows to be changed; empty means the planner decides. */
  filesOwned: z.array(z.string()),
  workspace: WorkspaceChoice,
})
export type Task = z.infer<typeof Task>

/** One part of a plan. Nobody else writes its owned files; it starts when its dependencies are done. */
export const Subtask = z.object({
  id: z.string(),
  description: z.string(),
  /** Empty means: any file that is not protected. */
  filesOwned: z.array(z.string()),
  dependsOn: z.array(z.string()),
})
export type Subtask = z.infer<typeof Subtask>

export const Plan = z.object({
  subtasks: z.array(Subtask).min(1),
  /** Why this is the safe one-task plan and not the planner's; null when the planner's plan is used. */
  fallback: z.string().nullable(),
})
export type Plan = z.infer<typeof Plan>

/** What a gate checks, in the order they run. */
export const GateName = z.enum(['lint', 'typecheck', 'build', 'test'])
export type GateName = z.infer<typeof GateName>

/** A check the project brings along, as an argument list: never a shell string. */
export const Gate = z.object({ name: GateName, command: z.array(z.string()).min(1), timeoutMs: z.number() })
export type Gate = z.infer<typeof Gate>

/** One finding of a gate, positions kept apart from the message so that findings can be compared between trees. */
export const Diagnostic = z.object({
  file: z.string().nullable(),
  line: z.number().nullable(),
  /** Rule or error code (`TS2322`, `no-unused-vars`) or the failing test's name. */
  code: z.string().nullable(),
  message: z.string(),
})
export type Diagnostic = z.infer<typeof Diagnostic>

/** What running a gate once gave. */
export const GateRun = z.object({
  gate: GateName,
  command: z.array(z.string()),
  /** null when it was killed. */
  exitCode: z.number().nullable(),
  timedOut: z.boolean(),
  ms: z.number(),
  diagnostics: z.array(Diagnostic),
  /** Last part of its output, for the human. */
  log: z.string(),
})
export type GateRun = z.infer<typeof GateRun>

/** A run held against the same gate on the base: only new failures count. */
export const GateResult = GateRun.extend({
  status: z.enum(['passed', 'failed']),
  /** How many failures were there before and are not counted. */
  knownFailures: z.number(),
})
export type GateResult = z.infer<typeof GateResult>

/** A change as git sees it: the tree that results, and git's own diff from the base to it. */
export const Patch = z.object({
  tree: z.string(),
  diff: z.string(),
  files: z.array(z.string()),
  /** Added plus removed lines. */
  lines: z.number(),
})
export type Patch = z.infer<typeof Patch>

/** Where in a task something happens: sub-task id, and the seat (or voter, or review loop) in it, from 1. */
export const Place = z.object({ subtask: z.string(), seat: z.number().int() })
export type Place = z.infer<typeof Place>

/** What stands at a seat when its coder is done. */
export const Candidate = z.discriminatedUnion('state', [
  /** Never got as far as a patch: the model call broke, or the reply holds no usable patch. */
  z.object({ state: z.literal('failed'), place: Place, code: z.string(), reason: z.string() }),
  /** A rule or a gate said no. */
  z.object({
    state: z.literal('rejected'),
    place: Place,
    code: z.string(),
    reason: z.string(),
    patch: Patch,
    gates: z.array(GateResult),
  }),
  z.object({ state: z.literal('verified'), place: Place, patch: Patch, gates: z.array(GateResult) }),
])
export type Candidate = z.infer<typeof Candidate>
export type Verified = Extract<Candidate, { state: 'verified' }>

/** One voter's letter, already mapped back to the option it stood for; null when it was no valid vote. */
export const Ballot = z.object({
  voter: z.number().int(),
  choice: z.number().int().nullable(),
  reply: z.string(),
})
export type Ballot = z.infer<typeof Ballot>

export const Objection = z.object({
  kind: z.enum(['bug', 'missing', 'regression', 'security', 'tamper']),
  file: z.string().nullable(),
  claim: z.string(),
})
export type Objection = z.infer<typeof Objection>

/** The reviewer's answer. */
export const Verdict = z.object({
  decision: z.enum(['approve', 'reject', 'unsure']),
  objections: z.array(Objection),
})
export type Verdict = z.infer<typeof Verdict>

/** How the winner of a contest was found. */
export const Decision = z.enum(['only', 'agreement', 'vote', 'run-off', 'undecided'])
export type Decision = z.infer<typeof Decision>

/** How a task ended, when it was neither cancelled nor broken. */
export const Outcome = z.discriminatedUnion('kind', [
  /** Every gate of the project passed and the reviewer did not object. */
  z.object({ kind: z.literal('verified'), patch: Patch, gates: z.array(GateResult) }),
  /** The project has no gate to run: the patch applies, nothing more was proven. */
  z.object({ kind: z.literal('unverified'), patch: Patch, reason: z.string() }),
  /** Nothing good enough within the limits; `best` is the attempt that came closest. */
  z.object({
    kind: z.literal('abstained'),
    reason: z.string(),
    best: z.object({ patch: Patch, gates: z.array(GateResult), why: z.string() }).nullable(),
  }),
])
export type Outcome = z.infer<typeof Outcome>
