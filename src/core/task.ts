import { z } from 'zod'
import { Media } from './media.ts'
import { Policy } from './privacy/policy-name.ts'

/** A price class of models. Order is the order of escalation. */
export const TierName = z.enum(['fast', 'deep', 'reviewer', 'cloud'])
export type TierName = z.infer<typeof TierName>

export const Role = z.enum(['chat', 'planner', 'coder', 'tester', 'voter', 'reviewer'])
export type Role = z.infer<typeof Role>

/** Tokens spent, as the upstream counted them (estimated where it did not: `estimated` is then true). */
export const Usage = z.object({
  promptTokens: z.number().int().nonnegative(),
  completionTokens: z.number().int().nonnegative(),
  reasoningTokens: z.number().int().nonnegative(),
  /** Prompt tokens the upstream had ready from an earlier call, where it tells. */
  cachedTokens: z.number().int().nonnegative().optional(),
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

/** How much of the swarm a task is worth; what each stands for is in `effort.ts`. */
export const Effort = z.enum(['low', 'medium', 'high'])
export type Effort = z.infer<typeof Effort>

/** What a task may spend at most; null where nobody set a limit. */
export const Budget = z.object({
  /** Prompt and completion tokens over all its calls. */
  tokens: z.number().int().positive().nullable(),
  seconds: z.number().positive().nullable(),
  attempts: z.number().int().positive().nullable(),
})
export type Budget = z.infer<typeof Budget>
/** As people write it: what they leave out has no limit. */
export const BudgetWish = z
  .strictObject({
    tokens: Budget.shape.tokens.default(null),
    seconds: Budget.shape.seconds.default(null),
    attempts: Budget.shape.attempts.default(null),
  })
  .prefault({})
export const NO_BUDGET: Budget = { tokens: null, seconds: null, attempts: null }

/** A change that was delivered before, and that a task goes on from. */
export const EarlierChange = z.object({
  task: z.string(),
  /** What was asked for then. */
  request: z.string(),
  /** git's own diff, from `tree`: the user's files as they were then. */
  diff: z.string(),
  tree: z.string(),
})
export type EarlierChange = z.infer<typeof EarlierChange>

/** How an earlier change stands to the user's files as they are now. */
export const OnTop = z.object({
  task: z.string(),
  /** They hold it already; it was added to them; or it does not fit any more and was left out. */
  how: z.enum(['in-place', 'added', 'left-out']),
  /** The tree that is worked on. */
  tree: z.string(),
  /** Files in which it does not fit. */
  clashes: z.array(z.string()),
})
export type OnTop = z.infer<typeof OnTop>

/** A change somebody asked for. */
export const Task = z.object({
  id: z.string(),
  /** What was asked, as text. */
  request: z.string().min(1),
  /** Earlier turns of the conversation as text; empty when there were none. */
  conversation: z.string(),
  /** Files the caller allows to be changed; empty means the planner decides. */
  filesOwned: z.array(z.string()),
  /** The task is about tests: existing ones may be changed, as long as they check no less than before. */
  allowTests: z.boolean(),
  effort: Effort,
  budget: Budget,
  workspace: WorkspaceChoice,
  /** The request's own wish; it counts where it lets less out than the configuration does. */
  policy: Policy.optional(),
  /** Absent where the task stands for itself. */
  upon: EarlierChange.optional(),
  /** What its text refers to and is no text, to be put into words first. */
  media: z.array(Media).optional(),
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
  /** Paths that the planner wrote and that were corrected or left out, each with the reason; absent where there is none. */
  remarks: z.array(z.string()).optional(),
})
export type Plan = z.infer<typeof Plan>

/** What a gate is about, in the order they run. */
export const GateKind = z.enum(['lint', 'typecheck', 'build', 'test'])
export type GateKind = z.infer<typeof GateKind>

/** How a test run tells its results; `jest` is its JSON, `go` and `libtest` (Rust) are read from what they print. */
export const ReportKind = z.enum(['junit', 'jest', 'go', 'libtest'])
export type ReportKind = z.infer<typeof ReportKind>

/**
 * A check the project brings along. In its arguments and environment `{cache}` stands for a folder that starts as the
 * run on the base left it, and `{report}` for the file its results are written to.
 */
export const Gate = z.object({
  kind: GateKind,
  /** Unique in its project: the kind, and what tells it from others of its kind (`lint clippy`, `test packages/a`). */
  name: z.string(),
  /** An argument list, never a shell string. */
  command: z.array(z.string()).min(1),
  /** Where it runs, relative to the workspace; empty for its root. */
  folder: z.string(),
  /** Beyond what every gate is given. */
  environment: z.record(z.string(), z.string()),
  /** How its results are told test by test; null where only the exit code speaks. */
  report: ReportKind.nullable(),
  /** Folders, relative to `folder`, in which its tool keeps what makes the next run faster (`target`, `.next/cache`). */
  caches: z.array(z.string()),
  /** The same check for some files only, which are added as arguments; null where the tool knows no such thing. */
  quick: z
    .object({
      command: z.array(z.string()).min(1),
      /** Endings of the files it takes (`.ts`). */
      endings: z.array(z.string()),
      /** Are the files themselves named, or their folders (`./internal/parse`)? */
      names: z.enum(['files', 'folders']),
    })
    .nullable(),
  timeoutMs: z.number(),
  /** May it reach the network? Only where the user said so. */
  network: z.boolean(),
})
export type Gate = z.infer<typeof Gate>

/** What became of one test. */
export type TestCase = {
  /** File (where the tool tells it), suites and name: the same in every run of the same test. */
  readonly id: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Why it failed; null otherwise. */
  readonly message: string | null
}

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
  gate: z.string(),
  kind: GateKind,
  /** Was all of the project checked, or for an early no only what changed? */
  scope: z.enum(['all', 'changed']),
  command: z.array(z.string()),
  /** null when it was killed. */
  exitCode: z.number().nullable(),
  timedOut: z.boolean(),
  ms: z.number(),
  diagnostics: z.array(Diagnostic),
  /** Counted from its report; null where it gives none. */
  tests: z.object({ passed: z.number(), failed: z.number(), skipped: z.number() }).nullable(),
  /** Last part of its output, for the human. */
  log: z.string(),
})
export type GateRun = z.infer<typeof GateRun>

/** A run with what became of each test, which is too much for a story; null where no report told it. */
export type RanGate = GateRun & { readonly cases: readonly TestCase[] | null }

/** A run held against the same gate on the base: only new failures count. */
export const GateResult = GateRun.extend({
  status: z.enum(['passed', 'failed']),
  /** How many failures were there before and are not counted. */
  knownFailures: z.number(),
  /** Tests that are not counted because they pass and fail on the base itself. */
  flaky: z.array(z.string()),
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
  z.object({
    state: z.literal('verified'),
    place: Place,
    patch: Patch,
    gates: z.array(GateResult),
    /** What is left of the change when comments, formatting and local names do not count: equal for equal code. */
    form: z.string(),
  }),
  /** The same code as a verified candidate's: it stands behind that one, and no gate ran on it. */
  z.object({ state: z.literal('agreed'), place: Place, patch: Patch, form: z.string(), with: Place }),
])
export type Candidate = z.infer<typeof Candidate>
export type Verified = Extract<Candidate, { state: 'verified' }>

/** How much it means that the gates passed a change. */
export const Strength = z.object({
  /** Do the tests run the changed lines at all? null where that could not be told. */
  exercised: z.boolean().nullable(),
  /** Small faults put into the changed lines, one at a time, and how many of them the gates noticed. */
  mutants: z.number().int(),
  killed: z.number().int(),
  /** What nobody noticed, for the reader: `src/a.ts:12 < became <=`. */
  survived: z.array(z.string()),
  /** Why it was not measured; null where it was. */
  unmeasured: z.string().nullable(),
})
export type Strength = z.infer<typeof Strength>

/** A test written for the request: it fails on the base and passes on the change, twice the same. */
export const SpecTest = z.object({ path: z.string(), content: z.string() })
export type SpecTest = z.infer<typeof SpecTest>

/** One voter's letter, already mapped back to the option it stood for; null when it was no valid vote. */
export const Ballot = z.object({
  voter: z.number().int(),
  choice: z.number().int().nullable(),
  reply: z.string(),
  /** At which place on the ballot the chosen option stood, from 0; null when there was no valid vote. */
  position: z.number().int().nullable(),
  /** Two ballots of one pair show the same two options in both orders; null outside of pairs. */
  pair: z.number().int().nullable(),
  /** The option that the gates know to be right, where the ballot is a test of the voter. */
  truth: z.number().int().nullable(),
})
export type Ballot = z.infer<typeof Ballot>

/** A test that is to show an objection: it must fail on the change. */
export const Check = z.object({ path: z.string(), content: z.string() })
export type Check = z.infer<typeof Check>

export const Objection = z.object({
  kind: z.enum(['bug', 'missing', 'regression', 'security', 'tamper']),
  file: z.string().nullable(),
  line: z.number().int().nullable(),
  claim: z.string(),
  /** null: nothing that can be run, so it is advice. */
  check: Check.nullable(),
})
export type Objection = z.infer<typeof Objection>

/** The reviewer's answer. */
export const Verdict = z.object({
  decision: z.enum(['approve', 'reject', 'unsure']),
  /** The request, requirement by requirement. */
  requirements: z.array(
    z.object({ text: z.string(), met: z.boolean().nullable(), evidence: z.string().nullable() }),
  ),
  objections: z.array(Objection),
})
export type Verdict = z.infer<typeof Verdict>

/** How the winner of a contest was found. */
export const Decision = z.enum(['only', 'agreement', 'largest', 'probe', 'vote', 'run-off', 'undecided'])
export type Decision = z.infer<typeof Decision>

/** What is known of a delivered change beyond that its gates passed. */
export const Proof = z.object({
  /** Candidates that wrote this same change (itself included), those that were verified, and those that were asked. */
  agreement: z.object({
    agreeing: z.number().int(),
    verified: z.number().int(),
    candidates: z.number().int(),
  }),
  strength: Strength.nullable(),
  specTest: SpecTest.nullable(),
  review: z.object({
    decision: z.enum(['approve', 'reject', 'unsure', 'unreadable', 'none']),
    /** Objections that could not be shown by running something. */
    advice: z.array(z.string()),
  }),
})
export type Proof = z.infer<typeof Proof>

/** A file of a delivered change as text, before and after; null where it is not there, or is no text. */
export const ChangedFile = z.object({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type ChangedFile = z.infer<typeof ChangedFile>

/** What is to be said below a delivered change: what it leaves, and what comes next. */
const Remark = z.string()

/** How a task ended, when it was neither cancelled nor broken. */
export const Outcome = z.discriminatedUnion('kind', [
  /** Every gate of the project passed and the reviewer did not object. */
  z.object({
    kind: z.literal('verified'),
    patch: Patch,
    files: z.array(ChangedFile),
    gates: z.array(GateResult),
    /** Existing tests that the change rewrites, with the user's leave. */
    testsChanged: z.array(z.string()),
    proof: Proof,
    remark: Remark.optional(),
  }),
  /** It applies and the gates that ran passed, but that is no proof, for this reason. */
  z.object({
    kind: z.literal('unverified'),
    patch: Patch,
    files: z.array(ChangedFile),
    gates: z.array(GateResult),
    reason: z.string(),
    proof: Proof,
    remark: Remark.optional(),
  }),
  /** Nothing good enough within the limits; `best` is the attempt that came closest. */
  z.object({
    kind: z.literal('abstained'),
    reason: z.string(),
    best: z.object({ patch: Patch, gates: z.array(GateResult), why: z.string() }).nullable(),
    /** No model was asked: the reason says what has to be done first. */
    notStarted: z.literal(true).optional(),
  }),
])
export type Outcome = z.infer<typeof Outcome>
