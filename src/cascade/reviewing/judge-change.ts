import { summarise } from '../../core/gates.ts'
import type { GateResult, Patch, TierName, Verdict } from '../../core/task.ts'
import { readVerdict } from '../../core/verdict.ts'
import { nearestTest } from '../proving/admit-test.ts'
import { tryAsk } from '../ask.ts'
import type { Models, Prompt, Stage } from '../ports.ts'
import { showSources } from '../preprocess.ts'
import { readFiles } from '../read-files.ts'
import type { Setting } from '../setting.ts'

type Change = { readonly patch: Patch; readonly gates: readonly GateResult[] }

/** Where the reviewer sits: at its own tier, or the highest there is. */
export const reviewerTier = ({ tiers }: Models): TierName =>
  tiers.includes('reviewer') ? 'reviewer' : tiers.at(-1)!

/**
 * One verdict; null when the reviewer could not be reached or wrote none. It sees request, diff, files and gate results,
 * never what a coder said, who it was or how others voted.
 */
export async function* judgeChange(
  change: Change,
  loop: number,
  setting: Setting,
  signal: AbortSignal,
): Stage<Verdict | null> {
  const { ports, task, attempt } = setting
  const startedAt = ports.clock.now()
  const prompt = await reviewPrompt(change, setting)
  const place = { subtask: 'review', seat: loop }
  const tier = reviewerTier(ports.models)
  const answer = yield* tryAsk(
    { taskId: task.id, role: 'reviewer', place, tier, attempt, prompt },
    ports,
    signal,
  )
  const verdict = answer.ok ? readVerdict(answer.reply.text) : null
  yield {
    type: 'review_complete',
    loop,
    decision: verdict?.decision ?? 'unreadable',
    requirements: verdict?.requirements ?? [],
    objections: verdict?.objections ?? [],
    latencyMs: Math.round(ports.clock.now() - startedAt),
  }
  return verdict
}

async function reviewPrompt({ patch, gates }: Change, setting: Setting): Promise<Prompt> {
  const { ports, brief } = setting
  const sources = await changedFiles(patch, setting)
  const example = await nearestTest(patch.tree, { request: brief.request, files: patch.files }, setting)
  return ports.prompts.render('review', {
    request: brief.request,
    gates: gates.map(describe).join('\n') || 'The project has no checks; nothing was run.',
    sources: sources || '(too large to be shown)',
    example: example ? showSources([example]) : '(the project has no test yet)',
    diff: patch.diff,
  })
}

/** The files of the change as they are now, as far as there is room; the diff shows the rest. */
async function changedFiles({ tree, files }: Patch, { project, ports }: Setting): Promise<string> {
  const contents = await readFiles(project, files, tree)
  let room = ports.limits.contextCharacters
  const shown = [...contents].filter(([, { length }]) => {
    if (length > room) return false
    room -= length
    return true
  })
  return showSources(shown.map(([path, content]) => ({ path, content })))
}

function describe(result: GateResult): string {
  if (result.status === 'failed') return summarise(result)
  const before =
    result.knownFailures > 0 ? `, apart from ${result.knownFailures} failures that were there before` : ''
  return `${result.gate}: passed${before}`
}
