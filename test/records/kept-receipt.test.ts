import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findOne, readDelivered, readJson, readKept } from '../../src/records/kept-receipt.ts'
import { openStore } from '../../src/records/store.ts'
import { sha256 } from '../../src/tasks/seal.ts'
import { ended, NOW } from './scene.ts'

test('a task is meant by any beginning of its id that no other has, under both of its names', () => {
  using store = openStore(':memory:', () => NOW)
  store.keep(ended('task_abc'))
  store.keep(ended('task_abd'))
  assert.equal(findOne(store, 'task_abc').task, 'task_abc')
  assert.equal(findOne(store, 'chatcmpl-task_abd').task, 'task_abd')
  assert.throws(
    () => findOne(store, 'task_ab'),
    /several tasks begin with "task_ab"; say more of it:\n {2}task_ab/,
  )
  assert.throws(() => findOne(store, 'task_x'), /no receipt of a task "task_x" was kept here/)
})

test('a beginning is not enough where the id has to be exact', () => {
  using store = openStore(':memory:', () => NOW)
  store.keep(ended('task_abc'))
  assert.equal(readKept(store, 'task_ab'), null)
})

test('what another Quorum wrote into a receipt is still there when it is read', () => {
  using store = openStore(':memory:', () => NOW)
  const json = JSON.stringify({ task: 'task_1', status: 'verified', sha256: 'f', later: [1] })
  store.keep(
    ended('task_1', NOW, { receipt: { task: 'task_1', endedAt: NOW, place: null, json, diff: null } }),
  )
  assert.deepEqual(readKept(store, 'task_1'), JSON.parse(json))
  assert.deepEqual(readJson(findOne(store, 'task_1')), JSON.parse(json))
})

test('a delivered change is read only as it was sealed, and only where one was delivered', () => {
  using store = openStore(':memory:', () => NOW)
  const diff = 'diff --git a/a b/a\n'
  const receipt = {
    status: 'verified',
    request: 'greet',
    workspace: { name: 'app', tree: 'a'.repeat(40) },
    patchSha256: sha256(diff),
    sha256: 'f'.repeat(64),
  }
  const keep = (task: string, json: object, more: { diff?: string | null; place?: string | null } = {}) =>
    store.keep(
      ended(task, NOW, {
        receipt: { task, endedAt: NOW, place: '/app', json: JSON.stringify(json), diff, ...more },
      }),
    )
  keep('task_1', receipt)
  const change = { task: 'task_1', request: 'greet', diff, tree: receipt.workspace.tree }
  assert.deepEqual(readDelivered(store, 'task_1'), { change, workspace: 'app', seal: receipt.sha256 })
  keep('task_2', receipt, { place: null })
  assert.equal(readDelivered(store, 'task_2')?.workspace, null, 'its files came with the request')
  keep('task_3', { ...receipt, status: 'abstained' })
  keep('task_4', receipt, { diff: null })
  keep('task_5', receipt, { diff: `${diff}+more\n` })
  for (const task of ['task_', 'task_3', 'task_4', 'task_5', 'task_6'])
    assert.equal(readDelivered(store, task), null, task)
})
