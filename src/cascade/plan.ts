import { checkPath } from '../core/paths.ts'
import { onePlan, readPlan, type PlanRules } from '../core/plan.ts'
import type { Plan } from '../core/task.ts'
import { tryAsk } from './ask.ts'
import type { Stage } from './ports.ts'
import type { Setting } from './setting.ts'

/** Breaks the request into sub-tasks with owned files and dependencies; no or a bad reply becomes the safe one-task plan. */
export async function* makePlan(setting: Setting, signal: AbortSignal): Stage<Plan> {
  const { task, brief, ports, tier, attempt, memory } = setting
  const prompt = ports.prompts.render('plan', {
    request: brief.request,
    overview: brief.overview,
    owned: task.filesOwned.join('\n') || '(any)',
    memory: memory || '(none)',
  })
  const place = { subtask: 'plan', seat: 1 }
  const question = { taskId: task.id, role: 'planner', place, tier, attempt, prompt } as const
  const answer = yield* tryAsk(question, ports, signal)
  const { filesOwned: callerOwned, allowTests } = task
  const existing = new Set(brief.paths)
  const limits = { filesOwned: [], callerOwned, allowTests, existing, judges: setting.project.judges }
  const rules: PlanRules = {
    request: brief.request,
    callerOwned,
    mayWrite: (path) => checkPath(path, limits).ok,
  }
  const plan = answer.ok
    ? readPlan(answer.reply.text, rules)
    : onePlan(rules, `the planner broke off: ${answer.error.message}`)
  yield { type: 'plan_ready', plan }
  return plan
}
