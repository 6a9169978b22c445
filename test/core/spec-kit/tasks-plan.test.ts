import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { wavesOf } from '../../../src/core/plan.ts'
import { isErrand } from '../../../src/core/spec-kit/errand.ts'
import { pathsIn } from '../../../src/core/spec-kit/paths-in.ts'
import { sayKept } from '../../../src/core/spec-kit/report.ts'
import { readTasksFile } from '../../../src/core/spec-kit/tasks-file.ts'
import { MOST_SUBTASKS, planTasks, type TaskRules } from '../../../src/core/spec-kit/tasks-plan.ts'

const RULES: TaskRules = {
  callerOwned: [],
  mayWrite: (path) => !['package.json', '.gitignore'].includes(path),
  isNew: false,
}
const NEW: TaskRules = { callerOwned: [], mayWrite: () => true, isNew: true }
const planOf = (text: string, words = '', rules = RULES) => planTasks(readTasksFile(text), words, rules)
const idsOf = (tasks: readonly { readonly id: string }[]): string => tasks.map(({ id }) => id).join(' ')

/** What each sub-task does. */
const membersOf = (plan: ReturnType<typeof planOf>['plan']): string[][] =>
  plan?.subtasks.map(({ description }) => [...description.matchAll(/^T\d+/gm)].map(([id]) => id)) ?? []

const Line = fc.record({
  isDone: fc.boolean(),
  isParallel: fc.boolean(),
  verb: fc.constantFrom('Do', 'Do', 'Run'),
  file: fc.constantFrom('', 'a.test.ts', 'src/a.ts', 'src/b.ts', 'src/c.ts', 'package.json'),
})
const Phases = fc.array(fc.array(Line, { maxLength: 8 }), { maxLength: 5 })

/** A tasks.md, and of which phase each task is. */
function fileOf(
  phases: readonly (readonly { isDone: boolean; isParallel: boolean; verb: string; file: string }[])[],
) {
  const phaseOf = new Map<string, number>()
  const lines = phases.flatMap((tasks, phase) => [
    `## Phase ${phase + 1}: Part ${phase + 1}`,
    ...tasks.map(({ isDone, isParallel, verb, file }) => {
      const id = `T${String(phaseOf.size + 1).padStart(3, '0')}`
      phaseOf.set(id, phase)
      return `- [${isDone ? 'X' : ' '}] ${id} ${isParallel ? '[P] ' : ''}${verb} it${file && ` in ${file}`}`
    }),
  ])
  return { text: lines.join('\n'), phaseOf }
}

const Rules = fc.constantFrom(RULES, NEW)

test('every open task is in exactly one sub-task, or left, or the user’s own', () => {
  fc.assert(
    fc.property(Phases, Rules, (phases, rules) => {
      const { text } = fileOf(phases)
      const { plan, taken, kept, rest } = planOf(text, '', rules)
      const open = readTasksFile(text).flatMap(({ tasks }) => tasks.filter(({ isDone }) => !isDone))
      const told = [...taken, ...kept, ...rest].map(({ id }) => id)
      assert.deepEqual(
        told.toSorted(),
        open.map(({ id }) => id),
      )
      assert.deepEqual(
        membersOf(plan).flat(),
        taken.map(({ id }) => id),
      )
      assert.ok(membersOf(plan).length <= MOST_SUBTASKS)
      assert.ok(taken.length > 0 || rest.length === 0)
      for (const { text, why } of kept) assert.equal(why, text.startsWith('Run') ? 'errand' : 'protected')
    }),
  )
})

test('two that may write one file never stand side by side, and phases are barriers', () => {
  fc.assert(
    fc.property(Phases, Rules, (phases, rules) => {
      const { text, phaseOf } = fileOf(phases)
      const { plan } = planOf(text, '', rules)
      const members = new Map(plan?.subtasks.map(({ id }, index) => [id, membersOf(plan)[index]!]))
      const waves = wavesOf(plan?.subtasks ?? [])
      assert.ok(waves)
      let latest = 0
      for (const wave of waves) {
        const files = wave.flatMap(({ filesOwned }) => filesOwned)
        assert.equal(new Set(files).size, files.length)
        assert.ok(wave.length === 1 || wave.every(({ filesOwned }) => filesOwned.length > 0))
        const its = wave.flatMap(({ id }) => members.get(id)!).map((id) => phaseOf.get(id)!)
        assert.ok(wave.length === 1 || new Set(its).size === 1)
        assert.ok(Math.min(...its) >= latest)
        latest = Math.max(...its)
      }
    }),
  )
})

const LIST = `## Phase 1: Setup
- [ ] T001 Set it up in src/setup.ts
## Phase 2: Foundational
- [X] T002 Found it in src/base.ts
- [ ] T003 [P] One in src/one.ts
- [ ] T004 [P] Two in src/two.ts
- [ ] T005 [P] Three in src/one.ts
- [ ] T006 Four in package.json
## Phase 3: User Story 1 - Log in
- [ ] T007 [US1] Log in, in src/login.ts
## Phase 4: Polish & more
- [ ] T008 Tidy up
`

test('the runs of a phase follow one another, and those marked [P] stand side by side', () => {
  const { plan, kept } = planOf(LIST)
  assert.deepEqual(
    wavesOf(plan!.subtasks)?.map((wave) => idsOf(wave)),
    ['T001', 'T003 T004', 'T005', 'T007', 'T008'],
  )
  assert.deepEqual(membersOf(plan), [['T001'], ['T003'], ['T004'], ['T005'], ['T007'], ['T008']])
  assert.deepEqual(plan!.subtasks[1], {
    id: 'T003',
    description: 'T003: One in src/one.ts',
    filesOwned: ['src/one.ts'],
    dependsOn: ['T001'],
  })
  assert.equal(plan!.subtasks[4]?.description, 'T007 (US1): Log in, in src/login.ts')
  assert.equal(idsOf(kept), 'T006')
})

test('within a phase, tests come after what they test', () => {
  const { plan, taken } = planOf(`## Phase 3: User Story 1
- [ ] T010 [P] [US1] Test it in tests/login.test.ts
- [ ] T011 [P] [US1] Test it in tests/form.test.ts
- [ ] T012 [US1] Log in, in src/login.ts
- [ ] T013 [US1] Show it in src/form.ts, as tests/form.test.ts wants it
## Phase 4: Polish
- [ ] T014 Tidy up
`)
  assert.equal(idsOf(taken), 'T012 T013 T010 T011 T014')
  assert.deepEqual(
    wavesOf(plan!.subtasks)?.map((wave) => idsOf(wave)),
    ['T012', 'T013', 'T010 T011', 'T014'],
  )
})

test('the caller chooses by task, phase, story or title', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['T003-T005', 'T003 T004 T005'],
    ['T003 to T004 and T008', 'T003 T004 T008'],
    ['phase 2', 'T003 T004 T005'],
    ['please do phases 1-2', 'T001 T003 T004 T005'],
    ['US1', 'T007'],
    ['just user story 1', 'T007'],
    ['only setup', 'T001'],
    ['only the polish phase', 'T008'],
    ['T002', ''],
    ['phase 9', ''],
    ['with care', 'T001 T003 T004 T005 T007 T008'],
  ]
  for (const [words, ids] of cases) assert.equal(idsOf(planOf(LIST, words).taken), ids, words)
})

test('whole phases are taken as long as they fit, and of a long first one as much as does', () => {
  const phase = (number: number, from: number, many: number): string =>
    [`## Phase ${number}: x`, ...Array.from({ length: many }, (_, at) => `- [ ] T${from + at} x`)].join('\n')
  const lengths = (...files: string[]) => {
    const { taken, rest } = planOf(files.join('\n'))
    return [taken.length, rest.length]
  }
  assert.deepEqual(lengths(phase(1, 100, 5), phase(2, 200, 7), phase(3, 300, 1)), [12, 1])
  assert.deepEqual(lengths(phase(1, 100, 5), phase(2, 200, 8), phase(3, 300, 1)), [5, 9])
  assert.deepEqual(lengths(phase(1, 100, 30), phase(2, 200, 1)), [12, 19])
})

test('what the caller allows bounds what a task may write', () => {
  const rules = { ...RULES, callerOwned: ['src/one.ts', 'src/free.ts'] }
  const { plan, kept } = planOf(LIST, '', rules)
  assert.deepEqual(
    plan?.subtasks.map(({ id, filesOwned }) => [id, ...filesOwned]),
    [
      ['T003', 'src/one.ts'],
      ['T005', 'src/one.ts'],
      ['T008', 'src/one.ts', 'src/free.ts'],
    ],
  )
  assert.equal(idsOf(kept), 'T001 T004 T006 T007')
})

/** As spec-kit's own template begins, goes on and ends. */
const USUAL = `## Phase 1: Setup
- [ ] T001 Create project structure per implementation plan
- [ ] T002 Initialize TypeScript project with dependencies
- [ ] T003 [P] Configure linting
## Phase 2: Foundational
- [ ] T004 [P] Setup the schema in src/schema.ts
- [ ] T005 [P] Setup routing in src/routes.ts
## Phase 3: User Story 1
- [ ] T006 [P] [US1] Contract test in tests/users.test.ts
- [ ] T007 [US1] Create User in src/user.ts
- [ ] T008 [US1] Add validation and error handling
- [ ] T009 [US1] Add logging
## Phase 4: Polish
- [ ] T010 Code cleanup and refactoring
- [ ] T011 [P] Security hardening
- [ ] T012 Run quickstart.md validation
`

test('a task that names no file is done together with the next that does, or the one before it in its phase', () => {
  const { plan, kept } = planOf(USUAL)
  assert.deepEqual(
    wavesOf(plan!.subtasks)?.map((wave) => idsOf(wave)),
    ['T001', 'T005', 'T007', 'T006', 'T010', 'T011'],
  )
  assert.deepEqual(membersOf(plan), [
    ['T001', 'T002', 'T003', 'T004'],
    ['T005'],
    ['T007', 'T008', 'T009'],
    ['T006'],
    ['T010'],
    ['T011'],
  ])
  assert.deepEqual(
    plan!.subtasks.map(({ filesOwned }) => filesOwned),
    [[], ['src/routes.ts'], [], ['tests/users.test.ts'], [], []],
  )
  assert.equal(
    sayKept(kept),
    'Yours to do: T012 (Run quickstart.md validation); tick them when they are done.',
  )
})

test('what belongs together stays so where the caller leaves out what it goes with', () => {
  const chosen = (words: string) => membersOf(planOf(USUAL, words).plan)
  assert.deepEqual(chosen('only setup'), [['T001', 'T002', 'T003']])
  assert.deepEqual(chosen('T002 and T008'), [['T002'], ['T008']])
  assert.deepEqual(chosen('T012'), [])
})

test('many are done together in parts', () => {
  const lines = Array.from(
    { length: 19 },
    (_, at) => `- [ ] T${100 + at} x${at === 18 ? ' in src/x.ts' : ''}`,
  )
  const sizes = membersOf(planOf(lines.join('\n')).plan).map(({ length }) => length)
  assert.deepEqual(sizes, [8, 8, 3])
})

test('in a new project what configures it is made with the first code', () => {
  const text = `## Phase 1: Setup
- [ ] T001 Write package.json
- [ ] T002 [P] Write tsconfig.json
- [ ] T003 [P] Leave build results out in .gitignore
- [ ] T004 Install dependencies
- [ ] T005 [P] Say hello in src/hello.ts
- [ ] T006 [P] Say bye in src/bye.ts
`
  assert.deepEqual(membersOf(planOf(text, '', NEW).plan), [
    ['T001', 'T002', 'T003', 'T004', 'T005'],
    ['T006'],
  ])
  const { plan, kept } = planOf(text)
  assert.deepEqual(membersOf(plan), [['T002'], ['T005'], ['T006']])
  assert.deepEqual(
    kept.map(({ id, why }) => [id, why]),
    [
      ['T001', 'protected'],
      ['T003', 'protected'],
      ['T004', 'errand'],
    ],
  )
})

test('what looks or acts is told from what makes something', () => {
  const isOne = (text: string) => isErrand({ text, files: pathsIn(text) }, { mayInstall: false })
  const errands = `Run quickstart.md validation
Run manual-testing.md
Run \`npm test\` and make sure that all is green
**Verify** that the tests fail first
Validate the accessibility of the form
Manually test the flow on a phone
Manual QA pass
Test the form by hand
Test the upload in a browser
Code review of the story
Final review
Perform load testing
Performance testing against the goals
Ensure all tests pass
Make sure that the build succeeds
Measure the start-up time
Deploy to staging
Get approval from the owner
Install dependencies
Finally, confirm the result
Quickstart validation`
  const works = `Create project structure per implementation plan
Add validation and error handling
Documentation updates in docs/
Code cleanup and refactoring
Performance optimization across all stories
Review and update the README
Run the linter and fix what it finds
Validate the address in src/address.ts
Check permissions in src/guard.ts
Ensure that dates are in UTC
Test harness for the services
Contract test for users in tests/users.test.ts
Release notes
Run script for the demo in scripts/demo.sh
Runner for jobs
Verification mail for new users`
  for (const text of errands.split('\n')) assert.ok(isOne(text), text)
  for (const text of works.split('\n')) assert.ok(!isOne(text), text)
})
