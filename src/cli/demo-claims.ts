import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry, SwarmEvent } from '../core/event.ts'
import { applyToWorkingTree } from '../workspace/apply.ts'
import { copySample, hashOf } from './demo-sample.ts'
import { BETTER } from './demo-script.ts'

/** Something the demo announces, and whether the story bears it out. */
export type Claim = { readonly says: string; readonly holds: boolean }

/** A task as the client saw it: its answer, and the story behind it. */
export type Shown = { readonly answer: string; readonly story: readonly Entry[] }

/** The first task: five coders, of whom two are right in different ways, and a vote. */
export function claimsOfVote({ story }: Shown): Claim[] {
  const passed = all(story, 'verification_pass').map(({ place }) => place.seat)
  const trees = all(story, 'patch_applied').filter(({ place }) => passed.includes(place.seat))
  const [ballots, end] = [all(story, 'ballot_cast'), all(story, 'contest_end').at(-1)]
  const options = all(story, 'vote_start').at(-1)?.options ?? []
  const votes = ballots.filter(({ ballot }) =>
    options[ballot.choice ?? -1]?.includes(end?.winner ?? -1),
  ).length
  return [
    claim(
      'prose, and a diff that does not apply, were no candidates',
      all(story, 'patch_rejected').filter(({ resampled }) => !resampled).length === 2,
    ),
    claim('the type check caught the type error', failed(story, 1, 'typecheck') === 1),
    claim('two different changes passed every check', new Set(trees.map(({ tree }) => tree)).size === 2),
    claim(`${votes} of ${ballots.length} ballots chose the winner`, votes === 3 && end?.decision === 'vote'),
    claim('the reviewer approved', all(story, 'review_complete').at(-1)?.decision === 'approve'),
    claim('the delivered diff is the one they chose', deliveredDiff(story).includes(BETTER)),
  ]
}

/** The second task: two failures of different kinds, then one tier up. */
export function claimsOfEscalation({ story }: Shown): Claim[] {
  const up = all(story, 'escalation').at(-1)
  const tier = story.at(-1)?.tier
  return [
    claim('the tests caught the wrong totals of the first attempt', failed(story, 1, 'test') > 0),
    claim('the second attempt was told so, and failed otherwise', failed(story, 2, 'typecheck') > 0),
    claim(`then ${up?.from} gave way to ${up?.to}, which solved it`, up?.to === 'deep' && tier === 'deep'),
  ]
}

/** The diff that was handed over is verified, and `git apply` takes it. */
export async function claimOfDiff(
  name: string,
  { answer, story }: Shown,
  folder: string,
  signal: AbortSignal,
): Promise<Claim> {
  const copy = await mkdtemp(join(folder, 'copy-'))
  await copySample(copy)
  const applied = await applyToWorkingTree(copy, diffIn(answer), signal)
  const verified = all(story, 'task_complete').at(-1)?.outcome.kind === 'verified'
  return claim(`${name}: verified, and git apply takes it`, verified && applied.applied)
}

/** Nothing was written into the user's project, and nothing is left at work. */
export async function claimsOfLeftovers(before: string, sample: string, openCalls: number): Promise<Claim[]> {
  const after = await hashOf(sample)
  return [
    claim(`the sample is as it was, git's own files too (sha256 ${after.slice(0, 12)})`, after === before),
    claim('no model call is left open', openCalls === 0),
  ]
}

const claim = (says: string, holds: boolean): Claim => ({ says, holds })

/** What stands in an answer's diff fence. */
export const diffIn = (answer: string): string => /^(`{3,})diff\n([\s\S]*?)^\1$/m.exec(answer)?.[2] ?? ''

type Event<Type extends SwarmEvent['type']> = Extract<SwarmEvent, { type: Type }>

const all = <Type extends SwarmEvent['type']>(story: readonly Entry[], type: Type): Event<Type>[] =>
  story.map(({ event }) => event).filter((event): event is Event<Type> => event.type === type)

/** How many candidates of an attempt a gate stopped. */
const failed = (story: readonly Entry[], attempt: number, gate: string): number =>
  all(
    story.filter((entry) => entry.attempt === attempt),
    'verification_fail',
  ).filter((event) => event.gate === gate).length

function deliveredDiff(story: readonly Entry[]): string {
  const outcome = all(story, 'task_complete').at(-1)?.outcome
  return outcome?.kind === 'verified' ? outcome.patch.diff : ''
}
