import { z } from 'zod'
import { ShownFile } from './budget-context.ts'
import { MediaFacts } from './media.ts'
import { Policy } from './privacy/policy-name.ts'
import {
  Ballot,
  Budget,
  Decision,
  Effort,
  GateResult,
  Objection,
  OnTop,
  Outcome,
  Place,
  Plan,
  Role,
  SpecTest,
  Strength,
  TierName,
  Usage,
  Verdict,
  WorkspaceChoice,
} from './task.ts'
import { VoterRecord } from './voter-record.ts'

const at = { place: Place }

/**
 * Everything that can happen to a task. Stages yield these and nothing else; the log, the page, the API,
 * the CLI and the receipt are readers of them. Events carry facts; `narrate()` makes the sentence.
 */
export const SwarmEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('task_created'),
    request: z.string(),
    filesOwned: z.array(z.string()),
    allowTests: z.boolean(),
    effort: Effort,
    budget: Budget,
    workspace: WorkspaceChoice,
  }),
  z.object({
    type: z.literal('workspace_ready'),
    name: z.string(),
    /** The commit the user stands on; null in a folder without commits. */
    commit: z.string().nullable(),
    /** The tree of the user's files as they are now: the base of every candidate. */
    base: z.string(),
    gates: z.array(z.object({ name: z.string(), command: z.array(z.string()) })),
    /** What holds the gates that run model-written code. */
    cage: z.enum(['bubblewrap', 'seatbelt', 'none']),
    /** Gates of the project that are not run because nothing would hold them. */
    leftOut: z.array(z.string()),
    latencyMs: z.number(),
  }),
  /** The task goes on from a change that was delivered before. */
  OnTop.extend({ type: z.literal('earlier_change') }),
  /** A model begins to look at a picture, or to listen to a recording. */
  MediaFacts.extend({ type: z.literal('media_start'), model: z.string() }),
  /** A picture or a recording has become text: `characters` of it, which go into the request in its place. */
  MediaFacts.extend({
    type: z.literal('media_read'),
    model: z.string(),
    characters: z.number().int(),
    usage: Usage,
    latencyMs: z.number(),
  }),
  /** What earlier tasks taught changes how this one goes. */
  z.object({ type: z.literal('experience_used'), reason: z.string() }),
  /** Some models are in the cloud: when their turn comes, under the policy of this task. */
  z.object({
    type: z.literal('policy_set'),
    policy: Policy,
    local: z.array(TierName),
    cloud: z.array(TierName),
    /** Who plans and reviews, where the policy says so; null: as ever. */
    planner: TierName.nullable(),
    reviewer: TierName.nullable(),
  }),
  z.object({ type: z.literal('attempt_start'), attempt: z.number().int(), tier: TierName }),
  /** The planner is shown what these files declare, the most telling first: found by what uses what, or by a search. */
  z.object({
    type: z.literal('map_ready'),
    by: z.enum(['symbols', 'search']),
    files: z.array(z.string()),
    tokens: z.int(),
  }),
  /** The planner wanted to see this first, by calls or in writing, and was answered. */
  z.object({
    type: z.literal('planner_looked'),
    by: z.enum(['calls', 'questions']),
    files: z.array(z.string()),
    /** Whose definitions and uses. */
    names: z.array(z.string()),
    /** What else it asked, each in a few words. */
    searches: z.array(z.string()),
    /** Calls and questions that could not be answered. */
    unanswered: z.int(),
  }),
  /** A model is offered no tools any more: its server refuses them, or it made nothing of them. */
  z.object({ type: z.literal('tools_withdrawn'), tier: TierName, model: z.string(), reason: z.string() }),
  z.object({ type: z.literal('plan_ready'), plan: Plan }),

  z.object({
    type: z.literal('model_call_start'),
    call: z.string(),
    role: Role,
    ...at,
    tier: TierName,
    model: z.string(),
    temperature: z.number(),
    seed: z.number().int(),
  }),
  /** Sent at most about twice a second per call, and only as a sign of life: no text. */
  z.object({
    type: z.literal('model_call_delta'),
    call: z.string(),
    role: Role,
    ...at,
    characters: z.number(),
  }),
  z.object({
    type: z.literal('model_call_complete'),
    call: z.string(),
    role: Role,
    ...at,
    tier: TierName,
    model: z.string(),
    status: z.enum(['ok', 'failed', 'cancelled']),
    error: z.string().nullable(),
    usage: Usage,
    latencyMs: z.number(),
  }),

  /** Private files that a model in the cloud was not shown. */
  z.object({
    type: z.literal('private_withheld'),
    role: Role,
    ...at,
    tier: TierName,
    model: z.string(),
    files: z.array(z.string()),
    /** They could not be cut out of what it was to be asked, so it was not asked at all. */
    refused: z.boolean(),
  }),
  z.object({
    type: z.literal('contest_start'),
    subtask: z.string(),
    seats: z.number().int(),
    /** Changes of earlier attempts that this one's are compared with; their seats are counted on from its own. */
    held: z.number().int(),
  }),
  z.object({
    type: z.literal('patch_applied'),
    ...at,
    /** How the reply was written: unified diff, search/replace, whole file … */
    format: z.string(),
    files: z.array(z.string()),
    /** Added plus removed lines. */
    diffSize: z.number(),
    tree: z.string(),
  }),
  z.object({
    type: z.literal('patch_rejected'),
    ...at,
    code: z.string(),
    reason: z.string(),
    /** Is the coder asked once more, from scratch? */
    resampled: z.boolean(),
  }),
  /** The same code as another candidate's that passed: no gate runs for it, it counts as agreement. */
  z.object({ type: z.literal('candidate_agreed'), ...at, with: Place }),
  z.object({ type: z.literal('verification_start'), ...at, tree: z.string(), gates: z.array(z.string()) }),
  z.object({ type: z.literal('gate_complete'), ...at, result: GateResult }),
  z.object({
    type: z.literal('verification_pass'),
    ...at,
    /** True when an identical tree was already being checked and no gate ran again. */
    shared: z.boolean(),
    latencyMs: z.number(),
  }),
  z.object({
    type: z.literal('verification_fail'),
    ...at,
    shared: z.boolean(),
    gate: z.string(),
    summary: z.string(),
    latencyMs: z.number(),
  }),

  /** How much the gates' yes to this candidate means. */
  z.object({ type: z.literal('gate_strength'), ...at, strength: Strength, latencyMs: z.number() }),
  /** What became of a test that was written for the request. */
  z.object({
    type: z.literal('spec_test'),
    subtask: z.string(),
    /** `probe`: it does not fail on the base, but it tells candidates apart. */
    status: z.enum(['holds', 'probe', 'dropped']),
    test: SpecTest.nullable(),
    reason: z.string().nullable(),
    latencyMs: z.number(),
  }),
  /** What that test says of a verified candidate. */
  z.object({ type: z.literal('spec_result'), ...at, passed: z.boolean() }),

  /** A voter was asked about pairs whose right side is known, before its vote counts. */
  z.object({
    type: z.literal('voter_examined'),
    tier: TierName,
    model: z.string(),
    record: VoterRecord,
    admitted: z.boolean(),
    reason: z.string(),
    latencyMs: z.number(),
  }),
  z.object({
    type: z.literal('vote_start'),
    subtask: z.string(),
    /** The seats each option stands for, largest support first. */
    options: z.array(z.array(z.number().int())),
    runOff: z.boolean(),
  }),
  z.object({ type: z.literal('ballot_cast'), subtask: z.string(), ballot: Ballot, runOff: z.boolean() }),
  z.object({
    type: z.literal('contest_end'),
    subtask: z.string(),
    winner: z.number().int().nullable(),
    decision: Decision.nullable(),
    /** Seats that verified, and seats that produced the winner's very tree. */
    verified: z.number().int(),
    support: z.number().int(),
    /** Seats of each group of candidates that agree, the winner's first. */
    clusters: z.array(z.array(z.number().int())),
  }),

  z.object({
    type: z.literal('review_complete'),
    loop: z.number().int(),
    decision: z.enum(['approve', 'reject', 'unsure', 'unreadable']),
    requirements: Verdict.shape.requirements,
    objections: z.array(Objection),
    latencyMs: z.number(),
  }),
  /** What became of an objection that can be run: it counts when it fails on the change and on nothing that must work. */
  z.object({
    type: z.literal('objection_checked'),
    loop: z.number().int(),
    claim: z.string(),
    counts: z.boolean(),
    reason: z.string(),
  }),
  /** What somebody is about to be shown: files, and about how many tokens all of it comes to. */
  z.object({
    type: z.literal('context_ready'),
    role: Role,
    ...at,
    tier: TierName,
    tokens: z.int(),
    files: z.array(ShownFile),
  }),
  /** A prompt did not fit into what its model reads at once: this was left out of it. */
  z.object({
    type: z.literal('prompt_trimmed'),
    role: Role,
    ...at,
    tier: TierName,
    model: z.string(),
    /** Tokens of prompt and reply together. */
    window: z.number().int(),
    cuts: z.array(
      z.object({ part: z.string(), left: z.number().int(), unit: z.enum(['characters', 'pieces']) }),
    ),
  }),
  /** A server read less than it was sent, and did not say so: its own count shows it. Told once per model. */
  z.object({
    type: z.literal('prompt_cut'),
    tier: TierName,
    model: z.string(),
    /** Tokens that were sent, about. */
    sent: z.number().int(),
    /** Tokens that the server counted. */
    counted: z.number().int(),
    advice: z.string(),
  }),
  /** A model that failed is set aside for a while; another that serves the same role answers. Told once per model. */
  z.object({
    type: z.literal('stand_in'),
    tier: TierName,
    model: z.string(),
    /** Host of its server. */
    at: z.string(),
    for: z.string(),
    reason: z.string(),
  }),
  /** While the planner thought, the coders' server read what all of them will be told. */
  z.object({
    type: z.literal('prefix_warmed'),
    tier: TierName,
    model: z.string(),
    usage: Usage,
    latencyMs: z.number(),
  }),
  /** A limit of the request is reached: nothing new begins, and the best there is is the answer. */
  z.object({
    type: z.literal('budget_spent'),
    budget: z.enum(['tokens', 'seconds', 'attempts']),
    limit: z.number(),
  }),
  z.object({ type: z.literal('escalation'), from: TierName, to: TierName, reason: z.string() }),

  z.object({ type: z.literal('task_complete'), outcome: Outcome }),
  /** The task ends without a verified diff: cancelled, broken, or given up (then `outcome` holds the best attempt). */
  z.object({
    type: z.literal('task_abort'),
    cause: z.enum(['cancelled', 'fault', 'gave-up']),
    reason: z.string(),
    outcome: Outcome.nullable(),
  }),
])
export type SwarmEvent = z.infer<typeof SwarmEvent>

/** One event as it stands in a story: numbered from 0, stamped, and placed in the attempt it happened in. */
export const Entry = z.object({
  seq: z.number().int(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  taskId: z.string(),
  /** 0 before the first attempt. */
  attempt: z.number().int(),
  tier: TierName.nullable(),
  event: SwarmEvent,
})
export type Entry = z.infer<typeof Entry>

/** Does this event end its story? */
export const isFinal = (event: SwarmEvent): boolean =>
  event.type === 'task_complete' || event.type === 'task_abort'
