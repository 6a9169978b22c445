import { z } from 'zod'

/** What a look found: its process has ended, it says nothing, it loads, it is ready, it answers but its model does not. */
export type Sight = 'ended' | 'silent' | 'loading' | 'healthy' | 'stuck'

/** `starting`: it has not answered since it was started; it may be fetching its model. `waiting`: for its next start. */
const Phase = z.enum(['waiting', 'starting', 'loading', 'healthy', 'silent'])

/** What is remembered of a server between two looks; times are milliseconds of the wall clock. */
export const Care = z.object({
  phase: Phase,
  /** Since when it is in this phase. */
  since: z.number(),
  starts: z.int(),
  launchedAt: z.number(),
  /** Ends since it last held out for a while. */
  failures: z.int(),
  /** Looks in a row that brought no answer. */
  missed: z.int(),
  /** Before this it is not started again. */
  startAt: z.number(),
})
export type Care = z.infer<typeof Care>

/** A server nobody has started yet. */
export const UNTENDED: Care = {
  phase: 'waiting',
  since: 0,
  starts: 0,
  launchedAt: 0,
  failures: 0,
  missed: 0,
  startAt: 0,
}

/** So many looks without an answer, and it counts as hung: its /health answers also while it computes. */
export const MOST_MISSED = 3
/** Who was healthy for so long has earned a quick restart. */
export const STEADY_MS = 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** The wall clock may run ahead of our own sleep by so much before it counts as the machine's sleep. */
const JUMP_MS = 30_000

/** What to do after a look at a server, and what to remember. */
export function tend(care: Care, sight: Sight, now: number): { care: Care; act: 'start' | 'kill' | null } {
  if (care.phase === 'waiting') return now < care.startAt ? { care, act: null } : started(care, now)
  if (sight === 'ended') return { care: failed(care, now), act: null }
  if (sight === 'stuck') return { care: inPhase(care, 'silent', now), act: 'kill' }
  if (sight !== 'silent') return { care: { ...inPhase(care, sight, now), missed: 0 }, act: null }
  if (care.phase === 'starting') return { care, act: null }
  const missed = care.missed + 1
  return { care: { ...inPhase(care, 'silent', now), missed }, act: missed >= MOST_MISSED ? 'kill' : null }
}

function started(care: Care, now: number): ReturnType<typeof tend> {
  const next = { ...inPhase(care, 'starting', now), launchedAt: now, starts: care.starts + 1, missed: 0 }
  return { care: next, act: 'start' }
}

function failed(care: Care, now: number): Care {
  const heldOut = care.phase === 'healthy' && now - care.since >= STEADY_MS
  const failures = heldOut ? 1 : care.failures + 1
  return { ...inPhase(care, 'waiting', now), failures, startAt: now + waitAfter(failures) }
}

const inPhase = (care: Care, phase: Care['phase'], now: number): Care =>
  care.phase === phase ? care : { ...care, phase, since: now }

/** How long a server that ended so many times in a row stays down, in milliseconds. */
export const waitAfter = (failures: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 10))

/** Was the machine asleep between two rounds that should lie so far apart? */
export const hasSlept = (before: number, now: number, apartMs: number): boolean =>
  now - before > apartMs + JUMP_MS
