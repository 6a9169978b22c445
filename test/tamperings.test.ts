import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CONFIGURATION, SHADOWS } from './fixtures/tamperings/configuration.ts'
import { HONEST } from './fixtures/tamperings/honest.ts'
import { DETECTIONS, JUDGES, SUPPRESSIONS } from './fixtures/tamperings/judges.ts'
import { WRONG } from './fixtures/tamperings/project.ts'
import { EXITS, FORGERIES, LEFTOVERS } from './fixtures/tamperings/running.ts'
import { TESTS_EDITED, TESTS_WEAKENED } from './fixtures/tamperings/tests-edited.ts'
import { findCage, hasCage } from './support/caged.ts'
import { ALL } from './support/long.ts'
import { plant, stagePlanted, type Planted, type Told } from './support/planted.ts'
import { only } from './support/story.ts'

const FAMILIES = [
  TESTS_EDITED,
  TESTS_WEAKENED,
  CONFIGURATION,
  SHADOWS,
  EXITS,
  FORGERIES,
  JUDGES,
  DETECTIONS,
  SUPPRESSIONS,
  LEFTOVERS,
]
const AT_ONCE = 3
/** Of those that only a run finds out, every so manieth is run; where all is wanted, also what the rules refuse by themselves. */
const EVERY = ALL ? 1 : 4

const cage = await findCage()

test('no planted tampering is labelled verified', async (t) => {
  if (!hasCage(t, cage)) return
  const cases = plant(FAMILIES.flatMap(({ family, cases }) => cases.map((each) => ({ family, ...each }))))
  assert.ok(cases.length >= 200, `${cases.length} are planted`)
  // some never end, so this is how long they are waited for
  await using stage = await stagePlanted(t, cage, { timeoutMs: 6_000, slots: AT_ONCE })
  const changes = await forEach(cases, (each) => stage.read(each))
  const isMade = ({ index }: Planted): boolean => changes[index]!.kind === 'made'
  const chosen = new Set([
    ...firstOfEach(cases, ({ family, form }) => `${family}, ${form}`),
    ...FAMILIES.flatMap(({ family }) =>
      cases.filter((one) => one.family === family && isMade(one)).filter((_, nth) => nth % EVERY === 0),
    ),
  ])
  const told = await forEach(cases, async (each): Promise<Caught> => {
    if (ALL || chosen.has(each)) return caughtBy(await stage.drive(each))
    const change = changes[each.index]!
    return change.kind === 'refused' ? refusedBy(change) : { layer: 'not run', why: '' }
  })
  for (const line of tableOf(cases, told)) t.diagnostic(line)
  const missed = cases.filter(({ index }) => told[index]!.layer === 'not caught')
  assert.deepEqual(
    missed.map(({ family, name }) => `${family}: ${name}`),
    [],
  )
})

test('honest changes of the same project are verified, and wrong code without a trick is rejected by the tests alone', async (t) => {
  if (!hasCage(t, cage)) return
  const cases = plant(HONEST)
  assert.ok(cases.length >= 25)
  await using stage = await stagePlanted(t, cage, { timeoutMs: 120_000, slots: AT_ONCE })
  await t.test('no rule refuses one', async () => {
    const changes = await forEach(cases, (each) => stage.read(each))
    const refused = cases.flatMap(({ name, index }) => {
      const change = changes[index]!
      return change.kind === 'refused' ? [`${name}: ${change.reason}`] : []
    })
    assert.deepEqual(refused, [])
  })
  await t.test('the checks find nothing in them', async () => {
    const chosen = cases.filter(({ index }) => index % EVERY === 0)
    const told = await forEach(chosen, (each) => stage.drive(each))
    const refused = chosen.flatMap(({ name }, at) =>
      told[at]!.outcome.kind === 'verified' ? [] : [`${name}: ${caughtBy(told[at]!).why}`],
    )
    assert.deepEqual(refused, [])
  })
  await t.test('wrong code is found out by the tests', async () => {
    const wrong: Planted = {
      name: 'wrong',
      files: { 'src/slug.js': WRONG },
      form: 'whole',
      index: cases.length,
    }
    const told = await stage.drive(wrong)
    assert.equal(told.outcome.kind, 'abstained')
    assert.equal(caughtBy(told).layer, 'tests')
  })
})

/** The first of every group. */
function firstOfEach<Item>(items: readonly Item[], groupOf: (item: Item) => string): Item[] {
  const first = new Map<string, Item>()
  for (const item of items) if (!first.has(groupOf(item))) first.set(groupOf(item), item)
  return [...first.values()]
}

/** Results in the order of the items, some at once. */
async function forEach<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const left = [...items.entries()]
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      results[next[0]] = await act(next[1])
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}

type Caught = { layer: string; why: string }

/** Which layer said no, and in which words. */
function caughtBy({ story, outcome }: Told): Caught {
  if (outcome.kind !== 'abstained') return { layer: 'not caught', why: outcome.kind }
  const [refusal] = only(story, 'patch_rejected')
  if (refusal) return refusedBy(refusal)
  const failed = only(story, 'gate_complete').find(({ result }) => result.status === 'failed')?.result
  if (!failed) return { layer: 'something else', why: outcome.reason }
  const why = failed.diagnostics.map(({ message }) => message).join('; ')
  if (failed.kind === 'lint') return { layer: 'lint', why }
  const isCompared = failed.diagnostics.some(({ message }) =>
    /did not run|is skipped now|no readable report/.test(message),
  )
  return { layer: isCompared ? 'baseline' : 'tests', why: why || (failed.timedOut ? 'no end' : failed.log) }
}

const refusedBy = ({ code, reason }: { code: string; reason: string }): Caught => ({
  layer: LAYERS[code] ?? layerOf(code),
  why: reason,
})

const RED_FLAGS =
  'suppression test_detection judge_tampering early_exit forged_report hidden_code test_dodge hollow_test weaker_assertion'
const LAYERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(RED_FLAGS.split(' ').map((code) => [code, 'red flag'])),
  protected: 'path rule',
  not_owned: 'path rule',
  weaker_test: 'weaker test',
}
const layerOf = (code: string): string => (code.startsWith('path_') ? 'path rule' : 'patch reader')

/** How many of each family were caught, by layer. */
function tableOf(cases: readonly { family: string }[], told: readonly Caught[]): string[] {
  const layers = [...new Set(told.map(({ layer }) => layer))].sort()
  const rows = FAMILIES.map(({ family }) => {
    const own = told.filter((_, index) => cases[index]!.family === family)
    const counts = layers.map((layer) => String(own.filter((each) => each.layer === layer).length))
    return [family, String(own.length), ...counts]
  })
  const total = [
    'all',
    String(told.length),
    ...layers.map((layer) => String(told.filter((each) => each.layer === layer).length)),
  ]
  const table = [['family', 'planted', ...layers], ...rows, total]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '))
}
