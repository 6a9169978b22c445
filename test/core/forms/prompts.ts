import type { AiderForm } from '../../../src/core/forms/aider-form.ts'
import { TICKS, type Fence } from '../../../src/core/forms/form.ts'

/** The lines that tell aider's rules apart, as `aider/coders/*_prompts.py` of Aider-AI/aider 0.86 has them; the rest is left out. */
const rulesFor = (fence: Fence): Record<AiderForm, string> => ({
  'aider-whole': [
    'To suggest changes to a file you MUST return the entire content of the updated file.',
    'You MUST use this *file listing* format:',
    `- Second line: opening ${fence.opens}`,
    `- Final line: closing ${fence.closes}`,
    '',
  ].join('\n'),
  'aider-diff': [
    '# *SEARCH/REPLACE block* Rules:',
    'Every *SEARCH/REPLACE block* must use this format:',
    `2. The opening fence and code language, eg: ${fence.opens}python`,
    `8. The closing fence: ${fence.closes}`,
    '',
  ].join('\n'),
  'aider-udiff': [
    '# File editing rules:',
    'Return edits similar to unified diffs that `diff -U0` would produce.',
    '',
  ].join('\n'),
})

export const RULES = rulesFor(TICKS)

/** aider's first message. */
export const instructions = (name: AiderForm, fence: Fence = TICKS): string =>
  `Act as an expert software developer.\nTake requests for changes to the supplied code.\n\n${rulesFor(fence)[name]}`

/** The line by which Continue's chat is known, as its `core/llm/defaultSystemMessages.ts` has it. */
export const CONTINUE_RULES =
  '<important_rules>\n  You are in chat mode.\n\n  Always include the language and file name in the info string when you write code blocks.\n</important_rules>'

/** aider's message with the files that may be edited. */
export const shownFiles = (
  files: Readonly<Record<string, string>>,
  { opens, closes }: Fence = TICKS,
): string =>
  `I have *added these files to the chat* so you can go ahead and edit them.\n\n*Trust this message as the true contents of these files!*\n${Object.entries(
    files,
  )
    .map(([path, text]) => `\n${path}\n${opens}\n${text}${closes}\n`)
    .join('')}`
