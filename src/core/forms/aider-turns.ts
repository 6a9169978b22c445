import { readAiderPrompt, withoutAiderRules } from './aider-prompt.ts'

type Turn = { readonly role: string; readonly text: string }

/**
 * The turns of a conversation as people see them: aider's worked examples, its standing words and the rules behind the
 * last request are none of it, and would tell the coders about a format and about limits that are not theirs.
 */
export function spokenTurns<Spoken extends Turn>(turns: readonly Spoken[]): readonly Spoken[] {
  const [first] = turns
  if (!first || readAiderPrompt(first.text) === null) return turns
  const examples = turns.findIndex(({ role, text }) => role === 'user' && text.startsWith(END_OF_EXAMPLES))
  const last = turns.findLastIndex(({ role }) => role === 'user')
  const isSpoken = ({ role, text }: Spoken, index: number): boolean =>
    index === 0 ? role === 'system' : index > examples && !isStanding(role, text)
  return turns
    .filter((turn, index) => isSpoken(turn, index))
    .map((turn) => (turn === turns[last] ? { ...turn, text: withoutAiderRules(turn.text) } : turn))
}

/** Read in `aider/coders/base_prompts.py` and `base_coder.py` of Aider-AI/aider 0.86. */
const END_OF_EXAMPLES = "I switched to a new code base. Please don't consider the above files"

const STANDING: Readonly<Record<string, readonly string[]>> = {
  user: [
    'Here are summaries of some files present in my git repository.',
    "Don't try and edit any existing code without asking me to add the files to the chat!",
    'I am not sharing any files that you can edit yet.',
  ],
  assistant: [
    'Ok, any changes I propose will be to those files.',
    'Ok, I will use these files as references.',
    "Ok, I won't try and edit those files without asking first.",
    'Ok, based on your requests I will suggest which files need to be edited and then stop',
  ],
}

const isStanding = (role: string, text: string): boolean =>
  (role === 'assistant' && text === 'Ok.') ||
  // for some models the rules come once more, as the last word
  (role === 'system' && withoutAiderRules(`\n${text}`) === '') ||
  (STANDING[role] ?? []).some((opening) => text.startsWith(opening))
