import type { FileView } from '../../core/budget-context.ts'
import { changedLines } from '../../core/changed-lines.ts'
import type { Wanted } from '../../core/excerpt/wanted.ts'
import { summarise } from '../../core/gates.ts'
import type { GateResult, Patch, TierName, Verdict } from '../../core/task.ts'
import { readVerdict } from '../../core/verdict.ts'
import { nearestTest } from '../proving/admit-test.ts'
import { tryAsk } from '../ask.ts'
import { contextReady } from '../context-ready.ts'
import { fitPrompt, textPart, type Draft } from '../fit-prompt.ts'
import { readGround, viewFiles } from '../file-views.ts'
import type { Models, Ports, Stage } from '../ports.ts'
import { examplePart } from '../preprocess.ts'
import type { Setting } from '../setting.ts'

type Change = { readonly patch: Patch; readonly gates: readonly GateResult[] }

/** Where the reviewer sits: at its own tier, or the highest there is. */
export const reviewerTier = ({ tiers, chairs }: Models): TierName =>
  chairs?.reviewer ?? (tiers.includes('reviewer') ? 'reviewer' : tiers.at(-1)!)

/** A change to private files is for a reviewer at home, where there is one. */
function judgeOf({ files }: Patch, { models, privacy }: Ports): TierName {
  const usual = reviewerTier(models)
  if (privacy?.placeOf(usual) !== 'cloud' || !files.some((file) => privacy.isPrivate(file))) return usual
  return models.tiers.findLast((tier) => privacy.placeOf(tier) === 'local') ?? usual
}

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
  const place = { subtask: 'review', seat: loop }
  const asker = { role: 'reviewer', place, tier: judgeOf(change.patch, ports) } as const
  const draft = await reviewDraft(change, setting, signal)
  const fitted = yield* fitPrompt(draft, asker, ports, signal)
  yield contextReady(asker, fitted, ports)
  const prompt = fitted()
  const answer = yield* tryAsk({ ...asker, taskId: task.id, attempt, prompt }, ports, signal)
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

async function reviewDraft({ patch, gates }: Change, setting: Setting, signal: AbortSignal): Promise<Draft> {
  const { brief } = setting
  const files = await changedFiles(patch, setting, signal)
  const example = await nearestTest(patch.tree, { request: brief.request, files: patch.files }, setting)
  const results = gates.map(describe).join('\n')
  return {
    name: 'review',
    parts: [
      textPart('diff', 'diff', patch.diff, 'both', 0.4),
      textPart('request', 'request', brief.request, 'both', 0.2),
      textPart('gates', 'results', results, 'start', 0.1, 'The project has no checks; nothing was run.'),
      {
        kind: 'files',
        into: 'sources',
        name: 'files',
        share: 0.2,
        instead: '(too large to be shown)',
        files,
      },
      examplePart(example, 0.1),
    ],
  }
}

/** The files of the change as they are now: whole where they fit, else what stands around the changed lines. */
async function changedFiles(
  { tree, files, diff }: Patch,
  { project, ports }: Setting,
  signal: AbortSignal,
): Promise<FileView[]> {
  const { meant, mapped } = await readGround(files, tree, { project, ports }, signal)
  const changed = changedLines(diff)
  const around: Wanted = {
    names: new Set(),
    words: new Set(),
    worth: () => 0,
    linesIn: (path) => changed.get(path) ?? [],
  }
  return viewFiles(meant, mapped, () => around, ports.limits.contextCharacters)
}

function describe(result: GateResult): string {
  if (result.status === 'failed') return summarise(result)
  const before =
    result.knownFailures > 0 ? `, apart from ${result.knownFailures} failures that were there before` : ''
  return `${result.gate}: passed${before}`
}
