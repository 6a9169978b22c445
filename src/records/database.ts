import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SwarmError } from '../core/errors.ts'
import { LEDGER_SCHEMA } from './ledger.ts'

/** Another shape of the tables has another number. */
const SCHEMA_VERSION = 2
/** How long a statement waits for another process, in milliseconds. Writes take a few; our event loop stands still. */
const BUSY_MS = 3_000

const SCHEMA = `
  CREATE TABLE receipts (
    task TEXT PRIMARY KEY, ended_at INTEGER NOT NULL, place TEXT, json TEXT NOT NULL, diff TEXT
  ) STRICT;
  CREATE INDEX receipts_by_end ON receipts (ended_at);
  CREATE TABLE outcomes (
    at INTEGER NOT NULL, tier TEXT NOT NULL, model TEXT NOT NULL, prompt TEXT NOT NULL, kind TEXT NOT NULL,
    code TEXT NOT NULL, counts INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX outcomes_by_model ON outcomes (model, kind, counts, at);
  CREATE TABLE voters (
    model TEXT NOT NULL, prompt TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (model, prompt)
  ) STRICT;
  CREATE TABLE reviewers (
    model TEXT NOT NULL, prompt TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (model, prompt)
  ) STRICT;
`

/** The file that a store is kept in, made where there is none. Throws SwarmError with what to do about it. */
export function openDatabase(path: string): DatabaseSync {
  const database = explained(path, () => {
    // what was asked and what was written is the user's own business
    if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return new DatabaseSync(path, { timeout: BUSY_MS })
  })
  try {
    explained(path, () => prepare(database, path))
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A store that nobody else sees and that goes with the process. */
export const IN_MEMORY = ':memory:'

function prepare(database: DatabaseSync, path: string): void {
  // readers never wait for a writer, so a server and a command can share it
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  if (versionOf(database) === SCHEMA_VERSION) return
  inTransaction(database, () => {
    // between the look and the lock another process may have made it
    const version = versionOf(database)
    if (version > SCHEMA_VERSION) throw newer(path)
    if (version < 1) database.exec(SCHEMA)
    if (version < 2) database.exec(LEDGER_SCHEMA)
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })
}

const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version'])

/** All of it or nothing; other writers wait. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // a full disk has rolled it back already
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

const newer = (path: string): SwarmError =>
  new SwarmError(
    'bad-request',
    `${path} was written by a newer Quorum; update Quorum, or name another folder: QUORUM_DATA=DIR`,
  )

/** Runs it, and says of what the file system or SQLite complain what can be done about it. */
export function explained<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof SwarmError || !(error instanceof Error && 'code' in error)) throw error
    const isDamaged = 'errcode' in error && DAMAGED.has(Number(error.errcode) & 0xff)
    const what = isDamaged
      ? `${path} is no store of Quorum's, or is damaged; move it away, or name another folder: QUORUM_DATA=DIR`
      : `${path} cannot be used (${error.message}); check its folder's rights and space, or name another: QUORUM_DATA=DIR`
    throw new SwarmError(isDamaged ? 'bad-request' : 'forbidden', what, { cause: error })
  }
}

/** SQLITE_CORRUPT, SQLITE_NOTADB, and SQLITE_ERROR: a table that is not there. https://sqlite.org/rescode.html */
const DAMAGED: ReadonlySet<number> = new Set([11, 26, 1])
