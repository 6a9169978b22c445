import { z } from 'zod'
import type { CandidateState } from './attempt-state.ts'
import { GateResult, Place, Strength } from './task.ts'

/** New findings a receipt names; more are counted. */
const MOST_FINDINGS = 20
const LONGEST_MESSAGE = 300

/** What is kept of a gate's run: enough to run it again and compare, without its log. */
export const GateReceipt = GateResult.pick({
  gate: true,
  command: true,
  status: true,
  exitCode: true,
  timedOut: true,
  ms: true,
  tests: true,
  knownFailures: true,
  flaky: true,
}).extend({
  /** Failures the base did not have; a run that failed without naming one counts as one. */
  newFailures: z.number(),
  /** The first of them, each in a line. */
  findings: z.array(z.string()),
})
export type GateReceipt = z.infer<typeof GateReceipt>

/** What is kept of a gate's result. */
export function gateReceipt(result: GateResult): GateReceipt {
  const { gate, command, status, exitCode, timedOut, ms, tests, knownFailures, flaky } = result
  const fresh = status === 'failed' ? result.diagnostics : []
  return {
    gate,
    command,
    status,
    exitCode,
    timedOut,
    ms,
    tests,
    knownFailures,
    flaky,
    newFailures: status === 'failed' ? Math.max(1, fresh.length) : 0,
    findings: fresh.slice(0, MOST_FINDINGS).map(lineOf),
  }
}

const lineOf = ({ file, line, code, message }: GateResult['diagnostics'][number]): string => {
  const where = file === null ? '' : `${file}${line === null ? '' : `:${line}`} `
  return `${where}${code === null ? '' : `${code} `}${message}`.slice(0, LONGEST_MESSAGE)
}

/** What is kept of the change at one place. */
export const CandidateReceipt = z.object({
  subtask: z.string(),
  seat: z.number(),
  model: z.string().nullable(),
  state: z.enum(['typing', 'applied', 'checking', 'verified', 'agreed', 'rejected', 'failed', 'cancelled']),
  code: z.string().nullable(),
  reason: z.string().nullable(),
  tree: z.string().nullable(),
  files: z.array(z.string()),
  lines: z.number(),
  agreedWith: Place.nullable(),
  specPassed: z.boolean().nullable(),
  strength: Strength.nullable(),
  gates: z.array(GateReceipt),
})
export type CandidateReceipt = z.infer<typeof CandidateReceipt>

/** What is kept of a candidate. */
export const candidateReceipt = (candidate: CandidateState): CandidateReceipt => ({
  subtask: candidate.place.subtask,
  seat: candidate.place.seat,
  model: candidate.model,
  state: candidate.state,
  code: candidate.code,
  reason: candidate.reason,
  tree: candidate.tree,
  files: [...candidate.files],
  lines: candidate.diffSize,
  agreedWith: candidate.agreedWith,
  specPassed: candidate.specPassed,
  strength: candidate.strength,
  gates: candidate.gates.map(gateReceipt),
})
