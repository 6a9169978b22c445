import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { triage } from '../../src/core/triage.ts'
import { Errand, factsOf, fixtures, Requests } from './triage-request.ts'

const TABLE = await fixtures('requests', Requests)
const ERRANDS = await fixtures('errands', z.array(Errand))
type Group = Requests['task'][number]

const decide = (request: string, { files }: Group) =>
  triage(factsOf(request, files ? { hasFiles: true } : {})).kind
const decided = (kind: string, group: Group): string[] =>
  group.requests.filter((request) => decide(request, group) === kind)

for (const group of TABLE.task) {
  test(`asks for a change: ${group.class}`, () => assert.deepEqual(decided('direct', group), []))
}

for (const group of [...TABLE.direct, ...TABLE.unsure]) {
  test(`starts no task: ${group.class}`, () => assert.deepEqual(decided('task', group), []))
}

test('the table as a whole: how often a task is one, and how many of them are found', (t) => {
  const changes = [...TABLE.task, ...TABLE.unsure]
  const count = (groups: readonly Group[], kind: string): number =>
    groups.reduce((sum, group) => sum + decided(kind, group).length, 0)
  const found = count(changes, 'task')
  const missed = count(changes, 'direct')
  const wrong = count(TABLE.direct, 'task')
  const precision = found / (found + wrong)
  const recall = found / (found + missed)
  for (const group of [...changes, ...TABLE.direct]) {
    t.diagnostic(`${group.class}: ${decided('task', group).length} of ${group.requests.length} are tasks`)
  }
  t.diagnostic(
    `${found + missed} changes, ${count(TABLE.direct, 'direct') + wrong} others, ${ERRANDS.length} errands`,
  )
  t.diagnostic(`precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`)
  assert.equal(precision, 1)
  assert.ok(recall > 0.98)
})

test('no request stands in the table twice', () => {
  const groups = [...TABLE.task, ...TABLE.direct, ...TABLE.unsure]
  const all = groups.flatMap(({ class: name, files, requests }) =>
    requests.map((request) => (files ? `${name}: ${request}` : request)),
  )
  assert.deepEqual(
    all.filter((request, index) => all.indexOf(request) !== index),
    [],
  )
})
