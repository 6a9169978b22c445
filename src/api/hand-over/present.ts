import { answer } from '../../core/answer.ts'
import { turnsOf, type EditCall } from '../../core/edit-tools/calls.ts'
import { callIdOf } from '../../core/edit-tools/call-id.ts'
import { DIFF_FORM } from '../../core/forms/diff-form.ts'
import type { ChangedFile } from '../../core/task.ts'
import type { Present, ToolCall } from '../presentation.ts'
import { handOverCalls, type HandOver, type Tools } from './hand-over.ts'

/** Hands a change over through the client's own tools where it can be, and otherwise in the form that the client reads. */
export const handingOver = (handOver: HandOver, otherwise: Present): Present =>
  handOver.kind === 'tools' ? throughTools(handOver, otherwise) : otherwise

/** The first turn of the calls; as text where they cannot say the change. */
const throughTools =
  (tools: Tools, otherwise: Present): Present =>
  (state, seal) => {
    const calls = handOverCalls(state, tools)
    const first = calls && turnsOf(calls, tools)[0]
    if (!calls || !first) return otherwise(state, seal)
    const change = (_: string, files: readonly ChangedFile[]): string[] => [sayWhere(calls, files)]
    return {
      text: `${answer(state, seal, { ...DIFF_FORM, change })}\n\n`,
      calls: named(calls, first, state.id),
    }
  }

/** These calls, each with the id that tells its task. */
export const named = (calls: readonly EditCall[], which: readonly number[], taskId: string): ToolCall[] =>
  which.map((index) => ({
    id: callIdOf(taskId, index),
    name: calls[index]!.name,
    arguments: calls[index]!.arguments,
  }))

function sayWhere(calls: readonly EditCall[], files: readonly ChangedFile[]): string {
  const tool = calls.findLast(({ isReading }) => !isReading)!.name
  return `Making it with \`${tool}\` in ${pathsOf(files)}.`
}

export const pathsOf = (files: readonly { readonly path: string }[]): string =>
  files.map(({ path }) => `\`${path}\``).join(', ')
