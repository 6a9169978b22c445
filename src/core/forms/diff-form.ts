import type { Rendering } from './answer-part.ts'
import { fenced, languageOf } from './fenced.ts'

/** The form for everybody: one fenced diff, as `git apply` takes it. */
export const DIFF_FORM: Rendering = {
  words: (text) => [text],
  change: (diff) => shownDiff(diff),
  attempt: (diff) => shownDiff(diff),
  test: ({ path, content }) => [fenced(content, languageOf(path))],
  log: (text) => [fenced(text, 'text')],
}

function shownDiff(diff: string): string[] {
  const tag = thoughtTagIn(diff)
  if (tag === null) return [fenced(diff, 'diff')]
  // the diff itself must stay as it is, or it would no longer apply; a tag in the note would hide what follows that
  const name = tag.replaceAll(/[<>]/g, '')
  return [
    `Note: the diff holds a literal \`${name}\` tag; some chat pages hide text after it.`,
    fenced(diff, 'diff'),
  ]
}

/** A tag that chat pages take for the beginning or the end of a model's thoughts. */
export const thoughtTagIn = (text: string): string | null => THOUGHT_TAG.exec(text)?.[0] ?? null

const THOUGHT_TAG = /<\/?(?:think|thinking|reason|reasoning|thought)>/i
