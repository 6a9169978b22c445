import { TICKS, type Fence, type Form } from './form.ts'

/**
 * The edit format that aider's instructions ask for, and its fence; null for any other text. The words were read in
 * `aider/coders/*_prompts.py` of Aider-AI/aider 0.86: each format has rules that are sent twice, at the end of the
 * instructions and behind the request.
 */
export function readAiderPrompt(text: string): Form | null {
  if (!/^(?:.*\n){0,40}?Act as an expert software developer\b/.test(text)) return null
  const rules = rulesIn(text)
  return rules && { name: rules.format.name, fence: fenceIn(text.slice(rules.at)) }
}

/** A person's words, without the rules that aider puts behind them. */
export function withoutAiderRules(text: string): string {
  const rules = rulesIn(text)
  return rules === null ? text : text.slice(0, rules.at).trimEnd()
}

type Format = {
  readonly name: Form['name']
  /** How the rules begin. */
  readonly opens: string
  /** What else has to be in them. */
  readonly holds: string
}

const FORMATS: readonly Format[] = [
  {
    name: 'aider-whole',
    opens: 'To suggest changes to a file you MUST return the entire content of the updated file.',
    holds: 'You MUST use this *file listing* format:',
  },
  {
    name: 'aider-diff',
    opens: '# *SEARCH/REPLACE block* Rules:',
    holds: 'Every *SEARCH/REPLACE block* must use this format:',
  },
  {
    name: 'aider-udiff',
    opens: '# File editing rules:',
    holds: 'Return edits similar to unified diffs that `diff -U0` would produce.',
  },
]

/** Where the rules of a format stand, at the end of a text. */
function rulesIn(text: string): { format: Format; at: number } | null {
  for (const format of FORMATS) {
    const at = text.lastIndexOf(`\n${format.opens}`)
    if (at >= 0 && text.indexOf(format.holds, at) >= 0) return { format, at }
  }
  return null
}

/** The one of aider's fences that the rules tell to close a block with. */
const fenceIn = (rules: string): Fence => {
  const closes = /closing(?: fence:)? (`{3,4}|<\/\w{3,10}>)\s/.exec(rules)?.[1]
  if (closes === undefined) return TICKS
  return { opens: closes.replace('</', '<'), closes }
}
