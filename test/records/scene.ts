import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Entry, SwarmEvent } from '../../src/core/event.ts'
import type { Ended } from '../../src/records/store.ts'

/** A folder that goes with the test. */
export function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-records-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const DAY_MS = 24 * 60 * 60 * 1000
export const NOW = 1_800_000_000_000

/** A task that ended and left nothing but its receipt. */
export const ended = (task: string, endedAt = NOW, rest: Partial<Ended> = {}): Ended => ({
  receipt: {
    task,
    endedAt,
    place: '/somewhere',
    json: JSON.stringify({ task, status: 'verified' }),
    diff: null,
  },
  kind: 'fix',
  prompt: 'p1',
  outcomes: [],
  voters: [],
  reviewers: [],
  ...rest,
})

/** Candidates of one model with these codes, in order. */
export const candidates = (codes: readonly string[], model = 'small', counts = true): Ended['outcomes'] =>
  codes.map((code) => ({ tier: 'fast', model, code, counts }))

/** A story of these events, a second apart. */
export const storyOf = (events: readonly SwarmEvent[], taskId = 'task_1'): Entry[] =>
  events.map((event, seq) => ({
    seq,
    at: NOW + seq * 1_000,
    taskId,
    attempt: 1,
    tier: 'fast',
    event,
  }))
