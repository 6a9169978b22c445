import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  edit,
  GATES,
  only,
  parts,
  planned,
  RIGHT,
  setBallotStage,
  spine,
  type Asked,
  type Drafted,
  type Scene,
} from '../support/story.ts'

const A: Drafted = { id: 'a', filesOwned: ['src/greet.js'] }
const B: Drafted = { id: 'b', filesOwned: ['src/part.js'] }
const BYE = parts("return 'Bye, ' + name")

const partOf = ({ text }: Asked): string => /# Your part of it\n\npart (\w+)/.exec(text)![1]!

/** A plan of these sub-tasks, and what the coder of each writes. */
const divided = (subtasks: Drafted[], replies: Record<string, string>, more: Partial<Scene> = {}): Scene => ({
  cast: { planner: () => planned(...subtasks), coder: (asked) => replies[partOf(asked)]! },
  limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 } },
  gates: { typecheck: GATES.typecheck },
  ...more,
})

test('disjoint sub-tasks are worked on side by side, and one diff holds them all', async (t) => {
  const { tell, server } = await setBallotStage(t, {
    ...divided([A, B], {}),
    cast: {
      planner: () => planned(A, B),
      coder: (asked) => ({ kind: 'text', text: partOf(asked) === 'a' ? RIGHT : BYE, delayMs: 200 }),
    },
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(outcome.patch.files, ['src/greet.js', 'src/part.js'])
  const [one, other] = server.calls.filter(({ text }) => text.includes('# Role: coder'))
  assert.ok(other!.startedAt < one!.endedAt!, 'the second began before the first had ended')
  const union = only(story, 'verification_start').filter(({ place }) => place.subtask === 'union')
  assert.equal(union.length, 1)
  assert.equal(only(story, 'review_complete').length, 1)
})

test('a sub-task that depends on another is written on top of its result', async (t) => {
  const on = edit("import { greet } from './greet.js'", '// never here', 'src/part.js')
  assert.notEqual(on, '')
  const second = edit("  return 'Hello, ' + name + '!'", "  return 'Dear ' + name + '!'")
  const { tell, prompts } = await setBallotStage(
    t,
    divided([{ ...A, id: 'b', dependsOn: ['a'] }, A], { a: RIGHT, b: second }),
  )
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.match(outcome.patch.diff, /- {2}return 'hello ' \+ name\n\+ {2}return 'Dear '/)
  assert.deepEqual(
    spine(story).filter((line) => line.startsWith('contest')),
    ['contest a of 1', 'contest a: only', 'contest b of 1', 'contest b: only'],
  )
  assert.match(prompts('coder')[1]!, /'Hello, ' \+ name \+ '!'/)
})

test('two sub-tasks on one file are never written at the same time', async (t) => {
  const comment = edit('/** Greets somebody. */', '/** Greets somebody politely. */')
  const { tell, server } = await setBallotStage(t, divided([A, { ...A, id: 'b' }], { a: RIGHT, b: comment }))
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.match(outcome.patch.diff, /politely/)
  assert.match(outcome.patch.diff, /'Hello, '/)
  assert.deepEqual(only(story, 'plan_ready')[0]?.plan.subtasks[1]?.dependsOn, ['a'])
  const [one, other] = server.calls.filter(({ text }) => text.includes('# Role: coder'))
  assert.ok(other!.startedAt >= one!.endedAt!)
})

test('parts that pass alone but not together fail, and the next attempt is told so', async (t) => {
  const { tell, prompts } = await setBallotStage(t, {
    ...divided([], {}),
    cast: {
      planner: ({ nth }) => (nth === 1 ? planned(A, B) : planned(A)),
      coder: (asked) => (partOf(asked) === 'a' ? RIGHT : BYE),
    },
    // fails only where both greetings are in their new form
    gates: {
      test: {
        command: [
          'sh',
          '-c',
          '! { grep -q Hello src/greet.js && grep -q Bye src/part.js; } || { echo "src/part.js:3: error: they clash"; exit 1; }',
        ],
      },
    },
  })
  const { story, outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.equal(only(story, 'attempt_start').length, 2)
  const [fail] = only(story, 'verification_fail')
  assert.deepEqual([fail?.place.subtask, fail?.gate], ['union', 'test'])
  assert.match(
    prompts('planner')[1]!,
    /stopped by test, though each part had passed alone\n- src\/part\.js: they clash/,
  )
})

test('a sub-task nobody solves ends the attempt, and the others are cancelled', async (t) => {
  const { tell, server } = await setBallotStage(t, {
    ...divided([], {}),
    cast: {
      planner: ({ nth }) => (nth === 1 ? planned(A, B) : planned(A)),
      coder: (asked) =>
        asked.attempt === 2 ? RIGHT : partOf(asked) === 'a' ? 'prose' : { kind: 'hang', after: 'hm' },
    },
  })
  const { story, outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.equal(only(story, 'attempt_start').length, 2)
  const hung = server.calls.filter(({ outcome }) => outcome === 'closed-by-client')
  assert.equal(hung.length, 1)
})

test('two sub-tasks that create the same file side by side are caught', async (t) => {
  const both = (text: string): string => edit('', `export const both = '${text}'`, 'src/both.js')
  const { tell, prompts } = await setBallotStage(t, {
    ...divided([], {}),
    cast: {
      planner: ({ nth }) => (nth === 1 ? planned(A, B) : planned(A)),
      coder: (asked) => (partOf(asked) === 'a' ? RIGHT + both('a') : BYE + both('b')),
    },
  })
  const { outcome } = await tell()
  assert.equal(outcome?.kind, 'verified')
  assert.match(prompts('planner')[1]!, /two sub-tasks that ran side by side both wrote src\/both\.js/)
})

test('sub-tasks that undo each other are no result', async (t) => {
  const back = edit("  return 'Hello, ' + name + '!'", "  return 'hello ' + name")
  const { tell, prompts } = await setBallotStage(t, {
    ...divided([], {}),
    cast: {
      planner: ({ nth }) => (nth === 1 ? planned(A, { ...A, id: 'b' }) : planned(A)),
      coder: (asked) => (partOf(asked) === 'a' ? RIGHT : back),
    },
  })
  const { outcome } = await tell()
  assert.ok(outcome?.kind === 'verified')
  assert.deepEqual(outcome.patch.files, ['src/greet.js'])
  assert.match(prompts('planner')[1]!, /the sub-tasks undo each other/)
})
