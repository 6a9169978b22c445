import type { TaskState } from '../core/state.ts'

/** A call of one of the client's own tools; its arguments are JSON. */
export type ToolCall = { readonly id: string; readonly name: string; readonly arguments: string }

/** How an outcome is handed to a client: as text, and where it has a tool for it, as calls of that. */
export type Presentation = { readonly text: string; readonly calls: readonly ToolCall[] }

/** Makes an ended task's answer; `seal` is the hash of its receipt. */
export type Present = (state: TaskState, seal: string | null) => Presentation
