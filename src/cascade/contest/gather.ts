import { clustersOf } from '../../core/agreement.ts'
import { decidedBy, isLost } from '../../core/closing.ts'
import type { SwarmEvent } from '../../core/event.ts'
import type { Candidate, SpecTest, Strength, Subtask, Verified } from '../../core/task.ts'
import { abortable } from '../../abortable.ts'
import { code, type Seat } from './code.ts'
import type { Stage } from '../ports.ts'
import { race } from '../race.ts'
import type { Setting } from '../setting.ts'
import { writeSpecTest } from '../proving/spec-test.ts'
import { measureStrength } from '../proving/strength.ts'

/** What a contest has to choose from. */
export type Gathered = {
  readonly candidates: readonly Candidate[]
  /** The first survivor's, where it was measured. */
  readonly survey: { readonly form: string; readonly strength: Strength } | null
  /** A test of the request, where one was asked for; null when none came of it. */
  readonly test: SpecTest | null
}

type News =
  | { readonly kind: 'candidate'; readonly candidate: Candidate }
  | { readonly kind: 'survey'; readonly survey: Gathered['survey'] }
  | { readonly kind: 'test'; readonly test: SpecTest | null }
  /** The stragglers' time is up. */
  | { readonly kind: 'time' }
  /** The task's is. */
  | { readonly kind: 'over' }

/**
 * Seats race, each candidate verified the moment it arrives, while others still type. While they do, the gates'
 * strength is measured on the first survivor and, where the effort asks for it, a test of the request is written. It
 * ends as soon as enough is known; what is still running is cancelled.
 */
export async function* gather(
  subtask: Subtask,
  seats: readonly Seat[],
  setting: Setting,
  signal: AbortSignal,
): Stage<Gathered> {
  const { strategy } = setting
  const base = seats[0]!.base
  const watch = watchFor(setting)
  let heard: News[] = []
  let asked = 0
  while (asked < seats.length && !isClosed(heard, setting)) {
    const size = waveSize(asked, seats.length, setting)
    const wave = seats.slice(asked, asked + size)
    asked += wave.length
    const before = heard
    const isFirst = before.length === 0
    watch.wave()
    heard = [
      ...before,
      ...(yield* race<SwarmEvent, News>(
        [
          ...wave.map((seat) => (signal: AbortSignal) => watch.seat(code(seat, setting, signal))),
          (signal) => watch.time(signal),
          ...(strategy.mutants > 0 && isFirst
            ? [(signal: AbortSignal) => survey(watch, setting, signal)]
            : []),
          ...(wantsTest(setting) && isFirst
            ? [(signal: AbortSignal) => writeTest(subtask, base, setting, signal)]
            : []),
        ],
        (news) => hasEnded([...before, ...news], asked, setting),
        signal,
      )),
    ]
  }
  return {
    candidates: candidatesIn(heard),
    survey: heard.find((news) => news.kind === 'survey')?.survey ?? null,
    test: heard.find((news) => news.kind === 'test')?.test ?? null,
  }
}

/** Those who start together: what the effort wants, as far as the machine bears it. */
function waveSize(asked: number, seats: number, { strategy, ports: { limits }, tier }: Setting): number {
  const wished = asked === 0 ? (strategy.first ?? seats) : strategy.first === null ? seats : 1
  return Math.min(wished, limits.together?.[tier] ?? seats)
}

/** Nothing that is still out could change what is done next. */
function hasEnded(news: readonly News[], asked: number, setting: Setting): boolean {
  if (isClosed(news, setting)) return true
  return candidatesIn(news).length >= asked && !isWaiting(news, setting)
}

function isClosed(news: readonly News[], setting: Setting): boolean {
  if (news.some(({ kind }) => kind === 'over')) return true
  const { strategy, held, ports } = setting
  if (news.some(({ kind }) => kind === 'time') && !isWaiting(news, setting)) return true
  const candidates = candidatesIn(news)
  if (isLost([...held, ...candidates], strategy)) return true
  const survivors = candidates.filter(({ state }) => state === 'verified' || state === 'agreed')
  if (survivors.length >= ports.limits.quorum && !isWaiting(news, setting)) return true
  return !wantsTest(setting) && agree(news, setting)
}

const agree = (news: readonly News[], { strategy, held }: Setting): boolean =>
  decidedBy(clustersOf([...held, ...candidatesIn(news)]), strategy) !== null

/** Is there a survivor to measure or to test, and the answer not in? */
function isWaiting(news: readonly News[], setting: Setting): boolean {
  if (!candidatesIn(news).some(({ state }) => state === 'verified')) return false
  const lacks = (kind: News['kind']): boolean => !news.some((one) => one.kind === kind)
  return (setting.strategy.mutants > 0 && lacks('survey')) || (wantsTest(setting) && lacks('test'))
}

/** Is a test of the request written beside the coders? Then all of it is waited for, even where they agree. */
const wantsTest = ({ strategy }: Setting): boolean => strategy.specTest === 'always'

const candidatesIn = (news: readonly News[]): Candidate[] =>
  news.flatMap((one) => (one.kind === 'candidate' ? [one.candidate] : []))

async function* survey(
  watch: ReturnType<typeof watchFor>,
  setting: Setting,
  signal: AbortSignal,
): Stage<News> {
  const candidate = await abortable(watch.first, signal)
  const strength = yield* measureStrength(candidate, setting, signal)
  return { kind: 'survey', survey: { form: candidate.form, strength } }
}

async function* writeTest(
  subtask: Subtask,
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Stage<News> {
  return { kind: 'test', test: yield* writeSpecTest(subtask, base, setting, signal) }
}

/**
 * Sees the first survivor, gives stragglers as long as it took and some of that again, and says when that is up. Who
 * starts later has the same time, from when he starts.
 */
function watchFor({ ports: { limits, clock }, meter }: Setting) {
  let startedAt = clock.now()
  let took = 0
  const { promise: first, resolve } = Promise.withResolvers<Verified>()
  return {
    first,
    wave(): void {
      startedAt = clock.now()
    },
    async *seat(stage: Stage<Candidate>): Stage<News> {
      const candidate = yield* stage
      if (candidate.state === 'verified') {
        if (took === 0) took = clock.now() - startedAt
        resolve(candidate)
      }
      return { kind: 'candidate', candidate } as const
    },
    // eslint-disable-next-line require-yield -- it only keeps time
    async *time(signal: AbortSignal): Stage<News> {
      try {
        const limit = AbortSignal.any([signal, meter.time])
        await abortable(first, limit)
        const until = startedAt + took + Math.max(limits.patienceMs, limits.patience * took)
        await clock.sleep(Math.max(0, until - clock.now()), limit)
        return { kind: 'time' }
      } catch (error) {
        if (signal.aborted) throw error
        return { kind: 'over' }
      }
    },
  }
}
