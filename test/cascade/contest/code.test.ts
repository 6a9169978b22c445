import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SwarmEvent } from '../../../src/core/event.ts'
import {
  ALSO_RIGHT,
  atSeat,
  edit,
  greets,
  only,
  RIGHT,
  setStage,
  spine,
  TEST_ERROR,
  type Part,
} from '../../support/story.ts'
import type { ScriptedReply } from '../../support/scripted-models.ts'

/** The seats say these things, in this order. */
const seats =
  (...replies: (string | ScriptedReply)[]): Part =>
  ({ seat }) =>
    replies[seat - 1]!

const refusals = (story: readonly SwarmEvent[]): Record<number, string> =>
  Object.fromEntries(only(story, 'patch_rejected').map(({ place, code }) => [place.seat, code]))

/** One attempt, and every seat is heard to its end. */
const ONCE = { attempts: 1, quorum: 5 }
const ALL = { effort: 'high' } as const
/** One seat, so that everything comes in one order. */
const ONE_SEAT = { attempts: 1, seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } }

const WRONG_COUNTS = `Here is the change:

\`\`\`diff
--- a/src/greet.js
+++ b/src/greet.js
@@ -40,9 +77,2 @@
 export function greet(name) {
-  return 'hello ' + name
+  return 'Hello, ' + name + '!'
 }
\`\`\`

It is polite now.`
const WHOLE_FILE = `\`\`\`js src/greet.js
/** Greets somebody. */
export function greet(name) {
  return 'Hello, ' + name + '!'
}
\`\`\``
const RIGHT_HUNK =
  "@@ -1,4 +1,4 @@\n export function greet(name) {\n-  return 'hello ' + name\n+  return 'Hello, ' + name + '!'\n }\n"

test('every form of patch that says the same thing gives the same tree, which is checked once', async (t) => {
  const unfenced = `diff --git a/src/greet.js b/src/greet.js\n--- a/src/greet.js\n+++ b/src/greet.js\n${RIGHT_HUNK}`
  const coder = seats(RIGHT, WRONG_COUNTS, WHOLE_FILE, unfenced, `Sure!\n\n${RIGHT}\nDone.`)
  const { tell } = await setStage(t, { cast: { coder }, limits: ONCE })
  const { story, outcome } = await tell(ALL)
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(refusals(story), {})
  const applied = only(story, 'patch_applied')
  assert.equal(new Set(applied.map(({ tree }) => tree)).size, 1)
  assert.ok(new Set(applied.map(({ format }) => format)).size >= 3)
  assert.equal(only(story, 'verification_start').length, 1)
  assert.equal(only(story, 'gate_complete').length, 4)
  const passes = only(story, 'verification_pass')
  assert.deepEqual([passes.length, passes.filter(({ shared }) => shared).length], [5, 4])
  const [end] = only(story, 'contest_end')
  assert.deepEqual([end?.decision, end?.verified, end?.support], ['agreement', 5, 5])
  assert.deepEqual(only(story, 'ballot_cast'), [])
})

test('prose, a diff of another file, a reply cut off, a protected file and a file of somebody else are refused', async (t) => {
  const coder = seats(
    'I would make the greeting more polite by adding a comma.',
    "```diff\n--- a/src/greet.js\n+++ b/src/greet.js\n@@ -1,2 +1,2 @@\n export function welcome(guest) {\n-  return guest\n+  return 'Hello'\n```",
    { kind: 'text', text: RIGHT, finishReason: 'length' },
    `${RIGHT}\n${edit('', '{"scripts": {"test": "true"}}', 'package.json')}`,
    edit("  return 'bye ' + name", "  return 'Bye, ' + name", 'src/part.js'),
  )
  const { tell } = await setStage(t, { cast: { coder }, limits: ONCE })
  const { story, outcome } = await tell(ALL)
  const { 2: mismatch, 4: forbidden, ...others } = refusals(story)
  assert.deepEqual(others, { 1: 'no_patch', 3: 'truncated', 5: 'not_owned' })
  assert.match(mismatch!, /no_match|mismatch/)
  assert.match(forbidden!, /protected|not_owned/)
  assert.deepEqual(only(story, 'gate_complete'), [])
  assert.deepEqual(outcome, { kind: 'abstained', reason: 'all 1 attempts are used', best: null })
})

test('a change of nothing, one of 300 lines, one outside the project, half a block and silence are refused', async (t) => {
  const lines = Array.from({ length: 301 }, (_, line) => `  // ${line}`).join('\n')
  const coder = seats(
    greets("return 'hello ' + name"),
    greets(`return 'Hello, ' + name\n${lines}`),
    edit('', 'mine', '../outside.txt'),
    RIGHT.slice(0, RIGHT.indexOf('>>>>>>>')),
    '',
  )
  const { tell } = await setStage(t, { cast: { coder }, limits: ONCE })
  const { story, outcome } = await tell(ALL)
  const { 1: noop, 3: outside, ...others } = refusals(story)
  assert.deepEqual(others, { 2: 'too_big', 4: 'truncated', 5: 'no_patch' })
  assert.match(noop!, /noop/)
  assert.match(outside!, /^path_/)
  assert.deepEqual(spine(story), ['attempt 1 at fast', 'plan of 1', 'contest 1 of 5', 'contest 1: nobody'])
  assert.equal(outcome?.kind === 'abstained' && outcome.best?.patch.files[0], 'src/greet.js')
})

test('an existing test and a check that decides cannot be edited, but the caller may allow it by name', async (t) => {
  const cheat = edit("assert.match(greet('Ann'), /Ann/)", '// never mind', 'test/greet.test.mjs')
  const { tell } = await setStage(t, {
    cast: { planner: () => 'no plan', coder: () => `${RIGHT}\n${cheat}` },
    files: {
      'src/greet.js': "/** Greets somebody. */\nexport function greet(name) {\n  return 'hello ' + name\n}\n",
      'test/greet.test.mjs': "assert.match(greet('Ann'), /Ann/)\n",
    },
    gates: {},
    limits: ONCE,
  })
  const refused = await tell(ALL)
  assert.deepEqual(refusals(refused.story), {
    1: 'protected',
    2: 'protected',
    3: 'protected',
    4: 'protected',
    5: 'protected',
  })
  // leave to change a test is no leave to take its assertions away
  const named = await tell({ ...ALL, filesOwned: ['src/greet.js', 'test/greet.test.mjs'] })
  assert.equal(refusals(named.story)[1], 'weaker_test')
})

for (const leave of [{ filesOwned: ['src/greet.js', 'test/greet.test.js'] }, { allowTests: true }]) {
  test(`with ${Object.keys(leave)[0]} a test may be rewritten, and the answer says which`, async (t) => {
    const rewritten = edit(
      "test('greets', () => assert.equal(greet('Ann'), 'hello Ann'))",
      "test('greets politely', () => assert.equal(greet('Ann'), 'Hello, Ann!'))",
      'test/greet.test.js',
    )
    const { tell } = await setStage(t, {
      cast: { planner: () => 'no plan', coder: () => `${RIGHT}\n${rewritten}` },
      files: {
        'package.json': JSON.stringify({ type: 'module', scripts: { test: 'node --test' } }),
        'src/greet.js':
          "/** Greets somebody. */\nexport function greet(name) {\n  return 'hello ' + name\n}\n",
        'test/greet.test.js':
          "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { greet } from '../src/greet.js'\n\ntest('greets', () => assert.equal(greet('Ann'), 'hello Ann'))\n",
      },
      gates: {},
      limits: ONCE,
    })
    assert.equal(refusals((await tell()).story)[1], 'protected')
    const { outcome } = await tell(leave)
    assert.ok(outcome?.kind === 'verified')
    assert.deepEqual(outcome.testsChanged, ['test/greet.test.js'])
  })
}

test('a seat tells its story in order: asked, applied, checked gate by gate, verified', async (t) => {
  const coder = seats(RIGHT, greets('return TYPO && name'), ALSO_RIGHT, 'prose', greets("return 'hello'"))
  const { tell } = await setStage(t, { cast: { coder }, limits: ONCE })
  const { story } = await tell(ALL)
  const all = [
    'asked',
    'ok',
    'applied',
    'checking',
    'lint passed',
    'typecheck passed',
    'build passed',
    'test passed',
    'verified',
  ]
  assert.deepEqual(atSeat(story, 1), all)
  assert.deepEqual(atSeat(story, 2), [
    'asked',
    'ok',
    'applied',
    'checking',
    'lint passed',
    'typecheck failed',
    'failed',
  ])
  assert.deepEqual(atSeat(story, 3), all)
  const discarded = ['asked', 'ok', 'refused no_patch']
  assert.deepEqual(atSeat(story, 4), [...discarded, ...discarded])
  assert.deepEqual(atSeat(story, 5), [...all.slice(0, -2), 'test failed', 'failed'])
})

test('five coders get one prompt that differs only at its end, spread temperatures and seeds of their own', async (t) => {
  const { tell, prompts, server } = await setStage(t, { cast: { coder: () => TEST_ERROR }, limits: ONCE })
  await tell(ALL)
  const asked = prompts('coder')
  assert.equal(new Set(asked).size, 5)
  const [first] = asked
  const prefix = first!.slice(0, first!.indexOf('# Leaning'))
  assert.ok(asked.every((prompt) => prompt.startsWith(prefix) && prompt.length - prefix.length < 200))
  const coders = server.calls.filter(({ text }) => text.includes('# Role: coder'))
  assert.deepEqual(new Set(coders.map(({ body }) => body['temperature'])), new Set([0.3, 0.4, 0.5, 0.6, 0.7]))
  assert.equal(new Set(coders.map(({ body }) => body['seed'])).size, 5)
})

/** What one seat says, reply by reply. */
const inTurn =
  (...replies: (string | ScriptedReply)[]): Part =>
  ({ nth }) =>
    replies[nth - 1]!

const discards = (story: readonly SwarmEvent[]): string[] =>
  only(story, 'patch_rejected').map(({ code, resampled }) => `${code}${resampled ? ', asked again' : ''}`)

test('a discarded reply is asked for again from scratch: another leaning, another seed, the same temperature', async (t) => {
  const scene = { cast: { coder: inTurn('Words, and no patch.', RIGHT) }, limits: ONE_SEAT }
  const { tell, prompts, server } = await setStage(t, scene)
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(discards(story), ['no_patch, asked again'])
  const [first, second] = prompts('coder').map((prompt) => prompt.split('# Leaning'))
  assert.equal(first?.[0], second?.[0])
  assert.notEqual(first?.[1], second?.[1])
  const [one, other] = server.calls.filter(({ text }) => text.includes('# Role: coder'))
  assert.equal(one?.body['temperature'], other?.body['temperature'])
  assert.notEqual(one?.body['seed'], other?.body['seed'])
  const calls = only(story, 'model_call_start').filter(({ role }) => role === 'coder')
  assert.equal(new Set(calls.map(({ call }) => call)).size, 2)
})

const AGAIN_AND_AGAIN = `${'I will change the greeting now.\n'.repeat(9)}\n${RIGHT}`
for (const { name, replies, told } of [
  { name: 'no patch', replies: ['prose', 'more prose', RIGHT], told: ['no_patch, asked again', 'no_patch'] },
  {
    name: 'a change of nothing',
    replies: [greets("return 'hello ' + name"), greets("return 'hello ' + name"), RIGHT],
    told: ['noop, asked again', 'noop'],
  },
  {
    name: 'a loop and then a shortcut',
    replies: [AGAIN_AND_AGAIN, greets("return process.env.VITEST ? 'Ann' : name"), RIGHT],
    told: ['loop, asked again', 'test_detection'],
  },
  {
    name: 'a file that does not parse and then one of somebody else',
    replies: [greets('return ('), edit("  return 'bye ' + name", '  return name', 'src/part.js'), RIGHT],
    told: ['syntax, asked again', 'not_owned'],
  },
]) {
  test(`two discarded replies stand: ${name}`, async (t) => {
    const { tell, prompts } = await setStage(t, { cast: { coder: inTurn(...replies) }, limits: ONE_SEAT })
    const { story, outcome } = await tell()
    assert.deepEqual(discards(story), told)
    assert.equal(prompts('coder').length, 2)
    assert.equal(outcome?.kind, 'abstained')
    assert.deepEqual(only(story, 'gate_complete'), [])
  })
}

test('what a gate says no to is not asked for again, nor is a call that broke', async (t) => {
  const broken = { kind: 'status', status: 500 } as const
  const coder: Part = ({ attempt }) => (attempt === 1 ? TEST_ERROR : broken)
  const { tell, prompts } = await setStage(t, { cast: { coder }, limits: { ...ONE_SEAT, attempts: 2 } })
  const { story } = await tell()
  assert.deepEqual(discards(story), [])
  assert.equal(prompts('coder').length, 2)
})

test('with the budget spent nothing is asked for again', async (t) => {
  const { tell, prompts } = await setStage(t, { cast: { coder: () => 'prose' }, limits: ONE_SEAT })
  const free = await tell()
  const planning = only(free.story, 'model_call_complete').find(({ role }) => role === 'planner')!.usage
  assert.equal(prompts('coder').length, 2)
  const tokens = planning.promptTokens + planning.completionTokens + 1
  const { story } = await tell({ budget: { tokens } })
  assert.deepEqual(discards(story), ['no_patch'])
  assert.equal(prompts('coder').length, 3)
})

test('a change that failed in an earlier attempt is turned away without a gate run, however it is worded', async (t) => {
  const reworded = greets("// the shortest there is\n  return 'hello'")
  const coder = inTurn(TEST_ERROR, TEST_ERROR, reworded)
  const limits = { ...ONE_SEAT, attempts: 2 }
  const { tell, prompts } = await setStage(t, { cast: { coder }, limits })
  const { story } = await tell()
  assert.deepEqual(discards(story), ['repeated, asked again', 'repeated'])
  assert.equal(prompts('coder').length, 3)
  assert.equal(only(story, 'verification_fail').length, 1)
  assert.equal(only(story, 'patch_applied').length, 1)
})

test('what lint said of the wording of a change is no reason to turn another wording away', async (t) => {
  const coder = inTurn(
    greets("return 'Hello, ' + name // var "),
    greets("return 'Hello, ' + name // variable"),
  )
  const limits = { ...ONE_SEAT, attempts: 2 }
  const { tell } = await setStage(t, { cast: { coder }, limits })
  const { story, outcome } = await tell()
  assert.deepEqual(discards(story), [])
  assert.equal(only(story, 'verification_fail').length, 1)
  assert.equal(outcome?.kind, 'verified')
})

test('a new file beside the owned one does not stand in for it, for no gate would notice', async (t) => {
  const beside = edit('', 'export const greetPolitely = (name) => `Hello, ${name}!`', 'src/polite.js')
  const { tell } = await setStage(t, { cast: { coder: () => beside }, limits: ONE_SEAT })
  const { story, outcome } = await tell()
  assert.deepEqual(refusals(story), { 1: 'untouched' })
  assert.equal(only(story, 'gate_complete').length, 0)
  assert.equal(outcome?.kind, 'abstained')
  const both = await setStage(t, { cast: { coder: () => RIGHT + beside }, limits: ONE_SEAT })
  assert.notEqual((await both.tell()).outcome?.kind, 'abstained')
})

test('a change that knows the tests by heart is discarded, one that understands them is not', async (t) => {
  const answers = ['Hello World', 'One  two', 'A b, c!']
  const slugs = ['hello-world', 'one-two', 'a-b-c']
  const branches = answers.map((text, nth) => `  if (text === '${text}') return '${slugs[nth]}'`).join('\n')
  const asked = answers.map((text, nth) => `assert.equal(slug('${text}'), '${slugs[nth]}')`).join('\n')
  const honest = "  return text.toLowerCase().split(/\\W+/).filter(Boolean).join('-')"
  const { tell } = await setStage(t, {
    cast: {
      planner: () => 'no plan',
      coder: inTurn(
        edit('  return text', `${branches}\n  return text`, 'src/slug.js'),
        edit('  return text', honest, 'src/slug.js'),
      ),
    },
    files: {
      'src/slug.js': '/** Makes a name for a link. */\nexport function slug(text) {\n  return text\n}\n',
      'test/slug.test.js': `import assert from 'node:assert/strict'\nimport { slug } from '../src/slug.js'\n\n${asked}\n`,
    },
    gates: { test: { command: ['node', 'test/slug.test.js'] } },
    limits: ONE_SEAT,
  })
  const { story, outcome } = await tell({ request: 'Make slugs for links.' })
  assert.deepEqual(discards(story), ['special_casing, asked again'])
  assert.match(only(story, 'patch_rejected')[0]!.reason, /^src\/slug\.js answers what the tests ask by heart/)
  assert.equal(outcome?.kind, 'verified')
})
