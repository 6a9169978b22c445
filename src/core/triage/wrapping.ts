/**
 * A person's words out of what their client put around them: agents and editors send notes of their own in the user's
 * name, or put the user's words into a tag. Walks the text once, because a message may be long and hostile.
 */
export function withoutWrapping(message: string): string {
  const asked = ASKED.map((tag) => insideLast(message, tag)).find((text) => text !== null)
  return withoutReminder(withoutQuotes(asked ?? NOTES.reduce(without, message)))
}

/** The same for whoever works on it: only what no person types is taken away. */
export const withoutNotes = (message: string): string =>
  withoutQuotes(AGENTS_NOTES.reduce(without, message)).trim()

/** opencode puts what was typed on its command line between quotes, as a shell would take it. */
function withoutQuotes(text: string): string {
  const bare = text.trim()
  const inside = bare.slice(1, -1)
  return bare.startsWith('"') && bare.endsWith('"') && !inside.includes('"') ? inside : text
}

/** Tags that hold what the user typed: Copilot, Open WebUI, Cline and Roo Code. */
const ASKED = ['userRequest', 'user_query', 'user_message', 'user_input', 'task', 'feedback']

/** Tags that stand behind an agent's request in the user's name: Qwen Code and opencode, Cline and Roo Code, Codex. */
const AGENTS_NOTES = ['system-reminder', 'environment_details', 'environment_context']

/** Tags that hold what the client itself knows: Qwen Code, Cline and Roo Code, Codex, Copilot, Open WebUI. */
const NOTES = [
  ...AGENTS_NOTES,
  'attachments',
  'attachment',
  'context',
  'editorContext',
  'reminderInstructions',
  'repoContext',
  'workspace_info',
  'source',
]

function insideLast(text: string, tag: string): string | null {
  const end = text.lastIndexOf(`</${tag}>`)
  const start = text.lastIndexOf(`<${tag}>`, end)
  return end < 0 || start < 0 || start > end ? null : text.slice(start + tag.length + 2, end)
}

function without(text: string, tag: string): string {
  const opening = new RegExp(`<${tag}(?=[\\s>])`, 'g')
  const closing = `</${tag}>`
  const kept: string[] = []
  for (;;) {
    const from = opening.lastIndex
    const start = opening.exec(text)?.index ?? -1
    const end = start < 0 ? -1 : text.indexOf(closing, start)
    if (end < 0) return [...kept, text.slice(from)].join('\n')
    kept.push(text.slice(from, start))
    opening.lastIndex = end + closing.length
  }
}

/** aider repeats below each request in which form it wants its answer. */
function withoutReminder(text: string): string {
  const start = text.search(REMINDER)
  // a message that is nothing but the reminder was typed by a person
  return start <= 0 ? text : text.slice(0, start)
}

const REMINDER =
  /^(?:To suggest changes to a file you MUST return the entire content|# \*SEARCH\/REPLACE block\* Rules:|# File editing rules:)/m
