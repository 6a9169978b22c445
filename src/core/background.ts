import { unreachable } from './errors.ts'
import type { RequestFacts } from './triage.ts'

/** Where a phrase has to stand. */
type Where = 'only-user' | 'last-user' | 'user' | 'system' | 'any'

type Signature = {
  readonly kind: string
  readonly where: Where
  readonly starts?: string
  readonly holds?: readonly string[]
  /** What else has to be true of the request: a phrase alone may be quoted by a human. */
  readonly stream?: false
  readonly mostTokens?: number
}

const openWebUi = (kind: string, ...holds: string[]): Signature => ({
  kind: `Open WebUI's ${kind}`,
  where: 'only-user',
  holds: ['### Task:', ...holds],
  stream: false,
})

/** Requests that chat pages and editors send on their own behalf: titles, tags, summaries, completions. */
const SIGNATURES: readonly Signature[] = [
  openWebUi('title', '3-5 word title', '"title"'),
  openWebUi('tags', 'broad tags', '"tags"'),
  openWebUi('follow-ups', 'follow-up questions', '"follow_ups"'),
  openWebUi('search queries', 'generating search queries', '"queries"'),
  openWebUi('autocompletion', 'autocompletion system', '"text"'),
  openWebUi('image prompt', 'image generation task', '"prompt"'),
  {
    kind: "Open WebUI's emoji",
    where: 'only-user',
    holds: ["speaker's likely facial expression"],
    stream: false,
  },
  { kind: "Open WebUI's tool choice", where: 'system', starts: 'Available Tools:' },
  {
    kind: "Continue's title",
    where: 'only-user',
    starts: 'Given the following... please reply with a title for the chat',
    mostTokens: 64,
  },
  {
    kind: "Continue's compaction",
    where: 'last-user',
    starts: 'Create a comprehensive summary of this conversation that captures',
  },
  { kind: "Continue's apply", where: 'user', starts: 'ORIGINAL CODE:', holds: ['SUGGESTED EDIT:'] },
  {
    kind: "Continue's edit",
    where: 'user',
    holds: ['section of code in a file to be rewritten', 'Here is the rewritten code:'],
  },
  {
    kind: "Continue's whole-file edit",
    where: 'user',
    holds: ['Please rewrite the above file to address the following request:'],
  },
  { kind: "Continue's insertion", where: 'user', holds: ['fill in the "[BLANK]"'] },
  {
    kind: "Copilot's title",
    where: 'system',
    starts: 'You are an expert in crafting pithy titles for chatbot',
  },
  { kind: "Copilot's commit message", where: 'system', holds: ['come with the best git commit message'] },
  {
    kind: "Copilot's categories",
    where: 'system',
    starts: 'You are an expert classifier for AI coding assistant prompts',
  },
  { kind: "Copilot's to-do list", where: 'system', starts: 'You are a background task tracker' },
  {
    kind: "Zed's title",
    where: 'last-user',
    starts: 'Generate a concise 3-7 word title for this conversation, omitting punctuation',
  },
  { kind: "opencode's title", where: 'system', starts: 'You are a title generator' },
  { kind: "opencode's compaction", where: 'any', starts: 'You are a context summarization agent' },
  {
    kind: "opencode's summary",
    where: 'last-user',
    starts: 'Summarize what was done in this conversation',
  },
  {
    kind: "Qwen Code's memory",
    where: 'system',
    starts: 'You are now acting as the managed memory extraction subagent',
  },
  { kind: "Qwen Code's title", where: 'any', holds: ['sentence-case title (3-7 words)'] },
  { kind: "Qwen Code's suggestion", where: 'last-user', starts: '[SUGGESTION MODE:' },
  {
    kind: "Qwen Code's next speaker",
    where: 'last-user',
    starts: 'Analyze *only* the content and structure of your immediately preceding response',
  },
  {
    kind: "Qwen Code's compaction",
    where: 'system',
    starts: 'You are the component that summarizes a conversation',
  },
  {
    kind: "Qwen Code's label",
    where: 'any',
    starts: 'Write a short summary label describing what these tool calls accomplished',
  },
  { kind: "pi's compaction", where: 'system', starts: 'You are a context summarization assistant' },
  { kind: "aider's commit message", where: 'system', holds: ['Generate a commit message for those changes'] },
  {
    kind: "aider's summary",
    where: 'any',
    holds: ['summarize this partial conversation about programming'],
  },
]

/** Which client's own errand this is; null when a person may have asked. Phrase and shape both have to agree. */
export function backgroundKind(facts: RequestFacts): string | null {
  return SIGNATURES.find((signature) => fitsShape(signature, facts) && isSaid(signature, facts))?.kind ?? null
}

function fitsShape(signature: Signature, facts: RequestFacts): boolean {
  if (signature.stream === false && facts.stream) return false
  return signature.mostTokens === undefined || (facts.maxTokens ?? Infinity) <= signature.mostTokens
}

function isSaid({ where, starts = '', holds = [] }: Signature, facts: RequestFacts): boolean {
  return textsAt(where, facts).some(
    (text) => text.trimStart().startsWith(starts) && holds.every((phrase) => text.includes(phrase)),
  )
}

function textsAt(where: Where, { messages }: RequestFacts): string[] {
  const of = (role: string): string[] =>
    messages.filter((message) => message.role === role).map(({ text }) => text)
  const user = of('user')
  switch (where) {
    case 'only-user':
      return user.length === 1 ? user : []
    case 'last-user':
      return user.slice(-1)
    case 'user':
      return user
    case 'system':
      return [...of('system'), ...of('developer')]
    case 'any':
      return messages.map(({ text }) => text)
    default:
      return unreachable(where)
  }
}
