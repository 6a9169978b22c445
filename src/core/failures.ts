import { onOneLine } from './one-line.ts'
import { GateKind, type Candidate, type Diagnostic, type GateResult } from './task.ts'

/** A candidate that a rule or a gate said no to. */
export type Rejected = Extract<Candidate, { state: 'rejected' }>

/** Longest text one finding is told with. */
export const LONGEST_FINDING = 240

/** The rejected candidate that came closest: furthest through the gates first, then fewest findings. */
export function closest(candidates: readonly Candidate[]): Rejected | null {
  const rejected = candidates.filter((candidate) => candidate.state === 'rejected')
  return (
    rejected.sort((left, right) => progress(right) - progress(left) || findings(left) - findings(right))[0] ??
    null
  )
}

/** The failure in short, the same for the same failure at other places; null where the gate named nothing. */
export function signatureOf({ gate, diagnostics, timedOut }: GateResult): string | null {
  if (timedOut) return `${gate}: no result in time`
  if (diagnostics.length === 0) return null
  const kinds = new Set(diagnostics.map((diagnostic) => withoutNumbers(textOf(diagnostic))))
  return [`${gate}:`, ...[...kinds].sort()].join('\n')
}

/** A finding as data: whatever a tool printed stands on one line. */
export function textOf({ file, code, message }: Diagnostic): string {
  const where = file === null ? '' : `${file}: `
  return onOneLine(`${where}${code === null ? '' : `${code} `}${message}`, LONGEST_FINDING)
}

// positions, sizes, addresses and times: what differs between two runs into the same wall
const withoutNumbers = (text: string): string => text.replaceAll(/0x[\da-f]+|\d+/gi, '#')

const progress = ({ gates }: Rejected): number => {
  const last = gates.at(-1)
  return last ? GateKind.options.indexOf(last.kind) : -1
}
const findings = ({ gates }: Rejected): number => gates.at(-1)?.diagnostics.length ?? 0
