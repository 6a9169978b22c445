import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { holdsPlan, onePlan, readPlan, wavesOf, type PlanRules } from '../../src/core/plan.ts'
import type { Plan, Subtask } from '../../src/core/task.ts'

const RULES: PlanRules = {
  request: 'mend it',
  callerOwned: [],
  existing: new Set(),
  mayWrite: (path) => !path.startsWith('protected/'),
}

type Draft = { id: unknown; description?: unknown; filesOwned?: unknown; dependsOn?: unknown }

const part = (
  id: unknown,
  filesOwned: string[] = [`${String(id)}.ts`],
  dependsOn: unknown[] = [],
): Draft => ({
  id,
  description: `do ${String(id)}`,
  filesOwned,
  dependsOn,
})
const read = (subtasks: unknown, rules: Partial<PlanRules> = {}): Plan =>
  readPlan(JSON.stringify({ subtasks }), { ...RULES, ...rules })

const waves = (plan: Plan): string[][] | undefined =>
  wavesOf(plan.subtasks)?.map((wave) => wave.map(({ id }) => id))

test('a good plan is used as it is written', () => {
  const plan = read([part('a'), part('b', ['b.ts'], ['a'])])
  assert.deepEqual(plan, {
    subtasks: [
      { id: 'a', description: 'do a', filesOwned: ['a.ts'], dependsOn: [] },
      { id: 'b', description: 'do b', filesOwned: ['b.ts'], dependsOn: ['a'] },
    ],
    fallback: null,
  })
})

test('numbers for ids, missing lists and ./ before paths are understood', () => {
  const plan = read([
    { id: 1, description: 'one', filesOwned: ['./a.ts', 'a.ts'] },
    { ...part(2), dependsOn: [1] },
  ])
  assert.equal(plan.fallback, null)
  assert.deepEqual(plan.subtasks[0], { id: '1', description: 'one', filesOwned: ['a.ts'], dependsOn: [] })
  assert.deepEqual(plan.subtasks[1]!.dependsOn, ['1'])
})

test('a plan in a fence with prose around it is found', () => {
  const reply = `Sure! Here is the plan:\n\n\`\`\`json\n${JSON.stringify({ subtasks: [part('a')] })}\n\`\`\`\nGood luck!`
  assert.equal(readPlan(reply, RULES).fallback, null)
})

test('braces in the prose, and an earlier draft in the thoughts, do not hide the plan', () => {
  const draft = JSON.stringify({ subtasks: [part('draft')] })
  const prose = 'I see `{ open` and `{a: 1}`.'
  const reply = `<think>${draft}?</think>${prose}\n${JSON.stringify({ subtasks: [part('a')] })}`
  assert.deepEqual(
    readPlan(reply, RULES).subtasks.map(({ id }) => id),
    ['a'],
  )
})

for (const { name, reply } of [
  { name: 'nothing', reply: '' },
  { name: 'prose', reply: 'I would first change the parser.' },
  { name: 'half of a JSON object', reply: '{"subtasks": [{"id": "1", "descr' },
  { name: 'an empty plan', reply: '{"subtasks": []}' },
  { name: 'no sub-tasks at all', reply: '{"steps": ["one"]}' },
  { name: 'sub-tasks that are no objects', reply: '{"subtasks": ["mend it"]}' },
  { name: 'a sub-task without a description', reply: '{"subtasks": [{"id": "1"}]}' },
  { name: 'a blank description', reply: '{"subtasks": [{"id": "1", "description": "  "}]}' },
  {
    name: 'files that are no list',
    reply: '{"subtasks": [{"id": "1", "description": "x", "filesOwned": {"a": 1}}]}',
  },
  { name: 'one id twice', reply: JSON.stringify({ subtasks: [part('a'), part('a')] }) },
  {
    name: 'a dependency that is not there',
    reply: JSON.stringify({ subtasks: [part('a', ['a.ts'], ['z'])] }),
  },
  {
    name: 'a sub-task that waits for itself',
    reply: JSON.stringify({ subtasks: [part('a', ['a.ts'], ['a'])] }),
  },
  {
    name: 'two sub-tasks that wait for each other',
    reply: JSON.stringify({ subtasks: [part('a', ['a.ts'], ['b']), part('b', ['b.ts'], ['a'])] }),
  },
  {
    name: 'a sub-task whose files are all protected',
    reply: JSON.stringify({ subtasks: [part('a'), part('b', ['protected/b.ts'])] }),
  },
  {
    name: 'thirteen sub-tasks',
    reply: JSON.stringify({ subtasks: Array.from({ length: 13 }, (_, i) => part(i)) }),
  },
]) {
  test(`${name}: the whole request becomes one task, and the plan says why`, () => {
    const plan = readPlan(reply, { ...RULES, callerOwned: ['a.ts'] })
    assert.notEqual(plan.fallback, null)
    assert.deepEqual(plan.subtasks, [
      { id: '1', description: 'mend it', filesOwned: ['a.ts'], dependsOn: [] },
    ])
    assert.deepEqual(onePlan({ ...RULES, callerOwned: ['a.ts'] }, plan.fallback!), plan)
  })
}

test('a file that may not be written is taken out of a sub-task that owns others', () => {
  assert.deepEqual(read([part('a', ['protected/x.ts', 'a.ts'])]).subtasks[0]!.filesOwned, ['a.ts'])
})

test('the planner gives nobody a file the caller did not allow', () => {
  const callerOwned = ['a.ts', 'b.ts']
  assert.deepEqual(read([part('a', ['a.ts', 'c.ts'])], { callerOwned }).subtasks[0]!.filesOwned, ['a.ts'])
  assert.notEqual(read([part('a', ['c.ts'])], { callerOwned }).fallback, null)
  assert.deepEqual(read([part('a', [])], { callerOwned }).subtasks[0]!.filesOwned, callerOwned)
})

test('sub-tasks on different files run side by side', () => {
  assert.deepEqual(waves(read([part('a'), part('b'), part('c', ['c.ts'], ['a'])])), [['a', 'b'], ['c']])
})

test('two sub-tasks on one file run one after the other', () => {
  assert.deepEqual(waves(read([part('a', ['x.ts']), part('b', ['y.ts', './x.ts']), part('c')])), [
    ['a', 'c'],
    ['b'],
  ])
})

test('a sub-task that owns no file may write any, so nothing runs beside it', () => {
  assert.deepEqual(waves(read([part('a'), part('b', []), part('c')])), [['a'], ['b'], ['c']])
})

test('waiting for a rival closes no circle with what the planner asked for', () => {
  const plan = read([part('a', ['x.ts'], ['c']), part('b', ['x.ts', 'z.ts']), part('c', ['z.ts'])])
  assert.equal(plan.fallback, null)
  assert.equal(waves(plan)?.length, 3)
  const order = waves(plan)!.flat()
  assert.ok(order.indexOf('c') < order.indexOf('a'))
})

test('a circle has no waves', () => {
  const subtask = (id: string, dependsOn: string[]): Subtask => ({
    id,
    description: id,
    filesOwned: [],
    dependsOn,
  })
  assert.equal(wavesOf([subtask('a', ['b']), subtask('b', ['a'])]), null)
})

/** Drafts whose sub-tasks wait for others of the list: for any (which may close a circle), or only for later ones. */
const draftOf = (waitFor: 'any' | 'later') =>
  fc.integer({ min: 1, max: 7 }).chain((count) =>
    fc.tuple(
      ...Array.from({ length: count }, (_, id) => {
        const others = Array.from({ length: count }, (_, other) => other).filter(
          (other) => waitFor === 'any' || other > id,
        )
        return fc.record({
          id: fc.constant(id),
          description: fc.constant(`do ${id}`),
          filesOwned: fc.subarray(['a.ts', './a.ts', 'b.ts', 'c.ts', 'd.ts', 'protected/e.ts']),
          dependsOn: fc.subarray(others, { maxLength: Math.min(2, others.length) }),
        })
      }),
    ),
  )
const anyDraft = fc.oneof(draftOf('any'), draftOf('later'))

test('of two sub-tasks that could write one file, one always waits for the other', () => {
  fc.assert(
    fc.property(anyDraft, fc.subarray(['a.ts', 'b.ts', 'c.ts', 'd.ts']), (draft, callerOwned) => {
      const { subtasks } = read(draft, { callerOwned })
      for (const [index, one] of subtasks.entries()) {
        for (const other of subtasks.slice(index + 1)) {
          const collide =
            one.filesOwned.length === 0 ||
            other.filesOwned.length === 0 ||
            one.filesOwned.some((path) => other.filesOwned.includes(path))
          if (collide) assert.ok(waitsFor(subtasks, one, other.id) || waitsFor(subtasks, other, one.id))
        }
      }
    }),
    { numRuns: 500 },
  )
})

test('a plan is given up for a circle only where the planner drew one', () => {
  fc.assert(
    fc.property(anyDraft, (draft) => {
      const plan = read(draft)
      const asWritten = draft.map((subtask) => ({
        ...subtask,
        id: String(subtask.id),
        dependsOn: subtask.dependsOn.map(String),
      }))
      if (plan.fallback === 'the plan depends on itself') assert.equal(wavesOf(asWritten), null)
    }),
    { numRuns: 500 },
  )
})

test('whatever the planner writes, the answer is a plan that can be run', () => {
  const jsonLike = fc.json({ maxDepth: 4 })
  const planLike = fc
    .record({
      subtasks: fc.array(fc.record({ id: fc.anything(), description: fc.anything() }, { requiredKeys: [] })),
    })
    .map((value) => JSON.stringify(value) ?? '')
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        jsonLike,
        planLike,
        jsonLike.map((text) => `\`\`\`\n${text}`),
      ),
      (reply) => {
        const { subtasks } = readPlan(reply, RULES)
        assert.ok(subtasks.length > 0)
        assert.deepEqual(wavesOf(subtasks)?.flat().length, subtasks.length)
        assert.ok(subtasks.every(({ description }) => description.trim() !== ''))
      },
    ),
    { numRuns: 500 },
  )
})

function waitsFor(subtasks: readonly Subtask[], from: Subtask, id: string): boolean {
  return from.dependsOn.some(
    (other) =>
      other === id ||
      waitsFor(
        subtasks,
        subtasks.find((subtask) => subtask.id === other)!,
        id,
      ),
  )
}

test('an id that is a place of our own in the story gives the safe plan', () => {
  const reply = JSON.stringify({
    subtasks: [{ id: 'union', description: 'x', filesOwned: [], dependsOn: [] }],
  })
  const plan = readPlan(reply, { ...RULES, mayWrite: () => true })
  assert.match(plan.fallback ?? '', /union/)
})

/** As the gate of a project has it: nothing under another case than what is there. */
const EXISTING = new Set(['src/core/a.ts', 'src/b.ts', 'protected/c.ts'])
const isTwin = (path: string): boolean =>
  !EXISTING.has(path) && [...EXISTING].some((one) => one.toLowerCase() === path.toLowerCase())
const IN_TREE: Partial<PlanRules> = {
  existing: EXISTING,
  mayWrite: (path) => !path.startsWith('protected/') && !path.startsWith('..') && !isTwin(path),
}

for (const [name, written, files, remarks] of [
  ['files that are there', ['src/core/a.ts', './src/b.ts'], ['src/core/a.ts', 'src/b.ts'], undefined],
  ['a file that is to be made', ['src/new.ts'], ['src/new.ts'], undefined],
  ['a misspelt folder', ['scr/core/a.ts'], ['src/core/a.ts'], ['scr/core/a.ts is taken for src/core/a.ts']],
  ['another case', ['SRC/B.ts', 'src/b.ts'], ['src/b.ts'], ['SRC/B.ts is taken for src/b.ts']],
  [
    'what may not be written, beside what may',
    ['protected/c.ts', '../d.ts', 'src/b.ts'],
    ['src/b.ts'],
    ['protected/c.ts is left out: it may not be written', '../d.ts is left out: it may not be written'],
  ],
] as const) {
  test(`of a plan that names ${name}, what is told is right`, () => {
    const plan = read([part('a', [...written])], IN_TREE)
    assert.deepEqual([plan.subtasks[0]!.filesOwned, plan.remarks, plan.fallback], [files, remarks, null])
  })
}

test('a file that the user wants created where he says is not taken for another', () => {
  const rules = { ...IN_TREE, request: 'Create core/a.ts with the same function.' }
  assert.deepEqual(read([part('a', ['core/a.ts'])], rules).subtasks[0]!.filesOwned, ['core/a.ts'])
  assert.deepEqual(read([part('a', ['core/a.ts'])], IN_TREE).subtasks[0]!.filesOwned, ['src/core/a.ts'])
})

test('a misspelt name gives nobody a file the caller did not allow', () => {
  const rules = { ...IN_TREE, callerOwned: ['src/b.ts'] }
  assert.notEqual(read([part('a', ['core/a.ts'])], rules).fallback, null)
  assert.deepEqual(read([part('a', ['b.ts'])], rules).subtasks[0]!.filesOwned, ['src/b.ts'])
})

test('what is meant to be a plan is told from what is none', () => {
  assert.equal(holdsPlan(JSON.stringify({ subtasks: [part('a'), part('a')] })), true)
  for (const reply of ['', 'prose', '{"subtasks": []}', '{"subtasks": [], "read": ["a.ts"]}'])
    assert.equal(holdsPlan(reply), false)
})
