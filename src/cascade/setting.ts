import type { Brief } from './preprocess.ts'
import type { Ports, Project } from './ports.ts'
import type { Verifier } from './verify.ts'
import type { Task, TierName } from '../core/task.ts'

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
}
