import { nextStep, type Policy, type Round } from '../../../src/core/escalation.ts'
import { tally } from '../../../src/core/selection.ts'
import type { Ballot, TierName } from '../../../src/core/task.ts'
import type { Planted } from '../planted.ts'
import type { Result } from '../result.ts'
import type { Tape } from '../tape.ts'
import { TIERS, type World } from '../world.ts'
import { ask, call, ended, gates, setTable, type Table } from './table.ts'

const SEATS: Readonly<Record<TierName, number>> = { fast: 5, deep: 3, reviewer: 2, cloud: 1 }
const POLICY: Policy = { tiers: TIERS, skip: [], attemptsPerTier: 2, attempts: 5 }
const REVIEW_LOOPS = 3

/**
 * Five coders, all waited for; gates; five ballots on what survived, first to three, else the two in front in both orders;
 * a reviewer whose every objection is believed. The same escalation as the cascade's.
 */
export async function* playFixed(world: World, tapes: readonly Tape[]): AsyncGenerator<Result, void, void> {
  for (const tape of tapes) yield await playOneFixed(setTable(world, tape))
}

async function playOneFixed(table: Table): Promise<Result> {
  const rounds: Round[] = []
  let kept: Planted | null = null
  let ballots = 0
  for (;;) {
    const step = nextStep(POLICY, 'fast', rounds)
    if (step.kind === 'give-up') break
    const { tier } = step
    const attempt = rounds.length + 1
    await call('planner', tier, `${attempt}/plan/planner/1`, table)
    const seats = Array.from({ length: SEATS[tier] }, (_, seat) => `${attempt}/1/coder/${seat + 1}`)
    const checked = await Promise.all(
      seats.map(async (seat) => {
        const written = await ask('coder', tier, seat, table)
        return (await gates(written, table)) ? written.planted : null
      }),
    )
    const options = distinct(checked.filter((planted) => planted !== null))
    const round = { tier, signature: null, repeated: false } as const
    if (options.length === 0) {
      rounds.push({ ...round, result: { kind: 'gate-failed', gate: 'test', findings: 9, located: 1 } })
      continue
    }
    const elected = await elect(options, attempt, table)
    ballots += elected.ballots
    const reviewed = await review(elected.winner, attempt, table)
    kept = reviewed.planted
    if (reviewed.approved) return ended('verified', kept.kind === 'right', ballots, table)
    rounds.push({ ...round, result: { kind: 'verified', files: 1, lines: 4, objected: true } })
  }
  return ended(kept ? 'unverified' : 'abstained', kept?.kind === 'right', ballots, table)
}

async function elect(options: readonly Planted[], attempt: number, table: Table) {
  if (options.length === 1) return { winner: options[0]!, ballots: 0 }
  const rule = { options: options.length, ballots: 5, quorum: 3 }
  const all = options.map((_, option) => option)
  const voters = [1, 2, 3, 4, 5].map((voter) => {
    const order = all.map((_, position) => (position + voter) % options.length)
    return cast(order, options, `${attempt}/vote/${voter}`, table)
  })
  const ballots = (await Promise.all(voters)).map(asBallot)
  const counted = ballots.findIndex((_, last) => tally(ballots.slice(0, last + 1), rule).kind !== 'open') + 1
  const result = tally(ballots.slice(0, counted), rule)
  if (result.kind === 'won') return { winner: options[result.choice]!, ballots: counted }
  const [one, other] = result.kind === 'hung' ? result.leaders : [0, 1]
  const both = await Promise.all([
    cast([one, other], options, `${attempt}/run-off/1`, table),
    cast([other, one], options, `${attempt}/run-off/2`, table),
  ])
  const choice = both[0] === both[1] && both[0] !== null ? both[0] : one
  return { winner: options[choice]!, ballots: counted + 2 }
}

const asBallot = (choice: number | null, voter: number): Ballot => ({
  voter,
  choice,
  reply: '',
  position: null,
  pair: null,
  truth: null,
})

/** One ballot: the option it names, null where it is invalid. */
async function cast(
  order: readonly number[],
  options: readonly Planted[],
  key: string,
  table: Table,
): Promise<number | null> {
  const { tape, world } = table
  await call('voter', 'fast', key, table)
  if (tape.chance('invalid', key) < world.voter.invalid) return null
  if (tape.chance('first', key) < world.voter.first) return order[0]!
  const right = order.filter((option) => options[option]!.kind === 'right')
  const wrong = order.filter((option) => options[option]!.kind !== 'right')
  const sees = tape.chance('sees', key) < world.voter.q
  const from = right.length > 0 && wrong.length > 0 ? (sees ? right : wrong) : order
  return from[Math.floor(tape.chance('which', key) * from.length)]!
}

/** While the reviewer objects a coder revises, believed on its word. */
async function review(first: Planted, attempt: number, table: Table) {
  const { tape, world } = table
  let planted = first
  for (let loop = 1; loop <= REVIEW_LOOPS + 1; loop += 1) {
    const key = `${attempt}/review/reviewer/${loop}`
    await call('reviewer', 'reviewer', key, table)
    const { approvesRight, approvesWrong } = world.reviewer
    const approves = planted.kind === 'right' ? approvesRight : approvesWrong
    if (tape.chance('approves', key, planted.kind, planted.form) < approves)
      return { planted, approved: true }
    if (loop > REVIEW_LOOPS) break
    const revised = tape.revised(planted, `${attempt}/revision/coder/${loop}`)
    await call('coder', 'fast', `${attempt}/revision/coder/${loop}`, table)
    if (!(await gates({ fault: revised.kind === 'right' ? null : 'logic', planted: revised }, table))) break
    planted = revised
  }
  return { planted, approved: false }
}

const distinct = (planted: readonly Planted[]): Planted[] => [
  ...new Map(planted.map((one) => [`${one.kind} ${one.form}`, one])).values(),
]
