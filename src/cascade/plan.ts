import { checkPath } from '../core/paths.ts'
import { planOrQuestionsForm, schemaOf } from '../core/json-form.ts'
import { readQuestions, type PlanQuestions } from '../core/plan-questions.ts'
import { onePlan, readPlan, type PlanRules } from '../core/plan.ts'
import type { Plan } from '../core/task.ts'
import { tryAsk, type Answer } from './ask.ts'
import { contextReady } from './context-ready.ts'
import { mapParts } from './map-parts.ts'
import { fitPrompt, textPart, type Asker, type Draft } from './fit-prompt.ts'
import { answerQuestions } from './plan-answers.ts'
import type { Stage } from './ports.ts'
import type { Setting } from './setting.ts'

/**
 * Breaks the request into sub-tasks with owned files and dependencies. The planner may ask for files and names first, once;
 * no or a bad reply becomes the safe one-task plan.
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
  const first = yield* askPlanner(draft, 1, asker, setting, signal)
  const questions = first.ok ? readQuestions(first.reply.text) : null
  const answer = questions ? yield* planAfter(questions, draft, asker, setting, signal) : first
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

/** The same question with what the planner wanted to see; for that, everything else does with less room. */
async function* planAfter(
  questions: PlanQuestions,
  { parts, ...draft }: Draft,
  asker: Asker,
  setting: Setting,
  signal: AbortSignal,
): Stage<Answer> {
  const answers = await answerQuestions(questions, setting, signal)
  const taken = answers.reduce((sum, { share }) => sum + share, 0)
  const smaller = parts.map((part) => ({ ...part, share: part.share * (1 - taken) }))
  return yield* askPlanner({ ...draft, parts: [...smaller, ...answers] }, 2, asker, setting, signal)
}

/** The first time it may ask instead of planning; what it was told then is no reason to ask again. */
async function* askPlanner(
  draft: Draft,
  sample: 1 | 2,
  asker: Asker,
  { task, attempt, ports }: Setting,
  signal: AbortSignal,
): Stage<Answer> {
  const fitted = yield* fitPrompt(draft, asker, ports, signal)
  yield contextReady(asker, fitted, ports)
  const prompt = sample === 1 ? { ...fitted(), schema: schemaOf(planOrQuestionsForm) } : fitted()
  return yield* tryAsk({ ...asker, taskId: task.id, attempt, sample, prompt }, ports, signal)
}
