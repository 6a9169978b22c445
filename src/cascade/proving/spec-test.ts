import { behaviourOf } from '../../core/agreement.ts'
import { readNewTest } from '../../core/new-test.ts'
import { isSame, worthOf, type SpecStatus } from '../../core/spec-result.ts'
import type { SpecTest, Subtask, Verified } from '../../core/task.ts'
import type { TestRun } from '../../core/test-outcome.ts'
import { nearestTest, whyRefused } from './admit-test.ts'
import { tryAsk } from '../ask.ts'
import { contextReady } from '../context-ready.ts'
import { fitPrompt, textPart, type Draft } from '../fit-prompt.ts'
import type { Stage } from '../ports.ts'
import { examplePart, sourcesFor, sourcesPart } from '../preprocess.ts'
import { gateFor, runTest, type Ground } from './run-test.ts'
import type { Setting } from '../setting.ts'
import { together } from './together.ts'

/** Has a model write a test of the request, before there is a change; null when no usable test comes of it. */
export async function* writeSpecTest(
  subtask: Subtask,
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Stage<SpecTest | null> {
  const { ports, task, attempt, tier, project } = setting
  // without a run of tests nothing would ever be told of it
  if (!project.gates.some(({ kind }) => kind === 'test')) return null
  const startedAt = ports.clock.now()
  const asker = { role: 'tester', place: { subtask: subtask.id, seat: 1 }, tier } as const
  const fitted = yield* fitPrompt(await testDraft(subtask, base, setting), asker, ports, signal)
  yield contextReady(asker, fitted, ports)
  const prompt = fitted()
  const question = { ...asker, taskId: task.id, attempt, prompt } as const
  const answer = yield* tryAsk(question, ports, signal)
  const existing = new Set(await project.files(base))
  const reading = answer.ok
    ? readNewTest(answer.reply.text, existing)
    : { ok: false as const, reason: answer.error.message }
  const reason = reading.ok ? await refusal(reading.test, base, setting, signal) : reading.reason
  if (reading.ok && reason === null) return reading.test
  const latencyMs = Math.round(ports.clock.now() - startedAt)
  yield { type: 'spec_test', subtask: subtask.id, status: 'dropped', test: null, reason, latencyMs }
  return null
}

async function refusal(
  test: SpecTest,
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Promise<string | null> {
  if (!gateFor(test.path, setting.project.gates)) return `no test run of the project takes ${test.path}`
  return whyRefused(test, base, setting, signal)
}

async function testDraft(subtask: Subtask, base: string, setting: Setting): Promise<Draft> {
  const { ports, project, brief } = setting
  const focus = { request: `${brief.request}\n${subtask.description}`, owned: subtask.filesOwned }
  const sources = await sourcesFor(focus, base, project, ports.limits.contextCharacters)
  const example = await nearestTest(base, { request: focus.request, files: subtask.filesOwned }, setting)
  return {
    name: 'test',
    parts: [
      textPart('request', 'request', brief.request, 'both', 0.2),
      textPart('subtask', 'description of the part', subtask.description, 'both', 0.12),
      examplePart(example, 0.1),
      sourcesPart(sources, 0.3, '(the project has no files yet)'),
      ...brief.overview,
    ],
  }
}

/** What came of a test of the request, by the survivors' trees; both maps are empty when it was dropped. */
export type SpecTried = {
  readonly status: SpecStatus
  readonly passed: ReadonlyMap<string, boolean>
  /** What each of its tests did, as one text; a tree of which that is not told is left out. */
  readonly behaviour: ReadonlyMap<string, string>
}

/**
 * Runs a test of the request on the base and on every survivor, twice. It is a gate when it fails on the base and
 * passes on a survivor, and a probe when it at least tells survivors apart; one that wavers is neither.
 */
export async function* trySpecTest(
  test: SpecTest,
  survivors: readonly Verified[],
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Stage<SpecTried> {
  const subtask = survivors[0]?.place.subtask
  if (subtask === undefined) return DROPPED
  const { clock } = setting.ports
  const startedAt = clock.now()
  const { status, reason, runs } = await tryTwice(test, survivors, base, setting, signal)
  const latencyMs = Math.round(clock.now() - startedAt)
  yield { type: 'spec_test', subtask, status, test, reason, latencyMs }
  if (status === 'dropped') return DROPPED
  const passed = new Map<string, boolean>()
  const behaviour = new Map<string, string>()
  for (const [index, { place, patch }] of survivors.entries()) {
    const { outcome, cases } = runs[index]!
    passed.set(patch.tree, outcome === 'passed')
    const shown = behaviourOf(cases)
    if (shown !== null) behaviour.set(patch.tree, shown)
    yield { type: 'spec_result', place, passed: outcome === 'passed' }
  }
  return { status, passed, behaviour }
}

const DROPPED: SpecTried = { status: 'dropped', passed: new Map(), behaviour: new Map() }

async function tryTwice(
  test: SpecTest,
  survivors: readonly Verified[],
  base: string,
  setting: Setting,
  signal: AbortSignal,
): Promise<ReturnType<typeof worthOf> & { runs: readonly TestRun[] }> {
  const grounds: Ground[] = [
    { tree: base, gates: null },
    ...survivors.map(({ patch, gates }) => ({ tree: patch.tree, gates })),
  ]
  const run = () => together(grounds, (ground, signal) => runTest(test, ground, setting, signal), signal)
  const first = await run()
  const [onBase, ...runs] = first
  const worth = worthOf(onBase!, runs)
  // what is worth nothing after one run needs no second
  if (worth.status === 'dropped') return { ...worth, runs }
  const second = await run()
  if (first.every((one, index) => isSame(one, second[index]!))) return { ...worth, runs }
  return { status: 'dropped', reason: 'two runs of it on the same files differ', runs }
}
