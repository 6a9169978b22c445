import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GatesConfig } from '../../src/config.ts'
import { edit, only, setStage, type Cast } from '../support/story.ts'

const FOLDER = 'specs/001-sums'

/** As `specify init` and the commands before `implement` leave a folder in which nothing was. */
const LAYOUT: Readonly<Record<string, string>> = {
  'README.md': '# Sums\n',
  '.gitignore': 'node_modules\n',
  '.claude/commands/speckit.plan.md': '# Plan\n',
  '.github/prompts/speckit.plan.prompt.md': '# Plan\n',
  '.specify/memory/constitution.md': '# Constitution\n',
  '.specify/scripts/bash/common.sh': 'echo common\n',
  '.specify/feature.json': `{ "feature_directory": "${FOLDER}" }\n`,
  [`${FOLDER}/spec.md`]: '# Sums\n\nWhoever has two numbers gets their sum.\n',
  [`${FOLDER}/plan.md`]: '# Plan\n\nPlain JavaScript, no dependency.\n',
  [`${FOLDER}/contracts/sum.js`]: 'export const sum = (one, other) => {}\n',
  [`${FOLDER}/tasks.md`]: `# Tasks: Sums

## Phase 1: Setup

- [ ] T001 Create project structure per implementation plan
- [ ] T002 Initialize JavaScript project
- [ ] T003 [P] Configure linting in package.json

## Phase 2: Foundational

- [ ] T004 Add two numbers in src/sum.js

## Phase 3: User Story 1 - See the sum

- [ ] T005 [P] [US1] Test the sum in tests/sum.test.js

## Phase 4: Polish

- [ ] T006 Run quickstart.md validation
`,
}

const manifest = (test: string): string =>
  edit(
    '',
    JSON.stringify({ name: 'sums', type: 'module', scripts: { lint: 'oxlint', test } }, null, 2),
    'package.json',
  )
const SUM = edit('', 'export const sum = (one, other) => one + other', 'src/sum.js')
const TEST = edit(
  '',
  "import assert from 'node:assert/strict'\nimport { test } from 'node:test'\nimport { sum } from '../src/sum.js'\n\ntest('two numbers are added', () => assert.equal(sum(1, 2), 3))",
  'tests/sum.test.js',
)
const SET_UP = '# Your part of it\n\nT001'
const PLAN = edit('Plain JavaScript, no dependency.', 'Next.js, no other dependency.', `${FOLDER}/plan.md`)
const coder: Cast['coder'] = ({ text, nth }) => {
  if (text.includes('The words of the plan')) return PLAN
  return text.includes(SET_UP) ? manifest(nth === 1 ? 'true' : 'node --test') + SUM : TEST
}

/** What a machine may lack is left out; the tests are the project's own. */
const GATES: GatesConfig = {
  lint: { command: false },
  typecheck: { command: false },
  build: { command: false },
  test: { command: ['node', '--test'] },
}

test('in a folder that holds specifications only, implement sets the project up and brings its checks along', async (t) => {
  const stage = await setStage(t, { cast: { coder }, files: LAYOUT, gates: GATES })
  const { outcome, story, error } = await stage.tell({ request: '/speckit.implement', effort: 'low' })
  assert.equal(error, null)
  assert.equal(outcome?.kind, 'verified', JSON.stringify(outcome))
  assert.deepEqual(outcome.patch.files.toSorted(), [
    'package.json',
    `${FOLDER}/tasks.md`,
    'src/sum.js',
    'tests/sum.test.js',
  ])
  const after = outcome.files.find(({ path }) => path.endsWith('tasks.md'))?.after ?? ''
  assert.deepEqual(after.match(/^- \[ \].*$/gm), ['- [ ] T006 Run quickstart.md validation'])
  assert.match(outcome.remark ?? '', /Ticked in .*: T001, T002, T003, T004, T005\. Yours to do: T006/)
  const [plan] = only(story, 'plan_ready')
  assert.deepEqual(
    plan?.plan.subtasks.map(({ id }) => id),
    ['T001', 'T005'],
  )
  // a script that always says yes is no judge
  const refused = only(story, 'gate_complete').find(({ result }) => result.gate === 'new project')
  assert.equal(refused?.result.status, 'failed')
})

test('a plan may name a framework where nothing of it is there yet', async (t) => {
  const stage = await setStage(t, { cast: { coder }, files: LAYOUT, gates: GATES })
  const request = '/speckit.plan The words of the plan: use Next.js'
  const { outcome } = await stage.tell({ request, effort: 'low' })
  assert.equal(outcome?.kind, 'verified', JSON.stringify(outcome))
  assert.deepEqual(outcome.patch.files, [`${FOLDER}/plan.md`])
})
