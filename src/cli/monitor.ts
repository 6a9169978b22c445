import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig, type Overrides } from '../config.ts'
import { DEFAULT_PRICES, estimateSaving } from '../core/prices.ts'
import type { Ledger } from '../records/ledger.ts'
import { openDataDir } from '../records/store.ts'
import { onInterrupt } from './interrupt.ts'
import { tellLedger, type LedgerReport } from './monitor-text.ts'

export type MonitorFlags = Overrides & { json?: boolean; watch?: boolean; days?: number }

const USUAL_DAYS = 7
const DAY_MS = 24 * 60 * 60 * 1000
const LOOK_EVERY_MS = 1_000
/** Cursor to the top left corner, and everything below it gone: https://en.wikipedia.org/wiki/ANSI_escape_code#CSI */
const REDRAW = '\u001B[H\u001B[J'

/** Prints who took how many tokens, here and in the cloud, and what that saved; with `watch`, until interrupted. */
export async function monitor({
  json = false,
  watch = false,
  days = USUAL_DAYS,
  ...overrides
}: MonitorFlags): Promise<number> {
  const { dataDir, prices } = loadConfig({ overrides, cwd: process.cwd() })
  using store = openDataDir(dataDir)
  const table = prices ?? DEFAULT_PRICES
  const text = (): string => {
    const report = reportOn(store.ledger, days, table, Date.now())
    return json ? JSON.stringify(report, null, watch ? undefined : 2) : tellLedger(report)
  }
  if (!watch) {
    console.log(text())
    return 0
  }
  await follow(store.ledger, days, text, process.stdout.isTTY && !json)
  return 0
}

/** The last `days` days, today included. */
export function reportOn(
  ledger: Pick<Ledger, 'since'>,
  days: number,
  prices: LedgerReport['prices'],
  now: number,
): LedgerReport {
  const sums = ledger.since(firstMoment(days, now))
  return { days, sums, prices, estimate: estimateSaving(sums, prices) }
}

/** Midnight, as many days ago as that today is the last of them. */
function firstMoment(days: number, now: number): number {
  const today = new Date(now)
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - days + 1).getTime()
}

/** Where lines cannot be drawn over, the report is told anew only when it has changed. */
async function follow(ledger: Ledger, days: number, text: () => string, redraws: boolean): Promise<void> {
  using interruption = onInterrupt()
  const { signal } = interruption
  let before = ''
  while (!signal.aborted) {
    const mark = ledger.mark(Date.now() - days * DAY_MS)
    if (mark !== before) console.log(redraws ? `${REDRAW}${text()}` : text())
    before = mark
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}
