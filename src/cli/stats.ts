import { loadConfig, type Overrides } from '../config.ts'
import { modeOf } from '../core/reviewer-record.ts'
import { standingOf } from '../core/voter-record.ts'
import type { Statistics } from '../records/statistics.ts'
import { openDataDir } from '../records/store.ts'
import { table } from './table.ts'

export type StatsFlags = Overrides & { json?: boolean }

/** Prints what outcomes have taught. */
export function stats({ json = false, ...overrides }: StatsFlags): number {
  const { dataDir } = loadConfig({ overrides, cwd: process.cwd() })
  using store = openDataDir(dataDir)
  const statistics = store.statistics()
  console.log(json ? JSON.stringify(statistics, null, 2) : told(statistics))
  return 0
}

/** The statistics as tables; an empty store has little to say. */
export function told({ tasks, rates, tokens, refusals, voters, reviewers }: Statistics): string {
  if (tasks.length === 0) return 'No task has ended yet; this fills as you work.'
  const parts = [
    tasksLine(tasks),
    table(
      ['candidates', 'model', 'kind', 'asked', 'verified', 'share'],
      rates.map(({ tier, model, kind, asked, verified }) => [
        tier,
        model,
        kind,
        asked,
        verified,
        percent(verified, asked),
      ]),
    ),
    table(
      ['not verified because', 'model', 'prompt', 'times'],
      refusals.map(({ model, prompt, code, times }) => [code, model, prompt, times]),
    ),
    table(
      ['tokens', 'prompt', 'completion', 'reasoning', 'seconds'],
      tokens.map(({ role, promptTokens, completionTokens, reasoningTokens, ms }) => [
        role,
        promptTokens,
        completionTokens,
        reasoningTokens,
        Math.round(ms / 1000),
      ]),
    ),
    table(
      ['voter', 'prompt', 'ballots', 'standing'],
      voters.map(({ model, prompt, record }) => {
        const { admitted, reason } = standingOf(record)
        return [
          model,
          prompt,
          record.valid + record.invalid,
          `${admitted ? 'may vote' : 'may not vote'}: ${reason}`,
        ]
      }),
    ),
    table(
      ['reviewer', 'prompt', 'reviews', 'rejected', 'standing'],
      reviewers.map(({ model, prompt, record }) => [
        model,
        prompt,
        record.reviews,
        record.rejections,
        `${MODES[modeOf(record)]}; ${record.counted} of ${record.checked} objections that were run were right`,
      ]),
    ),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function tasksLine(tasks: Statistics['tasks']): string {
  const sum = tasks.reduce((sum, row) => sum + row.tasks, 0)
  return `${sum} task${sum === 1 ? '' : 's'}: ${tasks.map(({ tasks, status }) => `${tasks} ${status}`).join(', ')}`
}

const MODES = {
  shown: 'an objection counts when running it shows it',
  trusted: 'an objection counts',
  advisory: 'objections are advice',
} as const

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`
