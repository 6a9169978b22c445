import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { reportOn } from '../../src/cli/monitor.ts'
import { tellLedger } from '../../src/cli/monitor-text.ts'
import { DEFAULT_PRICES } from '../../src/core/prices.ts'
import { createBookkeeper } from '../../src/records/bookkeeper.ts'
import type { Spending } from '../../src/records/ledger.ts'
import { openStore } from '../../src/records/store.ts'
import { folderOf } from './scene.ts'

const NOW = new Date(2026, 10, 20, 12).getTime()
const DAY_MS = 24 * 60 * 60 * 1000
const spending = (more: Partial<Spending> = {}): Spending => ({
  at: NOW,
  task: 't1',
  stage: 'coder',
  tier: 'fast',
  model: 'small',
  place: 'local',
  promptTokens: 100,
  completionTokens: 10,
  estimated: false,
  ms: 1_500,
  ...more,
})

test('what calls took is summed by day, place, model and stage, as far back as is asked', () => {
  using store = openStore(':memory:', () => NOW)
  const { ledger } = store
  for (const more of [
    {},
    { task: 't2' },
    { stage: 'planner', model: 'big', place: 'cloud' as const },
    { at: NOW - DAY_MS },
    { at: NOW - 30 * DAY_MS },
  ])
    ledger.write([spending(more)])
  const sums = ledger.since(NOW - 2 * DAY_MS)
  assert.deepEqual(
    sums.map(({ day, place, stage, calls, tasks, promptTokens, ms }) =>
      [day, place, stage, calls, tasks, promptTokens, ms].join(' '),
    ),
    [
      '2026-11-20 cloud planner 1 1 100 1500',
      '2026-11-20 local coder 2 2 200 3000',
      '2026-11-19 local coder 1 1 100 1500',
    ],
  )
  assert.equal(reportOn(ledger, 1, DEFAULT_PRICES, NOW).sums.length, 2)
})

test('the report tells both places, the estimate, and the prices it stands on', () => {
  using store = openStore(':memory:', () => NOW)
  store.ledger.write([spending({ promptTokens: 1_000_000, completionTokens: 0 })])
  store.ledger.write([
    spending({ place: 'cloud', model: 'big', promptTokens: 0, completionTokens: 1_000_000 }),
  ])
  const direct = { stage: 'direct', task: null, promptTokens: 0, completionTokens: 0, estimated: true }
  store.ledger.write([spending(direct)])
  const text = tellLedger(reportOn(store.ledger, 7, DEFAULT_PRICES, NOW))
  assert.match(
    text,
    /^place +calls +prompt +completion +seconds\ncloud +1 +0 +1,000,000 +2\nlocal +2 +1,000,000 +0 +3$/m,
  )
  assert.match(
    text,
    /by estimate: \$3\.00 of the \$18\.00 that all of it would have been in the cloud \(17 %\)/,
  )
  assert.match(text, /\$3\.00 in and \$15\.00 out for a million tokens; an assumed price/)
  assert.match(
    text,
    /^Of direct calls whose upstream did not tell what they took, only what was sent is known/m,
  )
  assert.match(tellLedger(reportOn(store.ledger, 1, DEFAULT_PRICES, NOW + 9 * DAY_MS)), /^No model was asked/)
})

test('a store of the version before gets its ledger, and keeps what it holds', (t) => {
  const path = join(folderOf(t), 'quorum.db')
  {
    using store = openStore(path, () => NOW)
    store.ledger.write([spending()])
  }
  {
    using database = new DatabaseSync(path)
    database.exec('DROP TABLE spendings; PRAGMA user_version = 1')
  }
  using store = openStore(path, () => NOW)
  assert.deepEqual(store.ledger.since(0), [])
  assert.equal(store.statistics().tasks.length, 0)
})

test('every call of a story is booked at its place; a book that cannot be written stops nobody', () => {
  using store = openStore(':memory:', () => NOW)
  const troubles: unknown[] = []
  const needs = {
    placeOf: (tier: string) => (tier === 'cloud' ? ('cloud' as const) : ('local' as const)),
    placeOfSense: () => 'local' as const,
    onTrouble: (error: unknown) => troubles.push(error),
  }
  const usage = { promptTokens: 7, completionTokens: 3, reasoningTokens: 0, estimated: true }
  const event = {
    type: 'model_call_complete',
    call: '1',
    role: 'reviewer',
    place: { subtask: 'review', seat: 1 },
    tier: 'cloud',
    model: 'big',
    status: 'ok',
    error: null,
    usage,
    latencyMs: 20,
  } as const
  const entry = { taskId: 't1', seq: 1, at: NOW, tier: null, attempt: 1, event }
  const books = createBookkeeper({ ...needs, ledger: store.ledger })
  books.read(entry)
  const direct = { tier: 'fast', model: 'small', at: NOW, ms: 4, characters: 35 } as const
  books.direct({ ...direct, counted: null })
  books.direct({ ...direct, counted: { promptTokens: 9, completionTokens: 2 } })
  assert.deepEqual(store.ledger.since(0), [], 'nothing is written while an answer passes')
  books[Symbol.dispose]()
  assert.deepEqual(
    store.ledger
      .since(0)
      .map(({ place, stage, promptTokens, completionTokens, estimated, tasks }) => [
        place,
        stage,
        [promptTokens, completionTokens, estimated],
        tasks,
      ]),
    [
      ['cloud', 'reviewer', [7, 3, 1], 1],
      ['local', 'direct', [19, 2, 1], 0],
    ],
  )
  const full = {
    write() {
      throw new Error('the disk is full')
    },
  }
  const broken = createBookkeeper({ ...needs, ledger: full })
  for (let call = 0; call < 2; call += 1) {
    broken.read(entry)
    broken[Symbol.dispose]()
  }
  assert.equal(troubles.length, 1)
})
