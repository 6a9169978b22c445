import type { Strategy } from '../core/effort.ts'
import type { TaskKind } from '../core/experience.ts'
import type { GateResult, Task, TierName, Verified } from '../core/task.ts'
import type { Meter } from './meter.ts'
import type { Ports, Project } from './ports.ts'
import type { Brief } from './preprocess.ts'
import type { Verifier } from './checking/verify.ts'
import type { SpecKitOrder } from './spec-kit.ts'

/** What the gates said of a change, and the attempt in which they first did. */
export type FailedChange = { readonly attempt: number; readonly gates: readonly GateResult[] }

/** What every stage of an attempt stands on. */
export type Setting = {
  readonly task: Task
  readonly brief: Brief
  readonly project: Project
  readonly verifier: Verifier
  readonly ports: Ports
  readonly attempt: number
  readonly tier: TierName
  /** What earlier attempts got wrong, short and structured; empty in the first. */
  readonly memory: string
  /** How this task's contests go about it. */
  readonly strategy: Strategy
  readonly meter: Meter
  /** Changes of earlier attempts that passed the gates and did not convince: new ones are compared with them. */
  readonly held: readonly Verified[]
  /** What the request is about, for what earlier tasks of its kind have taught. */
  readonly kind: TaskKind
  /** May this attempt end in doubt, because a higher tier can be asked next? */
  readonly mayGoUp: boolean
  /** Changes that failed in this task, by tree and by form: who brings one again is turned away without a gate run. */
  readonly failedChanges: Map<string, FailedChange>
  /** Tiers whose models are not offered tools again in this task. */
  readonly toolless: Set<TierName>
  /** What a command of spec-kit asks of coders; absent where the task is none. */
  readonly specKit?: SpecKitOrder
  /** Lengths of this attempt's replies that became a patch, in tokens: what is far beyond them is no answer. */
  readonly replyTokens: number[]
}
