import { loadavg } from 'node:os'
import { abortMs, heldPerStream, takenUnread } from './direct/patience.ts'
import * as speed from './direct/speed.ts'
import { NAMES, startTargets, warmUp, type Name, type Target, type Targets } from './direct/targets.ts'
import { median } from './figures.ts'

const ROUNDS = 5

type Line = {
  readonly what: string
  readonly unit: string
  /** What the bare relay, or the upstream itself, has and what Quorum has. */
  readonly reference: number
  readonly quorum: number
  /** The figure that has a goal: a ratio, unless it is a difference or a share. */
  readonly figure: number
  readonly goal: number
  readonly atLeast?: boolean
}

/**
 * What the direct path costs beside the least that any proxy can cost: a relay of node:http and undici that looks at
 * nothing. Everybody in a process of his own, taking turns in changing order; ratios inside a round, medians over rounds.
 */
export async function benchDirect(): Promise<void> {
  await using targets = await startTargets()
  await warmUp(targets)
  console.log(`direct path beside a bare relay, ${ROUNDS} rounds in turns, load ${loadavg()[0]!.toFixed(2)}`)
  for (const line of [...(await measureSpeed(targets)), ...(await measurePatience(targets))]) print(line)
  console.log(`  load ${loadavg()[0]!.toFixed(2)}\n`)
}

async function measureSpeed(targets: Targets): Promise<Line[]> {
  const round = <Figure>(measure: (target: Target) => Promise<Figure>) => inTurns(targets, measure)
  const whole = await round(speed.wholeMs)
  const concurrent = await round(speed.concurrentMs)
  const saturated = await round(speed.saturated)
  const first = await round(speed.firstChunkMs)
  const large = await round(speed.largePromptMs)
  const paced = await round(speed.pacedCpuMs)
  const burst = await round(speed.burstCpuMs)
  const gaps = await round(speed.gapMs)
  return [
    added('added to a whole answer, one at a time', whole, 2),
    added('added to 16 at once, model thinks 50 ms', concurrent, 2),
    ratio('CPU per request, 16 connections', 'ms', only(saturated, 'cpuMs'), 2),
    {
      ...ratio('requests per second, 16 connections', '/s', only(saturated, 'perSecond'), 0.6),
      atLeast: true,
    },
    added('added to the first chunk', first, 1.5),
    added('added to a prompt of 400 KB', large, 2),
    ratio('CPU per 1000 chunks, paced', 'ms', paced, 1.25),
    ratio('CPU per 1000 chunks, burst', 'ms', burst, 1.5),
    difference('gap p99 of a chunk every 8 ms', gaps, 3),
  ]
}

async function measurePatience(targets: Targets): Promise<Line[]> {
  const held = await inTurns(targets, (target) => heldPerStream(targets, target), 1)
  const taken = await inTurns(targets, (target) => takenUnread(targets, target), 2)
  const aborts = await abortMs(targets, targets.quorum)
  return [
    ratio('memory per idle stream of 500', 'KB', inThousands(held), 1.5),
    ratio('taken for a client that reads nothing', 'KB', inThousands(taken), 1.1),
    {
      what: 'upstream let go within 50 ms, 3 phases',
      unit: 'ms',
      reference: Number.NaN,
      quorum: median(aborts),
      figure: aborts.filter((ms) => ms <= 50).length / aborts.length,
      goal: 1,
      atLeast: true,
    },
  ]
}

type Round<Figure> = Record<Name, Figure>

/** Each target once per round, and a different one first each time. */
async function inTurns<Figure>(
  targets: Targets,
  measure: (target: Target) => Promise<Figure>,
  rounds: number = ROUNDS,
): Promise<Round<Figure>[]> {
  const all: Round<Figure>[] = []
  for (let round = 0; round < rounds; round += 1) {
    const figures: Partial<Round<Figure>> = {}
    for (let turn = 0; turn < NAMES.length; turn += 1) {
      const name = NAMES[(round + turn) % NAMES.length]!
      figures[name] = await measure(targets[name])
    }
    all.push({ direct: figures.direct!, relay: figures.relay!, quorum: figures.quorum! })
  }
  return all
}

function ratio(what: string, unit: string, rounds: readonly Round<number>[], goal: number): Line {
  return {
    what,
    unit,
    reference: median(rounds.map(({ relay }) => relay)),
    quorum: median(rounds.map(({ quorum }) => quorum)),
    figure: median(rounds.map(({ relay, quorum }) => quorum / relay)),
    goal,
  }
}

/** The same for what comes on top of asking the upstream itself. */
const added = (what: string, rounds: readonly Round<number>[], goal: number): Line =>
  ratio(
    what,
    'ms',
    rounds.map(({ direct, relay, quorum }) => ({
      direct: 0,
      relay: relay - direct,
      quorum: quorum - direct,
    })),
    goal,
  )

function difference(what: string, rounds: readonly Round<number>[], goal: number): Line {
  return {
    what,
    unit: 'ms',
    reference: median(rounds.map(({ direct }) => direct)),
    quorum: median(rounds.map(({ quorum }) => quorum)),
    figure: median(rounds.map(({ direct, quorum }) => quorum - direct)),
    goal,
  }
}

const only = <Key extends string>(rounds: readonly Round<Record<Key, number>>[], key: Key): Round<number>[] =>
  rounds.map(({ direct, relay, quorum }) => ({ direct: direct[key], relay: relay[key], quorum: quorum[key] }))

const inThousands = (rounds: readonly Round<number>[]): Round<number>[] =>
  rounds.map(({ direct, relay, quorum }) => ({
    direct: direct / 1000,
    relay: relay / 1000,
    quorum: quorum / 1000,
  }))

function print({ what, unit, reference, quorum, figure, goal, atLeast = false }: Line): void {
  const isReached = atLeast ? figure >= goal : figure <= goal
  const verdict = Number.isFinite(figure) ? (isReached ? 'reached' : 'MISSED') : 'not measured'
  const side = Number.isNaN(reference) ? '' : reference.toFixed(2)
  console.log(
    `  ${what.padEnd(40)} ${side.padStart(9)} ${quorum.toFixed(2).padStart(9)} ${unit.padEnd(3)} ${figure.toFixed(2).padStart(6)}  goal ${atLeast ? '≥' : '≤'} ${goal.toFixed(2)}  ${verdict}`,
  )
}
