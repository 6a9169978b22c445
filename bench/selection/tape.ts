import { randomFrom, seedOf, shuffle } from '../../src/core/random.ts'
import type { TierName } from '../../src/core/task.ts'
import { betaQuantile } from './beta.ts'
import { WORDINGS, type Planted, type PlantedTest } from './planted.ts'
import { accuracyOf, FAULTS, type Fault, type World } from './world.ts'

/** What a coder writes. A tampering one changes a test so that its wrong change passes. */
export type Written = { readonly fault: Fault | null; readonly planted: Planted }

/**
 * Everything that chance decides about one task, decided before anybody asks: the same question always gets the same
 * answer, whichever policy asks it and when.
 */
export type Tape = {
  readonly run: number
  /** A number in [0, 1) that belongs to these words. */
  chance(...words: readonly (string | number)[]): number
  /** The reply of a seat: `call` says which attempt, seat and sample. */
  written(tier: TierName, call: string): Written
  /** What becomes of a change that is revised. */
  revised(current: Planted, call: string): Planted
  /** Do the project's own tests catch this wrong form? */
  isCaught(form: number): boolean
  /** The share of logic errors, and of small mutants, that this task's gates catch. */
  readonly power: number
  /** Does a test of the request, or of an objection, pass on this change? null where it does not load. */
  passes(test: PlantedTest, planted: Planted): boolean | null
}

/** Kinds of right changes that are the same code, most frequent first; a wrong one is the popular mistake or its own. */
const RIGHT_FORMS = [0.6, 0.25, 0.15]
const POPULAR = 0.4
const SECOND = 0.15
const OTHER_FORMS = 40
/** How often a coder that is told what is wrong mends it, and how often it breaks what was right. */
const MENDS = 0.5
const BREAKS = 0.2

/**
 * Gates that catch d on average are strong for some tasks and weak for others: Beta with a + b = 2.25. Of the tasks whose
 * gates kill four of four mutants they then catch 89 %, where d is .7.
 */
const SPREAD = 2.25

/**
 * The tapes of so many tasks. How hard a task is, is drawn once for all seats and tiers: with correlation ρ the chance to
 * be right is Beta with mean p and a + b = (1 − ρ) / ρ, taken at the same quantile in each tier. Quantiles are
 * stratified, one from each n-th of [0, 1), which makes the intervals printed a little too wide rather than too narrow.
 */
export function tapesOf(world: World, runs: number, seed: number): Tape[] {
  const random = randomFrom(seedOf(seed, 'latent'))
  const strata = (): number[] =>
    shuffle(
      Array.from({ length: runs }, (_, at) => (at + random()) / runs),
      random,
    )
  const difficulty = strata()
  const strength = strata()
  return difficulty.map((latent, run) => tapeOf(world, { seed, run, latent, strength: strength[run]! }))
}

type Draw = {
  readonly seed: number
  readonly run: number
  readonly latent: number
  readonly strength: number
}

function tapeOf(world: World, { seed, run, latent, strength }: Draw): Tape {
  const spread = (1 - world.correlation) / world.correlation
  const abilities = new Map<TierName, number>()
  const abilityOf = (tier: TierName): number => {
    const mean = accuracyOf(world, tier)
    const known = abilities.get(tier) ?? betaQuantile(latent, mean * spread, (1 - mean) * spread)
    abilities.set(tier, known)
    return known
  }
  const power = betaQuantile(strength, world.d * SPREAD, (1 - world.d) * SPREAD)
  const chance: Tape['chance'] = (...words) => randomFrom(seedOf(seed, run, ...words))()
  const isCaught = (form: number): boolean => chance('caught', form) < power
  return {
    run,
    chance,
    power,
    isCaught,
    written(tier, call) {
      const wording = Math.floor(chance('wording', tier, call) * WORDINGS)
      if (chance('right', tier, call) < abilityOf(tier)) {
        const form = pick(RIGHT_FORMS, chance('form', tier, call))
        return { fault: null, planted: { kind: 'right', form, wording } }
      }
      const shares = FAULTS.map((fault) => world.faults[fault])
      const fault = FAULTS[pick(shares, chance('fault', tier, call))]!
      const form = pick([POPULAR, SECOND, ...OTHERS], chance('form', tier, call))
      return { fault, planted: { kind: fault === 'mistyped' ? 'mistyped' : 'logic', form, wording } }
    },
    revised({ kind, form, wording }, call) {
      const chance = randomFrom(seedOf(seed, run, 'revised', call))
      const isRight = kind === 'right' ? chance() >= BREAKS : chance() < MENDS
      const other = (wording + 1) % WORDINGS
      if (isRight) return { kind: 'right', form: kind === 'right' ? form : 0, wording: other }
      return { kind: 'logic', form: Math.floor(chance() * OTHER_FORMS), wording: other }
    },
    passes(test, { kind, form }) {
      switch (test.kind) {
        case 'broken':
          return null
        case 'blind':
          return true
        case 'demanding':
          return false
        case 'sound':
          return kind === 'right' || (kind === 'logic' && chance('sound', form) >= world.tester.catches)
        case 'misread':
          // the tester took the request as the popular mistake does
          return kind === 'logic' && form === 0
        case 'shows':
          if (kind === 'right') return true
          return form !== test.form && chance('shows', test.form, kind, form) < 0.5
        default:
          return test satisfies never
      }
    },
  }
}

const OTHERS = Array.from({ length: OTHER_FORMS }, () => (1 - POPULAR - SECOND) / OTHER_FORMS)

/** Which of these shares a number in [0, 1) falls into. */
export function pick(shares: readonly number[], chance: number): number {
  let left = chance * shares.reduce((sum, share) => sum + share, 0)
  for (const [index, share] of shares.entries()) {
    left -= share
    if (left < 0) return index
  }
  return shares.findLastIndex((share) => share > 0)
}
