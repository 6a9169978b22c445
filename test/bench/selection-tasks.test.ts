import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkTasks } from '../../bench/selection/self-check.ts'
import { filesOf, type SmallTask, type Version } from '../../bench/selection/small-task.ts'
import { TASKS } from '../../bench/selection/tasks/all.ts'
import type { SourceFile } from '../../src/core/task.ts'
import { normalForms } from '../../src/workspace/normal-form/normal-forms.ts'
import { ALL, LONG } from '../support/long.ts'

const never = new AbortController().signal

test('there are at least forty tasks of every kind, each with its own name', () => {
  assert.ok(TASKS.length >= 40)
  assert.equal(new Set(TASKS.map(({ name }) => name)).size, TASKS.length)
  assert.deepEqual(new Set(TASKS.map(({ kind }) => kind)), new Set(['fix', 'feature', 'refactor']))
})

test(
  'every version of every task is what it is said to be: types, visible and hidden tests',
  { skip: !ALL && LONG },
  async () => {
    assert.deepEqual(await checkTasks(TASKS), [])
  },
)

test('the check of the tasks complains of a version that is not what it is said to be', async () => {
  const task = TASKS[0]!
  const wrong: SmallTask = { ...task, base: task.right[0], logic: [task.caught], mistyped: task.base }
  assert.deepEqual(await checkTasks([wrong]), [
    'clamp, base: hidden pass',
    'clamp, logic 0: visible fail',
    'clamp, mistyped: types pass',
  ])
})

test('the first two right versions of every task are the same code in other words, and no wrong one is', async () => {
  const form = await formsOf(TASKS)
  for (const task of TASKS) {
    const [plain, reworded, other] = task.right.map((version) => form(task, version))
    assert.equal(plain, reworded, `${task.name}: the second is not the first in other words`)
    assert.notEqual(plain, other, `${task.name}: the third is the first`)
    for (const logic of task.logic) assert.notEqual(form(task, logic), plain, `${task.name}: a wrong one`)
  }
})

/** Normal forms of all versions, read task by task; each version has a folder of its own. */
async function formsOf(tasks: readonly SmallTask[]): Promise<(task: SmallTask, version: Version) => string> {
  const versions = tasks.flatMap((task) =>
    [...task.right, ...task.logic].map((version) => ({ task, version })),
  )
  const filesAt = ({ task, version }: (typeof versions)[number], index: number): SourceFile[] =>
    Object.entries(filesOf(task, version)).map(([path, content]) => ({ path: `v${index}/${path}`, content }))
  const files = Map.groupBy(
    versions.map((one, index) => ({ ...one, files: filesAt(one, index) })),
    ({ task }) => task,
  )
  const forms = new Map<string, string>()
  for (const group of files.values())
    for (const [path, form] of await normalForms(
      group.flatMap(({ files }) => files),
      never,
    ))
      forms.set(path, form)
  return (task, version) => {
    const index = versions.findIndex((one) => one.task === task && one.version === version)
    const paths = Object.keys(filesOf(task, version)).toSorted()
    return JSON.stringify(paths.map((path) => forms.get(`v${index}/${path}`)!))
  }
}
