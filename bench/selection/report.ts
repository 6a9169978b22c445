import { quantile } from '../figures.ts'
import { meanOf, wilson, type Interval } from './intervals.ts'
import type { Result } from './result.ts'

/** What one policy came to in one world. */
export type Row = { readonly policy: string; readonly results: readonly Result[] }

const COLUMNS: readonly { head: string; width: number; cell: (results: readonly Result[]) => string }[] = [
  { head: 'correct %', width: 16, cell: (results) => share(results, results, ({ correct }) => correct) },
  { head: 'wrong %', width: 15, cell: (results) => share(results, results, isWrong) },
  { head: 'abst. %', width: 8, cell: (results) => percent(results, ({ label }) => label === 'abstained') },
  { head: 'unver. %', width: 9, cell: (results) => percent(results, ({ label }) => label === 'unverified') },
  { head: 'verified, right %', width: 18, cell: precision },
  { head: 'tampered', width: 9, cell: tampered },
  { head: 'coders', width: 12, cell: (results) => mean(results, ({ spending }) => spending.sent.coder) },
  { head: 'answ.', width: 6, cell: (results) => plain(results, ({ spending }) => spending.answered.coder) },
  { head: 'calls', width: 13, cell: (results) => mean(results, calls) },
  { head: 'tokens', width: 13, cell: (results) => mean(results, ({ spending }) => spending.tokens, 0) },
  { head: 'ballots', width: 8, cell: (results) => plain(results, ({ ballots }) => ballots) },
  { head: 'wall p50', width: 9, cell: (results) => seconds(results, 0.5) },
  { head: 'p95 s', width: 7, cell: (results) => seconds(results, 0.95) },
]

const POLICY_WIDTH = 20

/** A table of one world: a line for each policy. */
export function printTable(title: string, rows: readonly Row[], goals: readonly string[]): void {
  console.log(`\n${title}`)
  console.log('policy'.padEnd(POLICY_WIDTH) + COLUMNS.map(({ head, width }) => head.padStart(width)).join(''))
  for (const { policy, results } of rows) {
    const cells = COLUMNS.map(({ cell, width }) => cell(results).padStart(width))
    console.log(policy.padEnd(POLICY_WIDTH) + cells.join(''))
  }
  for (const goal of goals) console.log(`  ${goal}`)
}

const isWrong = ({ label, correct }: Result): boolean => label !== 'abstained' && !correct

const calls = ({ spending }: Result): number =>
  Object.values(spending.sent).reduce((sum, one) => sum + one, 0)

function precision(results: readonly Result[]): string {
  const verified = results.filter(({ label }) => label === 'verified')
  return share(verified, verified, ({ correct }) => correct)
}

/** Verified changes that had a test changed, of the replies that changed one. */
function tampered(results: readonly Result[]): string {
  const planted = results.reduce((sum, { tamperings }) => sum + tamperings, 0)
  const verified = results.filter(({ label, tampered }) => label === 'verified' && tampered).length
  return `${verified}/${planted}`
}

const hitsIn = (results: readonly Result[], is: (result: Result) => boolean): number =>
  results.filter(is).length

function share(results: readonly Result[], of: readonly Result[], is: (result: Result) => boolean): string {
  const { value, low, high } = wilson(hitsIn(results, is), of.length)
  return `${(100 * value).toFixed(1)} (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`
}

const percent = (results: readonly Result[], is: (result: Result) => boolean): string =>
  ((100 * hitsIn(results, is)) / results.length).toFixed(1)

function mean(results: readonly Result[], of: (result: Result) => number, digits = 2): string {
  const interval: Interval = meanOf(results.map(of))
  return `${interval.value.toFixed(digits)} ±${(interval.high - interval.value).toFixed(digits)}`
}

const plain = (results: readonly Result[], of: (result: Result) => number): string =>
  meanOf(results.map(of)).value.toFixed(2)

const seconds = (results: readonly Result[], at: number): string =>
  (
    quantile(
      results.map(({ wallMs }) => wallMs),
      at,
    ) / 1_000
  ).toFixed(0)
