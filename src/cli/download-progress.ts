import type { Progress } from '../embedded/fetch-model.ts'

type Output = { readonly isTerminal: boolean; readonly write: (text: string) => void }

export type ProgressShown = { readonly tell: (progress: Progress) => void; readonly end: () => void }

const WIDTH = 30
/** Where nothing can be drawn over, a line comes each time so much more is there. */
const STEP_PERCENT = 5

/** Shows how far a download is: a bar on a terminal, else a line now and then. */
export function createProgress({ isTerminal, write }: Output): ProgressShown {
  let shown = -1
  return {
    tell(progress) {
      const percent = percentOf(progress)
      const step = isTerminal ? percent : percent - (percent % STEP_PERCENT)
      if (step <= shown) return
      shown = step
      write(isTerminal ? `\r${bar(step)} ${sizes(progress)}` : `${step} % of ${sizes(progress)}\n`)
    },
    end: () => write(isTerminal && shown >= 0 ? '\n' : ''),
  }
}

const percentOf = ({ totalSize, downloadedSize }: Progress): number =>
  totalSize > 0 ? Math.min(100, Math.floor((100 * downloadedSize) / totalSize)) : 0

function bar(percent: number): string {
  const full = Math.round((WIDTH * percent) / 100)
  return `[${'#'.repeat(full)}${' '.repeat(WIDTH - full)}] ${String(percent).padStart(3)} %`
}

const sizes = ({ totalSize }: Progress): string => `${(totalSize / 1e6).toFixed(0)} MB`
