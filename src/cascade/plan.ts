import { checkPath } from '../core/paths.ts'
import { onePlan, readPlan, type PlanRules } from '../core/plan.ts'
import type { Plan } from '../core/task.ts'
import { mapParts } from './map-parts.ts'
import { textPart, type Draft } from './fit-prompt.ts'
import { askPlanner } from './plan-rounds.ts'
import type { Stage } from './ports.ts'
import type { Setting } from './setting.ts'

/**
 * Breaks the request into sub-tasks with owned files and dependencies. The planner may look first; no or a bad reply
 * becomes the safe one-task plan.
 */
export async function* makePlan(setting: Setting, signal: AbortSignal): Stage<Plan> {
  const { task, brief, ports, memory } = setting
  const tier = ports.models.chairs?.planner ?? setting.tier
  const asker = { role: 'planner', place: { subtask: 'plan', seat: 1 }, tier } as const
  const map = yield* mapParts(setting, signal)
  const draft: Draft = {
    name: 'plan',
    parts: [
      textPart('request', 'request', brief.request, 'both', 0.4),
      textPart('owned', 'list of owned files', task.filesOwned.join('\n'), 'start', 0.1, '(any)'),
      ...brief.overview,
      ...map,
      textPart('memory', 'lessons of earlier attempts', memory, 'end', 0.2, '(none)'),
    ],
  }
  const answer = yield* askPlanner(draft, asker, setting, signal)
  const { filesOwned: callerOwned, allowTests } = task
  const existing = new Set(brief.paths)
  const limits = { filesOwned: [], callerOwned, allowTests, existing, judges: setting.project.judges }
  const rules: PlanRules = {
    request: brief.request,
    callerOwned,
    existing,
    mayWrite: (path) => checkPath(path, limits).ok,
  }
  const plan = answer.ok
    ? readPlan(answer.reply.text, rules)
    : onePlan(rules, `the planner broke off: ${answer.error.message}`)
  yield { type: 'plan_ready', plan }
  return plan
}
