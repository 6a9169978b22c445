type Turn = { readonly role: string; readonly text: string }

/**
 * The folders a client says it works in, the likeliest first. Agents tell their model in their instructions, or in a note
 * of their own in the user's name; what a person writes themselves counts for nothing.
 */
export function clientFolders(messages: readonly Turn[]): string[] {
  const found = messages.flatMap(({ role, text }) => foldersIn(role, text.slice(0, LONGEST)))
  return [...new Set(found.map(cleaned).filter((path) => ABSOLUTE.test(path)))].slice(0, MOST)
}

/** How much of a message is read: the folder stands in its head, and messages may be of any size. */
const LONGEST = 200_000
const MOST = 8

function foldersIn(role: string, text: string): string[] {
  const notes = role === 'user' ? NOTES : role === 'system' || role === 'developer' ? INSTRUCTIONS : []
  return [
    ...notes.flatMap((pattern) => Array.from(text.matchAll(pattern), ([, path = '']) => path)),
    ...(notes.length === 0 ? [] : listed(text)),
  ]
}

/** Codex; Qwen Code; Roo Code. */
const NOTES = [
  /^\s*<cwd>([^<\n]{1,1000})<\/cwd>/gm,
  /^I'm currently working in the director(?:y|ies): *(\S[^\n]{0,1000})$/gm,
  /^# Current (?:Workspace|Working) Directory \(([^)\n]{1,1000})\)/gm,
]

/** opencode, Continue's CLI, pi, Cline, Roo Code, Claude Code, each with a word or a number before it. */
const INSTRUCTIONS = [
  ...NOTES,
  /^[^\n:]{0,40}\b(?:working|workspace) (?:directory|folder)(?: is)?: *(\S[^\n]{0,1000})$/gim,
  /^[^\n:]{0,20}\bworkspace root folder: *(\S[^\n]{0,1000})$/gim,
]

/** Copilot and Zed name the roots of their window in a list. */
function listed(text: string): string[] {
  const start = text.search(LISTS)
  if (start < 0) return []
  const lines = text
    .slice(start)
    .split('\n', 40)
    .slice(1)
    .map((line) => line.trim())
  const items = lines.slice(lines.findIndex((line) => line !== ''))
  const end = items.findIndex((line) => !line.startsWith('- '))
  return (end < 0 ? items : items.slice(0, end)).map((line) => line.slice(2))
}

const LISTS =
  /^(?:I am working in a workspace with the following folders?:|The current project contains the following root directories:)/m

const cleaned = (path: string): string =>
  path
    .trim()
    .replace(/^[`'"]|[`'"]$/g, '')
    .replace(/(?<=.)[/\\]$/, '')

const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/])/
