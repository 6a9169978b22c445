import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Codebase } from '../../src/cascade/ports.ts'
import { cascade } from '../../src/cascade/cascade.ts'
import type { Privacy } from '../../src/core/privacy/policy.ts'
import { createCodebase } from '../../src/codebase/codebase.ts'
import { createTools } from '../../src/codebase/tools/tools.ts'
import { PLAIN } from '../../src/core/capability.ts'
import { narrate } from '../../src/core/narrate.ts'
import { initial, reduce } from '../../src/core/state.ts'
import { NO_BUDGET, type Task, type WorkspaceChoice } from '../../src/core/task.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import { calling } from '../support/calling.ts'
import { only, planned, PROJECT, RIGHT, setStage, type Part, type Stage } from '../support/story.ts'
import type { RecordedCall, ScriptedReply } from '../support/scripted-models.ts'

const PLAN = planned({ id: '1', filesOwned: ['src/greet.js'] })
const FILES = {
  ...PROJECT,
  'docs/guide.md': '# Guide\n\n## Manners\n\nA greeting ends with a mark.\n',
  'secret/plan.js': "import { greet } from '../src/greet.js'\nexport const hush = greet('the hidden word')\n",
  'secret/plan.md': '# Manners\n\nA greeting of the hidden word.\n',
}

type Scene = {
  planner: (
    asked: Parameters<Part>[0],
    stage: Stage,
  ) => ScriptedReply | string | Promise<ScriptedReply | string>
  attempts?: number
  coder?: Part
  /** Files under `secret/` are private, and every model is in the cloud. */
  isCloud?: boolean
  workspace?: WorkspaceChoice
  /** Is there an index of the folder, as it is when somebody asks? */
  isIndexed?: boolean
}

/** One task whose planner is said to call tools; what it was asked, and what was told. */
async function tell(t: TestContext, scene: Scene) {
  const { planner, attempts = 1, coder = () => RIGHT, isCloud = false } = scene
  const capability = { ...PLAIN, tools: true }
  const of = async () => capability
  const stage: Stage = await setStage(t, {
    cast: { planner: (asked) => planner(asked, stage), coder },
    files: FILES,
    tiers: ['fast'],
    gates: {},
    limits: { seats: { fast: 1, deep: 1, reviewer: 1, cloud: 1 }, attempts },
    models: { capabilities: { of, measure: of, isWorthMeasuring: async () => false } },
  })
  const isPrivate = (path: string): boolean => path.startsWith('secret/')
  const withheld = { patterns: ['secret/'], isPrivate, filesIn: async () => [] }
  const codebase = scene.isIndexed ? openCodebase(t, stage) : null
  const tools = createTools({
    workspaces: stage.workspaces,
    codebase: codebase ?? { map: async () => null },
    withheld,
  })
  t.after(() => tools.close())
  const privacy: Privacy = { policy: 'prefer-local', placeOf: () => (isCloud ? 'cloud' : 'local'), isPrivate }
  const task: Task = {
    id: 'task_1',
    request: 'Greet politely.',
    conversation: '',
    filesOwned: [],
    allowTests: false,
    effort: 'medium',
    budget: NO_BUDGET,
    workspace: scene.workspace ?? { kind: 'named', name: 'app' },
  }
  const story: SwarmEvent[] = []
  const ports = { ...stage.ports, ...(codebase && { codebase }), tools, privacy }
  for await (const event of cascade(task, stage.workspaces, ports, new AbortController().signal))
    story.push(event)
  const calls = stage.server.calls.filter(({ text }) => text.includes('# Role: planner'))
  return { story, calls, ready: only(story, 'plan_ready')[0]!.plan, looked: only(story, 'planner_looked') }
}

function openCodebase(t: TestContext, { workspaces, ports }: Stage): Codebase {
  const codebase = createCodebase({
    look: (name, signal) => workspaces.look(name, signal),
    cacheFolder: null,
    waitMs: 60_000,
    clock: ports.clock,
    onTrouble: (error) => assert.fail(String(error)),
  })
  t.after(() => codebase.close())
  return codebase
}

const offered = ({ body }: RecordedCall): boolean => 'tools' in body

test('a planner that calls tools is shown the base of the task, twice, and then plans without tools', async (t) => {
  const { story, calls, ready, looked } = await tell(t, {
    isIndexed: true,
    async planner({ nth }, { repository }) {
      if (nth === 1) {
        // what the folder becomes meanwhile is not what the coders start from
        await writeFile(join(repository.path, 'src/part.js'), 'export const changed = 1\n')
        await writeFile(join(repository.path, 'src/greet.js'), `\n\n\n${PROJECT['src/greet.js']}`)
        return calling([
          ['read_file', { path: './src/part.js' }],
          ['find_references', { name: 'greet' }],
          ['read_file', { path: 'src/greet.ts' }],
        ])
      }
      if (nth === 2)
        return calling([
          ['read_file', { path: 'src/greet.js', start: 2, end: 3 }],
          ['find_references', { name: 'greet' }],
          ['search_docs', { query: 'mark of a greeting' }],
        ])
      return PLAN
    },
  })
  const [first, second, third, more] = calls
  assert.deepEqual([offered(first!), offered(second!), offered(third!), more], [true, true, false, undefined])
  assert.doesNotMatch(first!.text, /return 'bye '/)
  assert.match(second!.text, /``` src\/part\.js\n(?:.*\n)*  return 'bye ' \+ name/)
  const places = second!.text.slice(second!.text.indexOf('# Where the names'))
  assert.match(places, /``` src\/greet\.js\n2\| export function greet/)
  assert.doesNotMatch(places, /^5\| export function greet/m)
  assert.match(second!.text, /There is no file src\/greet\.ts to be shown\./)
  assert.match(third!.text, /2\| export function greet\(name\) \{\n3\|   return 'hello ' \+ name/)
  assert.match(third!.text, /docs\/guide\.md:\d+ — Manners\n[\s\S]*ends with a mark/)
  assert.doesNotMatch(calls.map(({ text }) => text).join(), /const changed/)
  assert.deepEqual([ready.fallback, ready.subtasks[0]?.filesOwned], [null, ['src/greet.js']])
  assert.deepEqual(looked.map(narrate), [
    'the planner looked at src/part.js and where greet is used; 1 question could not be answered',
    'the planner looked at src/greet.js and what the documents say of "mark of a greeting"',
  ])
  const contexts = only(story, 'context_ready').filter(({ role }) => role === 'planner')
  assert.deepEqual(
    contexts.map(({ files }) => files.filter(({ form }) => form !== 'signatures')),
    [
      [],
      [{ path: 'src/part.js', form: 'whole' }],
      [
        { path: 'src/part.js', form: 'whole' },
        { path: 'src/greet.js', form: 'part' },
      ],
    ],
  )
  const { usage, calls: counted } = story.reduce(reduce, initial('t'))
  assert.equal(counted.planner?.ok, 3)
  assert.ok(usage.byRole.planner!.promptTokens > 200)
  const seeds = only(story, 'model_call_start').filter(({ role }) => role === 'planner')
  assert.equal(new Set(seeds.map(({ call }) => call)).size, 3)
})

test('hundreds of calls, ways out of the project and texts without end are answered in a few lines', async (t) => {
  const { calls, ready, looked } = await tell(t, {
    planner: ({ nth }) =>
      nth === 1
        ? calling([
            ['read_file', { path: '../../etc/passwd' }],
            ['read_file', { path: '/etc/passwd' }],
            ['read_file', { path: 'x'.repeat(3_000) }],
            ['run_tests', {}],
            ['find_references', '{"name": "greet"'],
            ...Array.from({ length: 300 }, (_, at) => ['read_file', { path: `src/${at}.js` }] as const),
          ])
        : PLAN,
  })
  assert.equal(calls.length, 2)
  const answer = calls[1]!.text.slice(calls[1]!.text.indexOf('# You have asked'))
  assert.match(answer, /There is no file \.\.\/\.\.\/etc\/passwd to be shown/)
  assert.match(answer, /run_tests \{\}: there is no such tool/)
  assert.match(answer, /are no JSON object/)
  assert.match(answer, /more calls: not answered, as 6 are the most/)
  assert.ok(calls[1]!.text.length < calls[0]!.text.length + 3_000)
  assert.deepEqual([ready.fallback, looked[0]!.files], [null, []])
})

test('who refuses tools is asked in writing, and in the next attempt from the start', async (t) => {
  const questions = JSON.stringify({ subtasks: [], read: ['src/part.js'], find: [] })
  const { story, calls, looked } = await tell(t, {
    planner: ({ nth }) => {
      // both ways of offering tools are refused, before anything is said
      if (nth <= 2) return { kind: 'status', status: 400, body: { error: { message: 'no tools here' } } }
      return nth === 3 ? questions : PLAN
    },
    coder: () => 'prose',
    attempts: 2,
  })
  assert.deepEqual(calls.map(offered), [true, true, false, false, false])
  assert.match(calls[3]!.text, /# The files you asked for\n\n``` src\/part\.js/)
  const told = only(story, 'tools_withdrawn')
  assert.equal(told.length, 1)
  assert.match(narrate(told[0]!) ?? '', /fast-coder is offered no tools any more .*400: no tools here/)
  assert.deepEqual(
    looked.map(({ by, files }) => [by, files]),
    [['questions', ['src/part.js']]],
  )
})

test('who answers an offer of tools with prose is asked once more in writing, and then believed', async (t) => {
  const { story, calls, ready } = await tell(t, {
    planner: ({ nth }) => (nth === 1 ? 'I would look around first.' : 'I would still look around.'),
  })
  assert.deepEqual(calls.map(offered), [true, false])
  assert.match(only(story, 'tools_withdrawn')[0]!.reason, /neither a call nor a plan/)
  assert.match(ready.fallback ?? '', /no JSON/)
})

test('a plan is a plan, and questions in writing are answered, also where tools were offered', async (t) => {
  const atOnce = await tell(t, { planner: () => PLAN })
  assert.equal(atOnce.calls.length, 1)
  const inWords = await tell(t, {
    planner: ({ nth }) => (nth === 1 ? '{"subtasks": [], "find": ["part"]}' : PLAN),
  })
  assert.deepEqual(inWords.calls.map(offered), [true, false])
  assert.deepEqual(only(inWords.story, 'tools_withdrawn'), [])
  const spoken = '<tool_call>\n{"name": "read_file", "arguments": {"path": "src/part.js"}}\n</tool_call>'
  const aloud = await tell(t, { planner: ({ nth }) => (nth === 1 ? spoken : PLAN) })
  assert.deepEqual(
    aloud.looked.map(({ by, files }) => [by, files]),
    [['calls', ['src/part.js']]],
  )
})

test('a planner in the cloud gets nothing private by a call either', async (t) => {
  const { story, calls, looked } = await tell(t, {
    isCloud: true,
    isIndexed: true,
    planner: ({ nth }) =>
      nth === 1
        ? calling([
            ['read_file', { path: 'secret/plan.js' }],
            ['read_file', { path: 'secret/plan.md', start: 1, end: 3 }],
            ['find_references', { name: 'greet' }],
            ['find_references', { name: 'hush' }],
            ['search_docs', { query: 'greeting' }],
            ['analyze_codebase', { focus: 'greeting' }],
          ])
        : PLAN,
  })
  assert.equal(calls.length, 2)
  assert.match(calls[1]!.text, /ends with a mark/)
  const places = calls[1]!.text.slice(calls[1]!.text.indexOf('# Where the names'))
  assert.match(places, /``` src\/greet\.js\n2\| export function greet/)
  assert.match(calls[1]!.text, /\(secret\/plan\.js is private and is not shown here\)/)
  assert.doesNotMatch(calls[1]!.text, /hidden word|hush =|uses greet/)
  assert.deepEqual(looked[0]!.files, [])
  const withheld = only(story, 'private_withheld').filter(({ role }) => role === 'planner')
  assert.deepEqual([...new Set(withheld.flatMap(({ files }) => files))].toSorted(), [
    'secret/plan.js',
    'secret/plan.md',
  ])
  assert.ok(withheld.every(({ refused }) => !refused))
})

test('files that came with the request are looked at as well, with the tools that need no folder', async (t) => {
  const files = Object.entries(PROJECT).map(([path, content]) => ({ path, content }))
  const { calls, looked } = await tell(t, {
    workspace: { kind: 'files', files },
    planner: ({ nth }) => (nth === 1 ? calling([['find_references', { name: 'part' }]]) : PLAN),
  })
  const tools: unknown = calls[0]!.body['tools']
  assert.deepEqual(Array.isArray(tools) ? tools.map(({ function: { name } }) => name) : tools, [
    'read_file',
    'find_references',
  ])
  assert.match(calls[1]!.text, /``` src\/part\.js\n2\| export function part/)
  assert.deepEqual(looked[0]!.names, ['part'])
})
