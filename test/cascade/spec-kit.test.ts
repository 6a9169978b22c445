import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { cascade } from '../../src/cascade/cascade.ts'
import { jsonOf, openApi, post } from '../api/server.ts'
import {
  edit,
  letterFor,
  only,
  parts,
  PROJECT,
  setStage,
  type Cast,
  type Scene,
  type Stage,
} from '../support/story.ts'

const FOLDER = 'specs/001-politeness'
const TASKS = `# Tasks: Politeness

## Phase 1: Setup

- [X] T001 Agree on the words

## Phase 2: Foundational

- [ ] T002 [P] Greet politely in src/greet.js
- [ ] T003 [P] Take leave politely in src/part.js
- [ ] T004 Name the licence in package.json

## Phase 3: User Story 1 - Loudness (Priority: P1)

- [ ] T005 [US1] Greet loudly in \`src/greet.js\`
`

/** As \`specify init\` and the commands before \`implement\` leave a project. */
const LAYOUT: Readonly<Record<string, string>> = {
  ...PROJECT,
  'package.json': '{ "name": "polite", "private": true }\n',
  '.specify/memory/constitution.md': '# Constitution\n\nNobody shouts without need.\n',
  '.specify/init-options.json': '{ "feature_numbering": "sequential", "script": "sh" }\n',
  '.specify/templates/spec-template.md': `# Feature Specification: [NAME]\n\n## Requirements\n${'\n<!-- a hint -->'.repeat(200)}\n`,
  '.specify/templates/tasks-template.md': '# Tasks: [NAME]\n\n## Phase 1: Setup\n',
  '.specify/feature.json': `{ "feature_directory": "${FOLDER}" }\n`,
  [`${FOLDER}/spec.md`]: '# Politeness\n\nWhoever is greeted feels welcome.\n',
  [`${FOLDER}/plan.md`]: '# Plan\n\nPlain functions, no dependency.\n',
  [`${FOLDER}/tasks.md`]: TASKS,
}

/** Too little room to show all of the project, as in any real one. */
const open = (t: TestContext, cast: Cast, scene: Partial<Scene> = {}): Promise<Stage> =>
  setStage(t, { cast, files: LAYOUT, limits: { contextCharacters: 2_500 }, ...scene })

const POLITE = "return 'Hello, ' + name + '!'"
/** Each task's coders do it, told by the part of it they are given. */
const byTask = ({ text }: { text: string }): string => {
  if (text.includes('# Your part of it\n\nT002')) return edit("  return 'hello ' + name", `  ${POLITE}`)
  if (text.includes('# Your part of it\n\nT003')) return parts("return 'Goodbye, ' + name + '.'")
  if (text.includes('# Your part of it\n\nT005'))
    return edit(`  ${POLITE}`, "  return ('Hello, ' + name + '!').toUpperCase().replace(/ANN/, name)")
  return 'I have no part in this.'
}

type Answer = { choices: [{ message: { content: string }; finish_reason: string }] }

/** A server before the stage's own cascade, as a chat client sees it. */
async function serve({ workspaces, ports }: Stage) {
  const api = await openApi({
    cascade: (task, signal) => cascade(task, workspaces, ports, signal),
    workspaces: { names: () => ['app'], has: async (name) => name === 'app' },
  })
  return {
    api,
    async say(content: string) {
      const body = { model: 'quorum', reasoning_effort: 'low', messages: [{ role: 'user', content }] }
      const response = await post(`${api.url}/v1/chat/completions`, body)
      const answer = await jsonOf<Answer>(response)
      const [{ message, finish_reason: finish }] = answer.choices
      return {
        status: response.status,
        finish,
        text: message.content,
        outcome: api.runner.list().at(-1)?.outcome,
      }
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

test('implement makes the next tasks of the file, and what is delivered holds their ticked boxes', async (t) => {
  const stage = await open(t, { coder: byTask })
  await using server = await serve(stage)

  const first = await server.say('/speckit.implement T002-T004')
  assert.deepEqual([first.status, first.finish], [200, 'stop'])
  assert.match(first.text, /^This change passed the project's own checks/)
  assert.match(first.text, /^-- \[ \] T002 .*\n-- \[ \] T003 .*\n\+- \[X\] T002 .*\n\+- \[X\] T003 .*$/m)
  assert.match(first.text, /^\+  return 'Hello, ' \+ name \+ '!'$/m)
  assert.match(first.text, /^\+  return 'Goodbye, ' \+ name \+ '\.'$/m)
  assert.match(first.text, /1 task left \(T005\): apply this change, then go on with `\/speckit\.implement`/)
  assert.match(first.text, /Yours to do, .* T004 \(package\.json\)/)
  assert.equal(first.outcome?.kind, 'verified')
  assert.deepEqual(first.outcome.testsChanged, [])
  assert.deepEqual(stage.prompts('planner'), [])
  const [prompt = ''] = stage.prompts('coder')
  for (const shown of ['# Documents to go by', 'Nobody shouts', 'feels welcome', 'no dependency'])
    assert.equal(prompt.split(shown).length, 2, `${shown} stands there once`)

  await stage.repository.write(
    Object.fromEntries(first.outcome.files.map(({ path, after }) => [path, after ?? ''])),
  )
  const second = await server.say('/speckit.implement')
  assert.equal(second.outcome?.kind, 'verified')
  assert.deepEqual(second.outcome.patch.files.toSorted(), [`${FOLDER}/tasks.md`, 'src/greet.js'])
  assert.match(second.text, /^\+- \[X\] T005 \[US1\]/m)

  await stage.repository.write(
    Object.fromEntries(second.outcome.files.map(({ path, after }) => [path, after ?? ''])),
  )
  const calls = stage.server.calls.length
  const third = await server.say('/speckit.implement')
  assert.deepEqual([third.status, third.finish], [200, 'stop'])
  assert.match(third.text, /^Yours to do, because the files named are protected here: T004/)
  assert.equal(stage.server.calls.length, calls)
})

test('what cannot be started is told in words, and no model is asked', async (t) => {
  const stage = await open(t, { coder: byTask })
  await using server = await serve(stage)
  const { repository } = stage
  const says = async (words: string): Promise<string> => {
    const { text, finish, status } = await server.say(words)
    assert.deepEqual([status, finish], [200, 'stop'])
    return text
  }
  assert.match(
    await says('/speckit.implement T001'),
    /^No task that you name is left to do here\. Open are T002, T003, T005;/,
  )
  assert.match(await says('/speckit-specify'), /^Say what to build: `\/speckit-specify`/)
  const list = `${FOLDER}/checklists/requirements.md`
  await repository.write({ [list]: '- [x] one\n- [ ] two\n' })
  assert.match(
    await says('/speckit.implement US1'),
    /requirements\.md \(1 of 2 open\).*`\/speckit\.implement US1 proceed`/,
  )
  await repository.write({ [`${FOLDER}/tasks.md`]: '# Tasks\n\n1. Do it\n' })
  // as Continue sends it, with a file that the workspace does not have
  const expanded = `\`\`\`ts other/a.ts\nexport const a = 1\n\`\`\`\n\n## User Input\n\n\`\`\`text\n$ARGUMENTS\n\`\`\`\n\n## Outline\n\n1. Run it\n\n2. **Check checklists status**\n\n## Done When\n\n- [ ] All is told\n\nphase 2, proceed`
  assert.match(await says(expanded), /holds no task of the form/)
  await repository.write({ '.specify/feature.json': '{ "feature_directory": "specs/002-new" }' })
  assert.match(
    await says('/speckit.implement'),
    /^specs\/002-new\/tasks\.md is not there yet\. Run `\/speckit\.tasks`/,
  )
  assert.match(
    await says('/speckit.tasks'),
    /^specs\/002-new\/plan\.md is not there yet\. Run `\/speckit\.plan`/,
  )
  await repository.write({ '.specify/feature.json': '{ "feature_directory": "../elsewhere" }' })
  assert.match(
    await says('/speckit.plan'),
    /names no feature of this project\. Start a feature with `\/speckit\.specify`/,
  )
  assert.equal(stage.server.calls.length, 0)
})

const MARK = '[NEEDS CLARIFICATION: how loud?]'
const specAbout = (who: string, marks: number): string =>
  edit('', `# Feature Specification: Farewell\n\n## Requirements\n\n- ${who}: ${MARK.repeat(marks)}`, SPEC)
const SPEC = 'specs/002-say-farewell-night/spec.md'

test('specify writes the next feature’s specification, the one that voters prefer, and names the feature', async (t) => {
  // three candidates close the contest: whichever they are, one of the odd seats is among them
  const coder: Cast['coder'] = ({ nth, seat }) =>
    specAbout(seat % 2 === 0 ? 'Nobody' : 'Everybody', nth === 1 ? 4 : 2)
  const voter: Cast['voter'] = ({ text }) => letterFor(text, 'Everybody')
  const stage = await open(t, { coder, voter })
  const { outcome, story } = await stage.tell({
    request: '/speckit.specify Say farewell at night',
  })
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(
    outcome.files.map(({ path, after }) => [path, after]),
    [
      ['.specify/feature.json', `{\n  "feature_directory": "specs/002-say-farewell-night"\n}\n`],
      [SPEC, `# Feature Specification: Farewell\n\n## Requirements\n\n- Everybody: ${MARK.repeat(2)}\n`],
    ],
  )
  assert.match(outcome.remark ?? '', /2 questions for you.*go on with `\/speckit\.plan`/)
  assert.deepEqual(
    only(story, 'patch_rejected').map(({ code, resampled }) => [code, resampled]),
    [['document', true]],
  )
  const [prompt = ''] = stage.prompts('coder')
  for (const shown of ['Say farewell at night', '# Feature Specification: [NAME]', 'Nobody shouts'])
    assert.ok(prompt.includes(shown), shown)
})

test('tasks are delivered in a form that implement can read', async (t) => {
  const path = `${FOLDER}/tasks.md`
  const list = '# Tasks: Politeness\n\n## Phase 1: Setup\n\n'
  const good = `${list}- [ ] T001 Greet at night in src/greet.js`
  const coder: Cast['coder'] = ({ nth }) =>
    edit('', nth === 1 ? `${list}1. Greet at night, in src/greet.js` : good, path)
  const { [path]: _, ...files } = LAYOUT
  const stage = await open(t, { coder }, { files })
  const { outcome, story } = await stage.tell({ request: '/speckit.tasks Keep it short.', effort: 'low' })
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(
    outcome.files.map(({ path, after }) => [path, after]),
    [[path, `${good}\n`]],
  )
  assert.match(outcome.remark ?? '', /go on with `\/speckit\.implement`/)
  const [refused] = only(story, 'patch_rejected')
  assert.match(refused?.reason ?? '', /tasks\.md holds no line of the form/)
  const [prompt = ''] = stage.prompts('coder')
  for (const shown of ['Keep it short.', 'feels welcome', 'no dependency', '# Tasks: [NAME]'])
    assert.ok(prompt.includes(shown), shown)
})

test('a coder of code leaves the documents alone, and a failed run ticks nothing', async (t) => {
  const PART = '# Your part of it\n\nT003'
  const cheat = edit('- [X] T001 Agree on the words', '- [X] T001 Agreed', `${FOLDER}/tasks.md`)
  const wrong = edit("  return 'hello ' + name", "  return 'hello'")
  const stage = await open(
    t,
    {
      coder: ({ text, nth }) => (text.includes(PART) ? byTask({ text }) : nth === 2 ? cheat + wrong : wrong),
    },
    { tiers: ['fast'] },
  )
  await stage.repository.write({ [`${FOLDER}/tasks.md`]: `${TASKS}- [ ] T006 Be polite throughout\n` })
  const { outcome, story } = await stage.tell({
    request: '/speckit.implement T003 and T006',
    allowTests: true,
    effort: 'low',
    budget: { attempts: 1 },
  })
  assert.equal(outcome?.kind, 'abstained')
  assert.match(outcome.reason, /fewer tasks at once may get further, such as `\/speckit\.implement T003`/)
  assert.deepEqual(outcome.best?.patch.files, ['src/greet.js', 'src/part.js'])
  const [refused] = only(story, 'patch_rejected')
  assert.match(refused?.reason ?? '', /tasks\.md may not be written: the feature's documents stay/)
})
