import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type { Rate, TaskKind } from '../core/experience.ts'
import type { CandidateOutcome } from '../core/outcomes.ts'
import { NO_REVIEWER_RECORD, ReviewerRecord } from '../core/reviewer-record.ts'
import { NO_VOTER_RECORD, VoterRecord } from '../core/voter-record.ts'
import { createKnowledge, type Known } from './knowledge.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { explained, IN_MEMORY, inTransaction, openDatabase } from './database.ts'
import { statisticsOf, type Statistics } from './statistics.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const KEPT_DAYS = 90
const MOST_RECEIPTS = 2_000
const MOST_OUTCOMES = 50_000
/** What is older says little of a model, and a tier that was passed by gets another chance. */
const RECENT_DAYS = 14
const RECENT_CANDIDATES = 50

/** A receipt as it was written down. */
export type Kept = {
  readonly task: string
  readonly place: string | null
  readonly json: string
  readonly diff: string | null
}

/** What is left of a task when its story has ended. */
export type Ended = {
  readonly receipt: Kept & { readonly endedAt: number }
  readonly kind: TaskKind
  /** Version of the coders' prompt. */
  readonly prompt: string
  readonly outcomes: readonly CandidateOutcome[]
  readonly voters: readonly (Known & { readonly learn: (record: VoterRecord) => VoterRecord })[]
  readonly reviewers: readonly (Known & { readonly learn: (record: ReviewerRecord) => ReviewerRecord })[]
}

/** What outlives a task: its receipt, and what it taught. Every verb throws SwarmError when the file cannot be used. */
export type Store = Disposable & {
  keep(ended: Ended): void
  /** Receipts whose task's id begins so; one that is called exactly so comes alone. */
  find(prefix: string): Kept[]
  rate(model: string, kind: TaskKind): Rate
  voter(known: Known): VoterRecord
  setVoter(known: Known, record: VoterRecord): void
  reviewer(known: Known): ReviewerRecord
  statistics(): Statistics
  readonly ledger: Ledger
}

/** Opens what is kept in a data folder; null stands for memory. Throws SwarmError with what to do when it cannot. */
export const openDataDir = (dataDir: string | null): Store =>
  openStore(dataDir === null ? IN_MEMORY : join(dataDir, 'quorum.db'), Date.now)

/** Opens the store in this file. `now` is in milliseconds since the epoch. */
export function openStore(path: string, now: () => number): Store {
  const database = openDatabase(path)
  const voters = createKnowledge(database, 'voters', VoterRecord, NO_VOTER_RECORD)
  const reviewers = createKnowledge(database, 'reviewers', ReviewerRecord, NO_REVIEWER_RECORD)
  const guard = <Result>(work: () => Result): Result => explained(path, work)

  return {
    keep: (ended) =>
      guard(() =>
        inTransaction(database, () => {
          writeReceipt(database, ended)
          writeOutcomes(database, ended)
          for (const known of ended.voters) voters.set(known, known.learn(voters.get(known)))
          for (const known of ended.reviewers) reviewers.set(known, known.learn(reviewers.get(known)))
          forget(database, now())
        }),
      ),
    find: (prefix) => guard(() => findReceipts(database, prefix)),
    rate: (model, kind) => guard(() => rateOf(database, model, kind, now() - RECENT_DAYS * DAY_MS)),
    voter: (known) => guard(() => voters.get(known)),
    setVoter: (known, record) => guard(() => voters.set(known, record)),
    reviewer: (known) => guard(() => reviewers.get(known)),
    statistics: () => guard(() => statisticsOf(database)),
    ledger: createLedger(database, guard),
    [Symbol.dispose]: () => database.close(),
  }
}

function writeReceipt(database: DatabaseSync, { receipt }: Ended): void {
  const { task, endedAt, place, json, diff } = receipt
  database
    .prepare('INSERT OR REPLACE INTO receipts (task, ended_at, place, json, diff) VALUES (?, ?, ?, ?, ?)')
    .run(task, Math.round(endedAt), place, json, diff)
}

function writeOutcomes(database: DatabaseSync, { receipt, kind, prompt, outcomes }: Ended): void {
  const insert = database.prepare(
    'INSERT INTO outcomes (at, tier, model, prompt, kind, code, counts) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  for (const { tier, model, code, counts } of outcomes)
    insert.run(Math.round(receipt.endedAt), tier, model, prompt, kind, code, Number(counts))
}

function forget(database: DatabaseSync, now: number): void {
  const oldest = Math.round(now - KEPT_DAYS * DAY_MS)
  database.prepare('DELETE FROM receipts WHERE ended_at < ?').run(oldest)
  database.prepare('DELETE FROM outcomes WHERE at < ?').run(oldest)
  database
    .prepare(
      'DELETE FROM receipts WHERE task IN (SELECT task FROM receipts ORDER BY ended_at DESC LIMIT -1 OFFSET ?)',
    )
    .run(MOST_RECEIPTS)
  database
    .prepare('DELETE FROM outcomes WHERE rowid <= (SELECT max(rowid) FROM outcomes) - ?')
    .run(MOST_OUTCOMES)
}

const KeptRow = z.object({
  task: z.string(),
  place: z.string().nullable(),
  json: z.string(),
  diff: z.string().nullable(),
})

function findReceipts(database: DatabaseSync, prefix: string): Kept[] {
  const rows = database
    .prepare(
      `SELECT task, place, json, diff FROM receipts WHERE substr(task, 1, length(?1)) = ?1
       ORDER BY task = ?1 DESC, ended_at DESC LIMIT 20`,
    )
    .all(prefix)
    .map((row) => KeptRow.parse(row))
  return rows[0]?.task === prefix ? rows.slice(0, 1) : rows
}

function rateOf(database: DatabaseSync, model: string, kind: TaskKind, since: number): Rate {
  const row = database
    .prepare(
      `SELECT count(*) AS asked, coalesce(sum(code IN ('verified', 'agreed')), 0) AS verified FROM (
         SELECT code FROM outcomes WHERE model = ? AND kind = ? AND counts = 1 AND at >= ?
         ORDER BY at DESC, rowid DESC LIMIT ?)`,
    )
    .get(model, kind, Math.round(since), RECENT_CANDIDATES)
  return RateRow.parse(row)
}

const RateRow = z.object({ asked: z.number(), verified: z.number() })
