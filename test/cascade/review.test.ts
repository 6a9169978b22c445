import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALSO_RIGHT,
  edit,
  GATES,
  only,
  parts,
  RIGHT,
  setStage,
  spine,
  verdict,
  type Cast,
  type Scene,
} from '../support/story.ts'
import type { ScriptedReply } from '../support/scripted-models.ts'

const QUICK: Omit<Scene, 'cast'> = {
  limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } },
  gates: { typecheck: GATES.typecheck },
}
const MARK = "  return 'Hello, ' + name + '!'"
/** What a coder writes on top of the change made so far. */
const revised = (line: string, before = MARK): string => edit(before, `  ${line}`)

const reviewed = (cast: Partial<Cast>): Scene => ({ cast: { coder: () => RIGHT, ...cast }, ...QUICK })
const reviews = (story: readonly string[]): string[] => story.filter((line) => line.startsWith('review'))

test('the reviewer sees request, diff and gate results, and nothing a coder said', async (t) => {
  const { tell, prompts } = await setStage(
    t,
    reviewed({ coder: () => `I am a genius and this is perfect.\n\n${RIGHT}` }),
  )
  await tell({ request: 'Greet with a comma.' })
  const [prompt] = prompts('reviewer')
  assert.match(prompt!, /Greet with a comma\./)
  assert.match(prompt!, /typecheck: passed/)
  assert.ok(prompt!.includes("-  return 'hello ' + name\n+  return 'Hello, ' + name + '!'"))
  assert.doesNotMatch(prompt!, /genius|temperature|Attempt/)
})

test('a rejection is taken back to one coder with the objection; the revision is checked, reviewed and delivered', async (t) => {
  const { tell, prompts } = await setStage(
    t,
    reviewed({
      reviewer: ({ nth }) =>
        nth === 1 ? verdict('reject', 'an empty name greets nobody') : verdict('approve'),
      reviser: () => revised("return name ? 'Hello, ' + name + '!' : 'Hello!'"),
    }),
  )
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(reviews(spine(story)), ['review 1: reject', 'review 2: approve'])
  assert.match(outcome.patch.diff, /\+ {2}return name \? 'Hello, '/)
  assert.match(outcome.patch.diff, /- {2}return 'hello ' \+ name/)
  assert.equal(only(story, 'verification_pass').length, 2)
  const [revision] = prompts('reviser')
  assert.match(revision!, /bug in src\/greet\.js: an empty name greets nobody/)
  assert.ok(revision!.includes(MARK), 'the coder is shown the change made so far')
  assert.match(prompts('reviewer')[1]!, /return name \?/)
})

test('three revisions are made at most, then the objection goes to the planner', async (t) => {
  const { tell, prompts } = await setStage(
    t,
    reviewed({
      reviewer: ({ nth }) => (nth <= 4 ? verdict('reject', `objection ${nth}`) : verdict('approve')),
      reviser: ({ nth }) =>
        revised(
          `return 'Hello, ' + name + '${nth}'`,
          `  return 'Hello, ' + name + '${nth === 1 ? '!' : nth - 1}'`,
        ),
    }),
  )
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(spine(story), [
    'attempt 1 at fast',
    'plan of 1',
    'contest 1 of 1',
    'contest 1: only',
    'review 1: reject',
    'review 2: reject',
    'review 3: reject',
    'review 4: reject',
    'attempt 2 at fast',
    'plan of 1',
    'contest 1 of 1',
    'contest 1: only',
    'review 1: approve',
  ])
  assert.equal(prompts('reviser').length, 3)
  assert.match(prompts('planner')[1]!, /passed every gate, but the reviewer objected: objection 4/)
})

test('the same objection twice ends the loop: nothing new would be learnt', async (t) => {
  const { tell } = await setStage(
    t,
    reviewed({
      reviewer: ({ nth }) => (nth <= 2 ? verdict('reject', 'it is rude') : verdict('approve')),
      reviser: () => revised("return 'Dear ' + name"),
    }),
  )
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(reviews(spine(story)), ['review 1: reject', 'review 2: reject', 'review 1: approve'])
  assert.equal(only(story, 'attempt_start').length, 2)
})

for (const [name, reply] of Object.entries({
  'fails a gate': revised('return TYPO'),
  'holds no patch': 'I disagree with the reviewer.',
  'undoes the change': revised("return 'hello ' + name"),
  'touches a protected file': edit('', '{}', 'package.json'),
  'touches a file the change did not': parts("return 'Bye, ' + name"),
})) {
  test(`a revision that ${name} is not delivered: the task is planned anew`, async (t) => {
    const { tell } = await setStage(
      t,
      reviewed({
        coder: ({ attempt }) => (attempt === 1 ? RIGHT : ALSO_RIGHT),
        reviewer: ({ nth }) => (nth === 1 ? verdict('reject', 'it is rude') : verdict('approve')),
        reviser: () => reply,
      }),
    )
    const { story, outcome } = await tell()
    assert.ok(outcome?.kind === 'verified')
    assert.ok(outcome.patch.diff.includes('${name}!'))
    assert.deepEqual(reviews(spine(story)), ['review 1: reject', 'review 1: approve'])
  })
}

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
      ...reviewed({ reviewer: () => reply }),
      models: { idleTimeoutMs: 700, firstTokenTimeoutMs: 700 },
    })
    const { story, outcome } = await tell()
    assert.equal(outcome?.kind, 'verified')
    const [review] = only(story, 'review_complete')
    assert.equal(
      review?.decision,
      typeof reply === 'string' && reply.startsWith('{') ? 'unsure' : 'unreadable',
    )
    assert.equal(only(story, 'attempt_start').length, 1)
  })
}

test('a rejection is heard although the reviewer thinks aloud before it, with braces', async (t) => {
  const thinking = `The call \`greet({})\` would throw, and so would {"name": null}.\n\n${verdict('reject', 'null throws')}`
  const { tell } = await setStage(
    t,
    reviewed({ reviewer: ({ nth }) => (nth === 1 ? thinking : verdict('approve')) }),
  )
  const { story } = await tell()
  assert.equal(only(story, 'review_complete')[0]?.decision, 'reject')
})

test('the reviewer sits at the reviewer tier, or at the highest there is', async (t) => {
  const modelOfReview = async (tiers: Scene['tiers']): Promise<string | undefined> => {
    const { tell } = await setStage(t, { ...reviewed({}), tiers: tiers! })
    return only((await tell()).story, 'model_call_start').find(({ role }) => role === 'reviewer')?.model
  }
  assert.equal(await modelOfReview(['fast', 'deep', 'reviewer', 'cloud']), 'reviewer')
  assert.equal(await modelOfReview(['fast', 'deep']), 'deep-coder')
})
