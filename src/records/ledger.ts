import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { z } from 'zod'
import { EndpointPlace } from '../core/privacy/policy-name.ts'
import type { TierName } from '../core/task.ts'

/** What one call to a model took. */
export type Spending = {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** null: it belongs to no task. */
  readonly task: string | null
  /** The role it was asked in, `picture`, `recording`, or `direct`. */
  readonly stage: string
  readonly tier: TierName | null
  readonly model: string
  readonly place: EndpointPlace
  readonly promptTokens: number
  readonly completionTokens: number
  /** Was any of it not counted by the upstream? */
  readonly estimated: boolean
  readonly ms: number
}

const Sum = z.object({
  /** The day in this machine's time zone, `2026-11-22`. */
  day: z.string(),
  place: EndpointPlace,
  model: z.string(),
  stage: z.string(),
  calls: z.number(),
  tasks: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  ms: z.number(),
  /** Calls of which some was estimated. */
  estimated: z.number(),
})
export type Sum = z.infer<typeof Sum>

/** Who took how many tokens and how long, task by task. */
export type Ledger = {
  write(spendings: readonly Spending[]): void
  /** Sums since a moment, by day, place, model and stage. */
  since(at: number): Sum[]
  /** How many calls are written down since then, and what they took: changes with every call. */
  mark(at: number): string
}

const DAY_MS = 24 * 60 * 60 * 1000
const KEPT_DAYS = 400
/** So often what is older is thrown away, in calls. */
const FORGET_EVERY = 500

/** The tables of version 2. */
export const LEDGER_SCHEMA = `
  CREATE TABLE spendings (
    at INTEGER NOT NULL, task TEXT, stage TEXT NOT NULL, tier TEXT, model TEXT NOT NULL, place TEXT NOT NULL,
    prompt INTEGER NOT NULL, completion INTEGER NOT NULL, estimated INTEGER NOT NULL, ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX spendings_by_time ON spendings (at);
`

/** The ledger in this database. `guard` explains what goes wrong with the file. */
export function createLedger(database: DatabaseSync, guard: <Result>(work: () => Result) => Result): Ledger {
  let written = 0
  const insert = (spending: Spending): void => {
    const { at, task, stage, tier, model, place, promptTokens, completionTokens, estimated, ms } = spending
    if (written % FORGET_EVERY === 0) forget(database, at)
    written += 1
    const counts = [promptTokens, completionTokens, Number(estimated), Math.round(ms)]
    statement().run(Math.round(at), task, stage, tier, model, place, ...counts)
  }
  let prepared: StatementSync | null = null
  const statement = (): StatementSync =>
    (prepared ??= database.prepare('INSERT INTO spendings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'))
  return {
    write: (spendings) =>
      guard(() => {
        database.exec('BEGIN')
        try {
          spendings.forEach(insert)
        } catch (error) {
          database.exec('ROLLBACK')
          throw error
        }
        database.exec('COMMIT')
      }),
    since: (at) =>
      guard(() =>
        database
          .prepare(
            `SELECT date(at / 1000, 'unixepoch', 'localtime') AS day, place, model, stage, count(*) AS calls,
               count(DISTINCT task) AS tasks, sum(prompt) AS promptTokens, sum(completion) AS completionTokens,
               sum(ms) AS ms, sum(estimated) AS estimated
             FROM spendings WHERE at >= ? GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2, 3, 4`,
          )
          .all(Math.round(at))
          .map((row) => Sum.parse(row)),
      ),
    mark: (at) =>
      guard(() =>
        JSON.stringify(
          database
            .prepare('SELECT count(*) AS calls, max(rowid) AS last FROM spendings WHERE at >= ?')
            .get(Math.round(at)),
        ),
      ),
  }
}

const forget = (database: DatabaseSync, now: number): void => {
  database.prepare('DELETE FROM spendings WHERE at < ?').run(Math.round(now - KEPT_DAYS * DAY_MS))
}
