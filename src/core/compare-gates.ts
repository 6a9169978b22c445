import type { GateReceipt } from './receipt-parts.ts'

/** One gate, as it went then and as it goes now; null where it did not run. */
export type Compared = {
  readonly gate: string
  readonly before: GateReceipt | null
  readonly after: GateReceipt | null
  readonly isSame: boolean
}

/** Holds two runs of the same gates against each other: what they found counts, and not how long it took. */
export function compareGates(then: readonly GateReceipt[], now: readonly GateReceipt[]): Compared[] {
  const names = new Set([...then, ...now].map(({ gate }) => gate))
  return [...names].map((gate) => {
    const before = then.find((result) => result.gate === gate) ?? null
    const after = now.find((result) => result.gate === gate) ?? null
    return {
      gate,
      before,
      after,
      isSame: before !== null && after !== null && isSame(before, after),
    }
  })
}

function isSame(one: GateReceipt, other: GateReceipt): boolean {
  if (one.status !== other.status || one.timedOut !== other.timedOut) return false
  // tests that pass and fail on the base itself make every count, and the exit code, a matter of luck
  if (one.flaky.length > 0 || other.flaky.length > 0) return true
  return found(one) === found(other)
}

const found = ({ exitCode, tests, knownFailures, newFailures }: GateReceipt): string =>
  JSON.stringify([exitCode, tests && [tests.passed, tests.failed, tests.skipped], knownFailures, newFailures])

/** What became of a gate, in a few words. */
export function describeGate(result: GateReceipt | null): string {
  if (result === null) return 'did not run'
  const { status, exitCode, timedOut, tests, knownFailures, newFailures, ms } = result
  const facts = [
    timedOut ? 'timed out' : `exit ${exitCode ?? 'by a signal'}`,
    ...(tests ? [`${tests.passed} of ${tests.passed + tests.failed} tests`] : []),
    ...(newFailures > 0 ? [`${newFailures} new`] : []),
    ...(knownFailures > 0 ? [`${knownFailures} from before`] : []),
    `${(ms / 1000).toFixed(1)} s`,
  ]
  return `${status} (${facts.join(', ')})`
}
