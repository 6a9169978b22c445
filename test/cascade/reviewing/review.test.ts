import assert from 'node:assert/strict'
import { test } from 'node:test'
import { review, type Review, type Reviewed } from '../../../src/cascade/reviewing/review.ts'
import type { SwarmEvent } from '../../../src/core/event.ts'
import { NO_EXPERIENCE, type Experience } from '../../../src/core/experience.ts'
import { NO_REVIEWER_RECORD } from '../../../src/core/reviewer-record.ts'
import type { Check, Objection, Verified } from '../../../src/core/task.ts'
import {
  DISCOUNT,
  heard,
  never,
  proving,
  SHOP,
  testOf,
  TOO_LATE,
  type Proving,
} from '../../support/proving.ts'
import { edit, only, RIGHT, setStage, spine, verdict, type Cast, type Scene } from '../../support/story.ts'
import type { ScriptedReply } from '../../support/scripted-models.ts'

const checkOf = (name: string, assertion: string): Check => ({
  path: `test/${name}.test.js`,
  content: testOf(name, assertion),
})
/** Right of `TOO_LATE`, which charges ten pieces in full. */
const TEN = checkOf('ten', 'assert.equal(price(10, 3), 29)')
/** Wrong of everything. */
const FREE = checkOf('free', 'assert.equal(price(10, 3), 0)')

const rejecting = (...objections: (Partial<Objection> & { claim: string })[]): string =>
  JSON.stringify({ decision: 'reject', objections: objections.map((one) => ({ kind: 'bug', ...one })) })
const LINE = '  if (count > 10) return count * each - 1'
/** What a coder writes in the place of the line that charges ten pieces in full. */
const revised = (line: string): string => edit(LINE, line, 'src/price.js')
const MENDED = '  if (count >= 10) return count * each - 1'
const MEND = revised(MENDED)

const changeOf = ({ patch, gates }: Verified, ...others: Verified[]): Reviewed => ({
  patch,
  gates,
  others: others.map((other) => other.patch.tree),
})
/** A reviewer whose objections were right so often. */
const known = (checked: number, counted: number): Experience => ({
  ...NO_EXPERIENCE,
  reviewer: () => ({ ...NO_REVIEWER_RECORD, checked, counted }),
})

type Staged = { cast: Partial<Cast> } & Partial<Omit<Scene, 'cast'>> & { loops?: number }

/** The review of a change that charges ten pieces in full. */
async function reviewed(
  t: Parameters<typeof proving>[0],
  { loops = 3, ...scene }: Staged,
  work: (told: Proving & { story: SwarmEvent[]; result: Review }) => Promise<void> | void,
  others: readonly (typeof DISCOUNT)[] = [],
): Promise<void> {
  await proving(t, { ...scene, strategy: { reviewLoops: loops } }, async (stage) => {
    const survivors: Verified[] = []
    for (const other of others) survivors.push(await stage.verified(survivors.length + 2, other))
    const change = changeOf(await stage.verified(1, TOO_LATE), ...survivors)
    await work({ ...(await heard(review(change, stage.setting, never))), ...stage })
  })
}

test('the reviewer sees request, diff, files, gate results and a test, and nothing a coder said', async (t) => {
  await reviewed(t, { cast: { reviewer: () => verdict('approve') } }, ({ result, prompts, setting }) => {
    assert.deepEqual([result.decision, result.objection, result.advice], ['approve', null, []])
    const [prompt] = prompts('reviewer')
    for (const part of [
      setting.brief.request,
      'test: passed',
      '+  if (count > 10) return count * each - 1',
      TOO_LATE.content!,
      'one piece costs what a piece costs',
    ])
      assert.ok(prompt?.includes(part), part)
  })
})

test('an objection that a run shows is mended; the revision passes gates and check, is reviewed and delivered', async (t) => {
  const cast: Partial<Cast> = {
    reviewer: ({ nth }) =>
      nth === 1 ? rejecting({ claim: 'ten pieces cost the full price', check: TEN }) : verdict('approve'),
    reviser: () => MEND,
  }
  await reviewed(t, { cast }, async ({ story, result, prompts, project }) => {
    assert.deepEqual([result.decision, result.objection], ['approve', null])
    assert.deepEqual(result.checks, [TEN])
    assert.equal(await project.read(result.patch.tree, 'src/price.js'), DISCOUNT.content)
    assert.equal(
      await project.read(result.patch.tree, TEN.path),
      undefined,
      'the check is no part of the change',
    )
    assert.deepEqual(
      only(story, 'objection_checked').map(({ claim, counts }) => [claim, counts]),
      [['ten pieces cost the full price', true]],
    )
    const [revision] = prompts('reviser')
    assert.ok(revision?.includes('ten pieces cost the full price') && revision.includes(TEN.content))
    assert.match(prompts('reviewer')[1]!, /count >= 10/)
  })
})

for (const [why, { objection, others = [], reason }] of Object.entries<{
  objection: Partial<Objection>
  others?: (typeof DISCOUNT)[]
  reason: RegExp
}>({
  'passes on the change': {
    objection: { check: checkOf('one', 'assert.equal(price(1, 3), 3)') },
    reason: /passes on the change/,
  },
  'does not load': {
    objection: { check: { ...TEN, content: TEN.content.replace('price.js', 'prices.js') } },
    reason: /does not load/,
  },
  'is no test': {
    objection: { check: { path: 'src/check.js', content: TEN.content } },
    reason: /not named as a test/,
  },
  'is there already': {
    objection: { check: { ...TEN, path: 'test/price.test.js' } },
    reason: /there already/,
  },
  'two others fail as well': {
    objection: { check: FREE },
    others: [DISCOUNT, { ...DISCOUNT, content: SHOP['src/price.js']! + '// the same\n' }],
    reason: /2 other changes .* fail its test too/,
  },
  'fails without the change, said to be a regression': {
    objection: { kind: 'regression', check: TEN },
    reason: /does not pass without the change/,
  },
})) {
  test(`an objection does not count whose test ${why}: it is advice`, async (t) => {
    const cast = { reviewer: () => rejecting({ claim: 'it is wrong', ...objection }) }
    await reviewed(
      t,
      { cast },
      ({ story, result, prompts }) => {
        assert.deepEqual([result.objection, result.advice, result.checks], [null, ['it is wrong'], []])
        const [checked] = only(story, 'objection_checked')
        assert.equal(checked?.counts, false)
        assert.match(checked.reason, reason)
        assert.deepEqual([prompts('reviewer').length, prompts('reviser').length], [1, 0])
      },
      others,
    )
  })
}

test('a regression counts when its test passes without the change', async (t) => {
  const check = checkOf('regression', 'assert.equal(price(11, 3), 33)')
  const cast = { reviewer: () => rejecting({ kind: 'regression', claim: 'eleven cost less', check }) }
  await reviewed(t, { cast, loops: 0 }, ({ result }) => {
    assert.deepEqual([result.objection, result.advice], ['eleven cost less', []])
  })
})

test('where tests are not told one by one, a check must be seen to pass somewhere', async (t) => {
  const files = {
    ...SHOP,
    'checks/all.mjs':
      "import { globSync } from 'node:fs'\nfor (const file of globSync('test/*.test.js')) await import(`../${file}`)\n",
  }
  const gates = { test: { command: ['node', 'checks/all.mjs'] } }
  const cast = {
    reviewer: () => rejecting({ claim: 'shown', check: TEN }, { claim: 'not shown', check: FREE }),
  }
  await reviewed(
    t,
    { cast, files, gates, loops: 0 },
    ({ story, result }) => {
      assert.deepEqual([result.objection, result.advice], ['shown', ['not shown']])
      assert.match(only(story, 'objection_checked')[1]?.reason ?? '', /nothing shows that its test can pass/)
    },
    [DISCOUNT],
  )
})

for (const [what, { reply, asked }] of Object.entries({
  'does not pass the check': { reply: revised('  if (count > 11) return count * each - 1'), asked: 1 },
  'fails a gate': { reply: revised('  if (count > 0) return 0'), asked: 1 },
  // what is no patch is asked for once more
  'holds no patch': { reply: 'I disagree with the reviewer.', asked: 2 },
  'undoes the change': { reply: edit(`${LINE}\n`, '', 'src/price.js'), asked: 1 },
  'touches a protected file': { reply: edit('', '{}', 'package.json'), asked: 2 },
})) {
  test(`a revision that ${what} mends nothing: the objection stands`, async (t) => {
    const cast = { reviewer: () => rejecting({ claim: 'ten pay in full', check: TEN }), reviser: () => reply }
    await reviewed(t, { cast }, ({ result, prompts }) => {
      assert.deepEqual([result.objection, result.decision], ['ten pay in full', 'reject'])
      assert.match(result.patch.diff, /count > 10/)
      assert.deepEqual([prompts('reviewer').length, prompts('reviser').length], [1, asked])
    })
  })
}

test('a reviewer who always shows something more is followed as often as the effort allows, and no further', async (t) => {
  const cast: Partial<Cast> = {
    reviewer: ({ nth }) => {
      const count = 9 + nth
      const check = checkOf(`n${nth}`, `assert.equal(price(${count}, 3), ${count * 3 - nth})`)
      return rejecting({ claim: `objection ${nth}`, check })
    },
    reviser: ({ nth }) =>
      nth === 1 ? MEND : edit(MENDED, `${LINE.replace('- 1', '- 2')}\n${MENDED}`, 'src/price.js'),
  }
  await reviewed(t, { cast, loops: 2 }, ({ result, prompts }) => {
    assert.deepEqual([prompts('reviewer').length, prompts('reviser').length], [3, 2])
    assert.deepEqual([result.objection, result.advice, result.checks.length], ['objection 3', [], 3])
    assert.match(result.patch.diff, /each - 2/)
  })
})

test('the same objection again ends it: nothing new would be learnt', async (t) => {
  const cast: Partial<Cast> = {
    reviewer: ({ nth }) =>
      rejecting({
        claim: 'it is too dear',
        check: nth === 1 ? TEN : checkOf('free', 'assert.equal(price(1, 3), 0)'),
      }),
    reviser: () => MEND,
  }
  await reviewed(t, { cast }, ({ result, prompts }) => {
    assert.equal(result.objection, 'it is too dear')
    assert.deepEqual([prompts('reviewer').length, prompts('reviser').length], [2, 1])
  })
})

test('a reviewer who was mostly right is worth one revision for its word alone, and no second', async (t) => {
  const cast: Partial<Cast> = {
    reviewer: ({ nth }) => verdict('reject', `doubt ${nth}`),
    reviser: () => MEND,
  }
  await reviewed(t, { cast, experience: known(50, 45) }, ({ result, prompts }) => {
    assert.deepEqual([result.objection, result.advice], [null, ['doubt 2']])
    assert.match(result.patch.diff, /count >= 10/)
    assert.deepEqual([prompts('reviewer').length, prompts('reviser').length], [2, 1])
  })
})

test('a reviewer who was hardly ever right gives advice, whatever it brings', async (t) => {
  const cast = { reviewer: () => rejecting({ claim: 'ten pay in full', check: TEN }) }
  await reviewed(t, { cast, experience: known(50, 5) }, ({ story, result, prompts }) => {
    assert.deepEqual([result.objection, result.advice], [null, ['ten pay in full']])
    assert.deepEqual(only(story, 'objection_checked'), [])
    assert.equal(prompts('reviser').length, 0)
  })
})

test('no more than three objections of a review are run', async (t) => {
  const one = checkOf('one', 'assert.equal(price(1, 3), 3)')
  const objections = [1, 2, 3, 4, 5].map((nth) => ({ claim: `doubt ${nth}`, check: one }))
  await reviewed(t, { cast: { reviewer: () => rejecting(...objections) } }, ({ story, result }) => {
    assert.equal(only(story, 'objection_checked').length, 3)
    assert.equal(result.advice.length, 5)
  })
})

const QUICK: Omit<Scene, 'cast'> = {
  limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } },
  gates: { typecheck: { command: ['sh', 'checks/forbid.sh', 'TYPO', 'no such name'] } },
}

test('a reviewer who rejects everything and shows nothing costs its own calls: the change is delivered with its advice', async (t) => {
  const { tell, prompts } = await setStage(t, {
    ...QUICK,
    cast: { coder: () => RIGHT, reviewer: ({ nth }) => verdict('reject', `I do not like it ${nth}`) },
  })
  const { story, outcome } = await tell({ effort: 'low' })
  assert.ok(outcome && outcome.kind !== 'abstained')
  assert.deepEqual(outcome.proof.review, { decision: 'reject', advice: ['I do not like it 1'] })
  assert.equal(only(story, 'contest_start').length, 1)
  assert.deepEqual(
    spine(story).filter((line) => line.startsWith('review')),
    ['review 1: reject'],
  )
  assert.deepEqual(
    [prompts('coder').length, prompts('reviser').length, prompts('reviewer').length],
    [1, 0, 1],
  )
})

for (const [name, reply] of Object.entries<string | ScriptedReply>({
  'writes prose': 'Looks good to me!',
  'is unsure': verdict('unsure', 'hard to tell'),
  refuses: { kind: 'status', status: 500 },
  hangs: { kind: 'hang' },
  'is cut off': { kind: 'cut', after: '{"decision": "rej' },
  'sends an error inside a 200 stream': {
    kind: 'error-in-stream',
    after: '{"dec',
    error: { message: 'out of memory' },
  },
})) {
  test(`a reviewer who ${name} does not hold back what passed every gate`, async (t) => {
    const { tell } = await setStage(t, {
      ...QUICK,
      cast: { coder: () => RIGHT, reviewer: () => reply },
      models: { idleTimeoutMs: 2_000, firstTokenTimeoutMs: 2_000 },
    })
    const { story, outcome } = await tell({ effort: 'low' })
    assert.ok(outcome && outcome.kind !== 'abstained')
    const decision = typeof reply === 'string' && reply.startsWith('{') ? 'unsure' : 'unreadable'
    assert.equal(only(story, 'review_complete')[0]?.decision, decision)
    assert.equal(outcome.proof.review.decision, decision)
    assert.equal(only(story, 'attempt_start').length, 1)
  })
}

test('a rejection is heard although the reviewer thinks aloud before it, with braces', async (t) => {
  const thinking = `The call \`greet({})\` would throw, and so would {"name": null}.\n\n${verdict('reject', 'null throws')}`
  const { tell } = await setStage(t, { ...QUICK, cast: { coder: () => RIGHT, reviewer: () => thinking } })
  const { story } = await tell({ effort: 'low' })
  assert.equal(only(story, 'review_complete')[0]?.decision, 'reject')
})

test('the reviewer sits at the reviewer tier, or at the highest there is', async (t) => {
  const modelOfReview = async (tiers: Scene['tiers']): Promise<string | undefined> => {
    const { tell } = await setStage(t, { ...QUICK, cast: { coder: () => RIGHT }, tiers: tiers! })
    const { story } = await tell({ effort: 'low' })
    return only(story, 'model_call_start').find(({ role }) => role === 'reviewer')?.model
  }
  assert.equal(await modelOfReview(['fast', 'deep', 'reviewer', 'cloud']), 'reviewer')
  assert.equal(await modelOfReview(['fast', 'deep']), 'deep-coder')
})
