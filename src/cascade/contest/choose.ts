import { clustersOf, type Cluster } from '../../core/agreement.ts'
import { decidedBy, leaderOf } from '../../core/closing.ts'
import type { Candidate, Decision, SpecTest, Strength, Subtask, Verified } from '../../core/task.ts'
import type { Gathered } from './gather.ts'
import type { Stage } from '../ports.ts'
import type { Setting } from '../setting.ts'
import { trySpecTest, writeSpecTest } from '../proving/spec-test.ts'
import { vote } from '../voting/vote.ts'

/** `split`: survivors differ, and nothing tells which is right; `alone`: only one passed, and the gates are weak. */
export type Doubt = 'split' | 'alone'

export type Choice = {
  readonly chosen: { readonly winner: Verified; readonly cluster: Cluster } | null
  readonly decision: Decision | null
  readonly doubt: Doubt | null
  /** All groups, the chosen one first. */
  readonly clusters: readonly Cluster[]
  /** The candidates as they stand after a test of the request. */
  readonly candidates: readonly Candidate[]
  /** Of the chosen change, where it was measured. */
  readonly strength: Strength | null
  /** The test of the request, where it holds. */
  readonly specTest: SpecTest | null
}

/** What survived, after a test of the request had its say. */
type Field = {
  readonly clusters: readonly Cluster[]
  readonly candidates: readonly Candidate[]
  readonly specTest: SpecTest | null
  /** Did the test change which groups there are? */
  readonly isProbed: boolean
}

/** Chooses among what survived the gates: agreement first, then a test of the request, then a higher tier or the voters. */
export async function* choose(
  subtask: Subtask,
  base: string,
  gathered: Gathered,
  setting: Setting,
  signal: AbortSignal,
): Stage<Choice> {
  const field = yield* probe(subtask, base, gathered, setting, signal)
  const { clusters } = field
  const decided = decidedBy(clusters, setting.strategy)
  if (clusters.length === 0) return nothing(field, null)
  if (clusters.length > 1 && setting.strategy.tie === 'vote') {
    return yield* byVote(subtask, field, gathered, setting, signal)
  }
  if (decided) return choice(field, gathered, decided, field.isProbed ? 'probe' : howAgreed(decided))
  if (clusters.length === 1) {
    const [only] = clusters
    const isAlone = only!.seats.length === 1
    if (isAlone && setting.strategy.alone === 'escalate' && setting.mayGoUp) return nothing(field, 'alone')
    return choice(field, gathered, only!, howAgreed(only!))
  }
  if (setting.strategy.tie === 'largest') return largest(field, gathered)
  if (setting.mayGoUp) return nothing(field, 'split')
  return yield* byVote(subtask, field, gathered, setting, signal)
}

/** A test of the request, where there is a doubt that it may settle. Survivors that fail one that holds are out. */
async function* probe(
  subtask: Subtask,
  base: string,
  gathered: Gathered,
  setting: Setting,
  signal: AbortSignal,
): Stage<Field> {
  const all = [...setting.held, ...gathered.candidates]
  const field: Field = { clusters: clustersOf(all), candidates: all, specTest: null, isProbed: false }
  if (field.clusters.length === 0) return field
  const test = gathered.test ?? (yield* testForDoubt(subtask, base, field, gathered, setting, signal))
  if (!test) return field
  const survivors = all.filter((candidate) => candidate.state === 'verified')
  const tried = yield* trySpecTest(test, survivors, base, setting, signal)
  if (tried.status === 'dropped') return field
  // a test that more coders fail than pass has misread the request more often than they have
  const isFair = seatsThat(true, field, tried.passed) >= seatsThat(false, field, tried.passed)
  const holds = tried.status === 'holds' && isFair
  const candidates = all.map((candidate): Candidate => {
    if (!holds || candidate.state !== 'verified' || tried.passed.get(candidate.patch.tree) === true)
      return candidate
    const { place, patch, gates } = candidate
    const reason = `it fails ${test.path}, a test that was written for the request`
    return { state: 'rejected', place, code: 'spec_test', reason, patch, gates }
  })
  const clusters = clustersOf(candidates, tried.behaviour)
  const isProbed = clusters.length !== field.clusters.length
  return { clusters, candidates, specTest: holds ? test : null, isProbed }
}

/** Seats behind the groups that passed the test, or that did not. */
const seatsThat = (pass: boolean, { clusters }: Field, passed: ReadonlyMap<string, boolean>): number =>
  clusters
    .filter(({ members }) => (passed.get(members[0]!.patch.tree) === true) === pass)
    .reduce((sum, { seats }) => sum + seats.length, 0)

async function* testForDoubt(
  subtask: Subtask,
  base: string,
  field: Field,
  gathered: Gathered,
  setting: Setting,
  signal: AbortSignal,
): Stage<SpecTest | null> {
  if (setting.strategy.specTest !== 'on-doubt' || setting.meter.spent()) return null
  if (decidedBy(field.clusters, setting.strategy)) return null
  return yield* writeSpecTest(subtask, base, setting, signal)
}

const howAgreed = ({ seats }: Cluster): Decision => (seats.length > 1 ? 'agreement' : 'only')

async function* byVote(
  subtask: Subtask,
  field: Field,
  gathered: Gathered,
  setting: Setting,
  signal: AbortSignal,
): Stage<Choice> {
  if (setting.meter.spent()) return largest(field, gathered)
  const rejected = field.candidates.filter((candidate) => candidate.state === 'rejected')
  const voted = yield* vote(subtask, field.clusters, rejected, setting, signal)
  if (voted) return choice(field, gathered, field.clusters[voted.choice]!, voted.decision)
  const isOpen = decidedBy(field.clusters, setting.strategy) === null
  if (isOpen && setting.strategy.alone === 'escalate' && setting.mayGoUp) return nothing(field, 'split')
  return largest(field, gathered)
}

function largest(field: Field, gathered: Gathered): Choice {
  const lead = leaderOf(field.clusters)
  return choice(field, gathered, lead ?? field.clusters[0]!, lead ? 'largest' : 'undecided')
}

function choice(field: Field, { survey }: Gathered, cluster: Cluster, decision: Decision): Choice {
  const [winner] = cluster.members
  return {
    chosen: { winner: winner!, cluster },
    decision,
    doubt: null,
    clusters: [cluster, ...field.clusters.filter((other) => other !== cluster)],
    candidates: field.candidates,
    strength: survey && survey.form === winner!.form ? survey.strength : null,
    specTest: field.specTest,
  }
}

const nothing = ({ clusters, candidates, specTest }: Field, doubt: Doubt | null): Choice => ({
  chosen: null,
  decision: null,
  doubt,
  clusters,
  candidates,
  strength: null,
  specTest,
})
