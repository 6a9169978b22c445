import { answer } from '../core/answer.ts'
import type { TaskState } from '../core/state.ts'

/** A call of one of the client's own tools; its arguments are JSON. */
export type ToolCall = { readonly id: string; readonly name: string; readonly arguments: string }

/** How an outcome is handed to a client: as text, and where it has a tool for it, as calls of that. */
export type Presentation = { readonly text: string; readonly calls: readonly ToolCall[] }

/** Makes an ended task's answer; `seal` is the hash of its receipt. */
export type Present = (state: TaskState, seal: string | null) => Presentation

/** The form for everybody: a sentence, one fenced diff and the line of evidence. */
export const asDiff: Present = (state, seal) => ({ text: answer(state, seal), calls: [] })
