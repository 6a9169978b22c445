import { fenced } from './forms/fenced.ts'

/** A text of a file in a fence with its path, longer than any fence inside it, so that a Markdown file cannot close it. */
export const inFence = (path: string, text: string): string => fenced(text, ` ${path}`)
