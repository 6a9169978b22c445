import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Booth } from '../../src/cascade/voting/ballot.ts'
import type { Limits } from '../../src/cascade/ports.ts'
import type { Cluster } from '../../src/core/agreement.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import { NO_EXPERIENCE } from '../../src/core/experience.ts'
import { NO_BUDGET, type Verified } from '../../src/core/task.ts'
import { NO_VOTER_RECORD, type VoterRecord } from '../../src/core/voter-record.ts'
import { createModels, type ModelOptions } from '../../src/models/client.ts'
import { loadPrompts } from '../../src/models/prompts.ts'
import { LIMITS, NO_OVERVIEW } from './story.ts'
import { startScriptedModels, type ScriptedModels, type ScriptedReply } from './scripted-models.ts'

/** Says a letter, or something else; `nth` counts its calls from 1. */
export type Voter = (text: string, nth: number) => Said | Promise<Said>
type Said = string | ScriptedReply

/** One that has shown what it can. */
export const ADMITTED: VoterRecord = { ...NO_VOTER_RECORD, labelled: 20, right: 20, valid: 20, first: 10 }

/** A vote's surroundings: all of them real but what the voter says. */
export async function setBooth(
  t: TestContext,
  voter: Voter,
  scene: { record?: VoterRecord; limits?: Partial<Limits>; models?: Partial<ModelOptions> } = {},
): Promise<{ booth: Booth; server: ScriptedModels }> {
  const server = await startScriptedModels(async ({ text, index }) => {
    const said = await voter(text, index + 1)
    return typeof said === 'string' ? { kind: 'text', text: said } : said
  })
  const clock = {
    now: () => performance.now(),
    sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  }
  const models = createModels({
    tiers: { fast: { model: 'fast-coder', url: server.url, apiKey: null, slots: 8 } },
    idleTimeoutMs: 60_000,
    firstTokenTimeoutMs: 60_000,
    tries: 1,
    clock,
    ...scene.models,
  })
  t.after(async () => {
    await models.close()
    await server.close()
  })
  const booth: Booth = {
    task: {
      id: 'task_1',
      request: 'Greet politely.',
      conversation: '',
      filesOwned: [],
      allowTests: false,
      effort: 'medium',
      budget: NO_BUDGET,
      workspace: { kind: 'named', name: 'app' },
    },
    brief: { request: 'Greet politely.', overview: NO_OVERVIEW, paths: [] },
    attempt: 1,
    tier: 'fast',
    ports: {
      experience: { ...NO_EXPERIENCE, voter: () => scene.record ?? NO_VOTER_RECORD },
      models,
      prompts: loadPrompts(join(import.meta.dirname, '../../prompts')),
      clock,
      limits: { ...LIMITS, ...scene.limits },
    },
  }
  return { booth, server }
}

/** A diff that adds these lines to one file. */
export const diffAdding = (...lines: string[]): string =>
  `diff --git a/src/greet.js b/src/greet.js\nindex 1111111..2222222 100644\n--- a/src/greet.js\n+++ b/src/greet.js\n@@ -1,1 +1,${lines.length + 1} @@\n first\n${lines.map((line) => `+${line}\n`).join('')}`

/** A group of candidates that made this change, at these seats. */
export function clusterOf(code: string, ...seats: number[]): Cluster {
  const lines = code.split('\n')
  const members = seats.map((seat): Verified => ({
    state: 'verified',
    place: { subtask: '1', seat },
    patch: { tree: code, diff: diffAdding(...lines), files: ['src/greet.js'], lines: lines.length },
    gates: [],
    form: code,
  }))
  return { form: code, members, seats, lines: lines.length }
}

/** All events of a stage, and its result; `hear` is told of each as it comes. */
export async function told<Result>(
  stage: AsyncGenerator<SwarmEvent, Result, void>,
  hear: (event: SwarmEvent) => void = () => {},
): Promise<{ story: SwarmEvent[]; result: Result }> {
  const story: SwarmEvent[] = []
  for (;;) {
    const next = await stage.next()
    if (next.done) return { story, result: next.value }
    story.push(next.value)
    hear(next.value)
  }
}

/** A gate that opens when it was reached so many times. */
export function gateFor(count: number): { reach(): void; readonly open: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = count
  const reach = (): void => {
    left -= 1
    if (left === 0) resolve()
  }
  return { reach, open: promise }
}
