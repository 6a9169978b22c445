/** Where a phrase has to stand. */
export type Where = 'only-user' | 'last-user' | 'user' | 'system'

/** How a request that a client sends on its own behalf looks: what it says, where, and in which shape it comes. */
export type Signature = {
  readonly kind: string
  readonly where: readonly Where[]
  /** How the message begins. A phrase that a person quotes stands inside a sentence of theirs. */
  readonly opens?: string | RegExp
  readonly holds?: readonly string[]
  readonly closes?: RegExp
  /** 'none': it comes without tools; names: it comes with just these; absent: tools say nothing about it. */
  readonly tools?: 'none' | readonly string[]
  readonly stream?: false
  readonly mostTokens?: number
}

const openWebUi = (kind: string, ...holds: string[]): Signature => ({
  kind: `Open WebUI's ${kind}`,
  where: ['only-user'],
  opens: '### Task:',
  holds,
  tools: 'none',
  stream: false,
})

/** An editor's or agent's errand, told by how the instructions begin. */
const errand = (kind: string, opens: string | RegExp, where: Where[], more: Partial<Signature> = {}) => ({
  kind,
  where,
  opens,
  ...more,
})

const TOOLLESS = { tools: 'none' } as const

const CHAT_PAGES: readonly Signature[] = [
  openWebUi('title', '3-5 word title', '"title"'),
  openWebUi('tags', 'broad tags', '"tags"'),
  openWebUi('follow-ups', 'follow-up questions', '"follow_ups"'),
  openWebUi('search queries', 'generating search queries', '"queries"'),
  openWebUi('autocompletion', 'autocompletion system', '"text"'),
  openWebUi('image prompt', 'image generation task', '"prompt"'),
  errand(
    "Open WebUI's emoji",
    /^Your task is to reflect the speaker's likely facial expression/,
    ['only-user'],
    {
      tools: 'none',
      stream: false,
    },
  ),
  errand("Open WebUI's tool choice", 'Available Tools:', ['system'], { tools: 'none', stream: false }),
  errand(
    "Open WebUI's merged answer",
    'You have been provided with a set of responses from various models to the latest user query',
    ['only-user'],
    TOOLLESS,
  ),
]

// Compactions and rewrites are errands even when the client leaves its tools in the request, writing ones among them.
const EDITORS: readonly Signature[] = [
  errand("Continue's title", 'Given the following... please reply with a title for the chat', ['only-user'], {
    tools: 'none',
    mostTokens: 64,
  }),
  errand("Continue's compaction", 'Create a comprehensive summary of this conversation that captures', [
    'last-user',
  ]),
  errand("Continue's apply", 'ORIGINAL CODE:', ['user'], { holds: ['SUGGESTED EDIT:'] }),
  {
    kind: "Continue's edit",
    where: ['last-user'],
    holds: ['section of code in a file to be rewritten', 'code to rewrite'],
    closes: /\nHere is the (?:rewritten code|new version of "code to rewrite")[^\n]*:$/,
  },
  errand(
    "Continue's whole-file edit",
    /^`{3}[\s\S]*\n`{3}\s+Please rewrite the above file to address the following request:\n/,
    ['last-user'],
  ),
  {
    kind: "Continue's insertion",
    where: ['last-user'],
    holds: ['fill in the "[BLANK]"'],
    closes: /will replace the "\[BLANK\]":$/,
  },
  errand(
    'autocompletion in the middle of a text',
    /^<[|｜]?(?:fim[_▁])?(?:prefix|begin)[|｜]?>/,
    ['only-user'],
    {
      tools: 'none',
      holds: ['fim', 'suffix'],
    },
  ),
  errand(
    "Copilot's title",
    /^You are an expert in crafting (?:pithy|ultra-compact) titles/,
    ['system'],
    TOOLLESS,
  ),
  errand("Copilot's branch name", 'You are an expert in crafting pithy branch names', ['system'], TOOLLESS),
  errand(
    "Copilot's commit message",
    /^You are an [^.\n]{0,80}\bcome with the best git commit message/,
    ['system'],
    TOOLLESS,
  ),
  errand("Copilot's categories", 'You are an expert classifier for AI coding assistant prompts', ['system'], {
    tools: ['categorize_prompt'],
  }),
  errand("Copilot's to-do list", 'You are a background task tracker', ['system'], {
    tools: ['manage_todo_list'],
  }),
  errand("Zed's title", 'Generate a concise 3-7 word title for this conversation, omitting punctuation', [
    'last-user',
  ]),
]

const AGENTS: readonly Signature[] = [
  errand("opencode's title", 'You are a title generator', ['system'], TOOLLESS),
  errand("opencode's compaction", 'You are a context summarization agent', ['system', 'last-user']),
  errand("opencode's summary", 'Summarize what was done in this conversation', ['last-user']),
  errand("Qwen Code's memory", 'You are now acting as the managed memory extraction subagent', ['system']),
  // the instructions may follow a line that names the client
  errand("Qwen Code's title", /^(?:[^\n]*\n){0,8}Generate a concise, sentence-case title \(3-7 words\)/, [
    'system',
  ]),
  errand("Qwen Code's title", /^[^\n]{0,40}sentence-case title \(3-7 words\)/, ['last-user'], {
    holds: ['"title"'],
  }),
  errand("Qwen Code's suggestion", '[SUGGESTION MODE:', ['last-user']),
  errand(
    "Qwen Code's next speaker",
    'Analyze *only* the content and structure of your immediately preceding response',
    ['last-user'],
  ),
  errand("Qwen Code's compaction", 'You are the component that summarizes', ['system']),
  errand("Qwen Code's label", 'Write a short summary label describing what these tool calls accomplished', [
    'system',
    'last-user',
  ]),
  errand("pi's compaction", 'You are a context summarization assistant', ['system']),
  errand("aider's commit message", /^You are an expert software engineer\b/, ['system'], {
    tools: 'none',
    holds: ['commit message for those changes'],
  }),
  errand(
    "aider's commit message, without a role",
    /^(?:Review [^\n]*\n)*Generate a (?:one-line )?commit message for those changes/,
    ['system'],
    TOOLLESS,
  ),
  errand("aider's summary", /^\*?Briefly\*? summarize this partial conversation about programming/, [
    'system',
    'last-user',
  ]),
]

/**
 * Requests that chat pages, editors and agents send on their own behalf: titles, tags, summaries, rewrites, memories.
 * The words were read in the clients' own sources and in recorded requests.
 */
export const SIGNATURES: readonly Signature[] = [...CHAT_PAGES, ...EDITORS, ...AGENTS]
