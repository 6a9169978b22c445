import type { Candidate, GateResult, TestCase, Verified } from './task.ts'

/** Verified candidates whose code is the same, with those that agreed with them and were not checked again. */
export type Cluster = {
  readonly form: string
  /** The one that stands for all comes first: the smallest diff, of equal ones the earliest seat. */
  readonly members: readonly Verified[]
  /** Seats behind it, verified or agreeing. */
  readonly seats: readonly number[]
  readonly lines: number
}

/**
 * Groups what survived the gates by code, and by behaviour where that is known: most support first, then the smaller
 * diff, then the earlier seat. `behaviour` tells by tree what was observed in runs that could have come out differently;
 * the gates alone are no such run, since all that survived passed them.
 */
export function clustersOf(
  candidates: readonly Candidate[],
  behaviour: ReadonlyMap<string, string> = new Map(),
): Cluster[] {
  const verified = candidates.filter((candidate) => candidate.state === 'verified')
  const agreed = candidates.filter((candidate) => candidate.state === 'agreed')
  const byForm = [...Map.groupBy(verified, ({ form }) => form).values()]
  return joinAlike(byForm, behaviour)
    .map((members) => clusterOf(members, agreed))
    .sort(
      (left, right) =>
        right.seats.length - left.seats.length ||
        left.lines - right.lines ||
        left.seats[0]! - right.seats[0]!,
    )
}

/** Groups that were seen to behave the same become one; a group that was not observed stays alone. */
function joinAlike(groups: readonly Verified[][], behaviour: ReadonlyMap<string, string>): Verified[][] {
  const shownBy = (members: readonly Verified[]): string[] =>
    members.flatMap(({ patch }) => behaviour.get(patch.tree) ?? [])
  return groups.reduce<Verified[][]>((joined, group) => {
    const shown = new Set(shownBy(group))
    const { alike = [], others = [] } = Object.groupBy(joined, (other) =>
      shownBy(other).some((vector) => shown.has(vector)) ? 'alike' : 'others',
    )
    return [...others, [...alike.flat(), ...group]]
  }, [])
}

function clusterOf(verified: readonly Verified[], agreed: readonly Agreed[]): Cluster {
  const members = verified.toSorted(
    (one, other) => one.patch.lines - other.patch.lines || one.place.seat - other.place.seat,
  )
  const { form, patch } = members[0]!
  const forms = new Set(members.map((member) => member.form))
  const behind = [...members, ...agreed.filter((candidate) => forms.has(candidate.form))]
  const seats = behind.map(({ place }) => place.seat).toSorted((one, other) => one - other)
  return { form, members, seats, lines: patch.lines }
}

type Agreed = Extract<Candidate, { state: 'agreed' }>

/**
 * Would the same code fail the same way? A build or a test that said no says it to every candidate of the same form. Not so a
 * check that reads the text, types among it wherever they are checked, nor a run that may only have been slow.
 */
export function failsAlike({ kind, timedOut, exitCode, log, diagnostics }: GateResult): boolean {
  if (kind === 'lint' || kind === 'typecheck') return false
  if (timedOut || exitCode === null) return false
  const said = [log, ...diagnostics.map(({ code, message }) => `${code ?? ''} ${message}`)]
  return !said.some((text) => TYPE_ERROR.test(text))
}

/** As TypeScript's own compiler numbers them, and as Next.js announces them. */
const TYPE_ERROR = /\bTS\d{4,5}\b|\bType error:/

/** What a test run showed, test by test, as one text that is the same for the same behaviour; null when nothing ran. */
export function behaviourOf(cases: readonly TestCase[]): string | null {
  if (cases.length === 0) return null
  return cases
    .map(({ id, status, message }) => JSON.stringify([id, status, message && withoutAccidents(message)]))
    .toSorted()
    .join('\n')
}

/** A message without what differs between two runs of the same code. Numbers and paths in quotes are values, and stay. */
function withoutAccidents(message: string): string {
  return ACCIDENTS.reduce((text, [accident, instead]) => text.replaceAll(accident, instead), message)
    .replaceAll(/[ \t]+/g, ' ')
    .trim()
}

const TEMPORARY = String.raw`(?:\/private)?\/(?:tmp|var\/folders|var\/tmp|dev\/shm)`
const NAME = String.raw`[^\s/'"\`:()]+`
const ABSOLUTE = String.raw`(?<![\w.'"\`~/:-])(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+)+[\\/](?=[\w.@+~-]+)`

const ACCIDENTS: readonly (readonly [RegExp, string])[] = [
  // colours of a terminal
  // oxlint-disable-next-line no-control-regex -- it is what they begin with
  [/\u{1b}\[[\d;]*m/gu, ''],
  // the name of a file says something, the name of a temporary folder does not
  [new RegExp(String.raw`${TEMPORARY}(?:\/${NAME})*\/(?=[\w-]+\.[a-z]{1,5}(?![\w/.]))`, 'g'), '<folder>/'],
  [new RegExp(String.raw`${TEMPORARY}(?:\/${NAME})+`, 'g'), '<folder>'],
  [new RegExp(ABSOLUTE, 'g'), '<folder>/'],
  [/\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b/gi, '<id>'],
  [/\b0x[\da-f]{6,16}\b/gi, '<address>'],
  [/(?<![\w.'"`])\d+(?:\.\d+)?\s?(?:ms|milliseconds?)\b/g, '<time>'],
  [/(\.[a-z]{1,5}):\d+(?::\d+)?\b/gi, '$1'],
  // Python's tracebacks
  [/(File "[^"\n]*"), line \d+/g, '$1'],
]
