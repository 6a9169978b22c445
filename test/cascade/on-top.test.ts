import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer } from '../../src/core/answer.ts'
import { initial, reduce, type TaskState } from '../../src/core/state.ts'
import type { EarlierChange } from '../../src/core/task.ts'
import { greets, only, parts, planned, PROJECT, setStage, type Stage } from '../support/story.ts'

const never = new AbortController().signal
const GREET = PROJECT['src/greet.js']!
const POLITE = GREET.replace("'hello ' + name", "'Hello, ' + name")

/** The change that made the greeting polite, from the files as they are. */
async function politeness({ workspaces }: Stage): Promise<EarlierChange> {
  await using project = await workspaces.open({ kind: 'named', name: 'app' }, never)
  const made = await project.write(project.base, [{ path: 'src/greet.js', content: POLITE }], never)
  const { diff } = await project.diff(project.base, made, never)
  return { task: 'task_0', request: 'Greet politely.', diff, tree: project.base }
}

const POLITER = greets("return 'Hello, ' + name + '!'").replace("'hello ' + name", "'Hello, ' + name")

test('a refinement is made on the changed files, and what is delivered holds both', async (t) => {
  const stage = await setStage(t, { cast: { coder: () => POLITER } })
  const upon = await politeness(stage)
  const { outcome, story } = await stage.tell({ upon, request: 'now also with an exclamation mark' })
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual(outcome.files, [
    { path: 'src/greet.js', before: GREET, after: POLITE.replace('+ name', "+ name + '!'") },
  ])
  assert.match(outcome.patch.diff, /^-  return 'hello ' \+ name\n\+  return 'Hello, ' \+ name \+ '!'$/m)
  const [ready] = only(story, 'workspace_ready')
  const [earlier] = only(story, 'earlier_change')
  assert.deepEqual([ready?.base, earlier?.how], [upon.tree, 'added'])
  assert.notEqual(earlier?.tree, upon.tree)
  for (const role of ['planner', 'coder', 'reviewer'] as const) {
    assert.match(stage.prompts(role)[0]!, /goes on from an earlier change.*: Greet politely\./, role)
  }
  assert.equal(await stage.repository.git('status', '--short'), '')
})

test('what takes an earlier change back that the files never had leaves nothing to hand over', async (t) => {
  const undo = greets("return 'hello ' + name").replace("'hello ' + name\n=", "'Hello, ' + name\n=")
  const stage = await setStage(t, { cast: { coder: () => undo } })
  const upon = await politeness(stage)
  const { outcome, story } = await stage.tell({ upon, request: 'undo that' })
  assert.equal(outcome?.kind, 'verified')
  assert.deepEqual([outcome.patch.diff, outcome.files, outcome.patch.tree], ['', [], upon.tree])
  const state = [...story, { type: 'task_complete', outcome } as const].reduce<TaskState>(
    reduce,
    initial('t'),
  )
  assert.match(
    answer(state, null),
    /takes back the earlier change.*nothing to change in them\.\n\nEvidence: verified/s,
  )

  // who goes on from there goes on from nothing
  await using project = await stage.workspaces.openOnTop(
    { kind: 'named', name: 'app' },
    { ...upon, diff: outcome.patch.diff },
    never,
  )
  assert.equal(project.base, upon.tree)
})

test('failures that an earlier change may have brought to other files than it was checked with are no proof', async (t) => {
  const files = {
    ...PROJECT,
    'src/part.js': PROJECT['src/part.js']!.replace('  return', '  var old\n  return'),
  }
  const planner = () => planned({ id: '1', filesOwned: ['src/part.js'] })
  const coder = () => parts("return 'farewell ' + name")
  const stage = await setStage(t, { files, cast: { planner, coder } })
  const upon = await politeness(stage)
  const request = 'Part politely in src/part.js.'
  const then = await stage.tell({ upon, request, id: 'task_1' })
  assert.equal(then.outcome?.kind, 'verified')
  const since = await stage.tell({ upon: { ...upon, tree: 'f'.repeat(40) }, request, id: 'task_2' })
  assert.equal(since.outcome?.kind, 'unverified')
  assert.match(since.outcome.reason, /^lint failed already with the earlier change/)
})
