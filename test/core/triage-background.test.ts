import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backgroundKind } from '../../src/core/background.ts'
import { triage, type RequestFacts } from '../../src/core/triage.ts'

type Errand = {
  name: string
  system?: string
  user: string | string[]
  stream?: boolean
  maxTokens?: number
}

const webUi = (name: string, body: string): Errand => ({
  name: `Open WebUI ${name}`,
  user: `### Task:\n${body}\n\n### Chat History:\n<chat_history>\nUSER: fix the parser\n</chat_history>`,
  stream: false,
  maxTokens: 1_000,
})

/** Each is worded so that its chat history or instructions would otherwise ask for a change to code. */
const ERRANDS: Errand[] = [
  webUi('title', 'Generate a concise, 3-5 word title with an emoji.\nJSON format: { "title": "..." }'),
  webUi('tags', 'Generate 1-3 broad tags categorizing the main themes.\nJSON: { "tags": ["tag1"] }'),
  webUi('follow-ups', 'Suggest 3-5 relevant follow-up questions.\nJSON: { "follow_ups": ["..."] }'),
  webUi('queries', 'Determine the necessity of generating search queries.\nJSON: { "queries": [] }'),
  webUi('autocompletion', 'You are an autocompletion system. Continue the text.\nJSON: { "text": "..." }'),
  webUi('image prompt', 'Generate a detailed prompt for an image generation task.\nJSON: { "prompt": "" }'),
  {
    name: 'Open WebUI emoji',
    user: "Your task is to reflect the speaker's likely facial expression through a fitting emoji. Fix the parser.",
    stream: false,
    maxTokens: 200,
  },
  { name: 'Open WebUI tool choice', system: 'Available Tools: []\nReturn JSON', user: 'Fix the parser' },
  {
    name: 'Continue title',
    user: 'Given the following... please reply with a title for the chat that is 3-4 words in length.\nFix the parser.',
    maxTokens: 16,
  },
  {
    name: 'Continue compaction',
    user: [
      'Fix the parser.',
      'Create a comprehensive summary of this conversation that captures all code. Write it.',
    ],
  },
  { name: 'Continue apply', user: 'ORIGINAL CODE:\nx\nSUGGESTED EDIT:\ny\nFix the parser.' },
  {
    name: 'Continue edit',
    user: 'This is a section of code in a file to be rewritten. Fix the parser.\nHere is the rewritten code:',
  },
  {
    name: 'Continue whole-file edit',
    user: 'Please rewrite the above file to address the following request:\nfix the parser',
  },
  { name: 'Continue insertion', user: 'Fix the parser: fill in the "[BLANK]" in the code.' },
  {
    name: 'Copilot title',
    system: 'You are an expert in crafting pithy titles for chatbot conversations.',
    user: 'Fix the parser',
  },
  {
    name: 'Copilot commit message',
    system: 'You are an AI that has come with the best git commit message.',
    user: 'Fix the parser',
  },
  {
    name: 'Copilot categories',
    system: 'You are an expert classifier for AI coding assistant prompts.',
    user: 'Fix the parser',
  },
  { name: 'Copilot to-dos', system: 'You are a background task tracker.', user: 'Fix the parser' },
  {
    name: 'Zed title',
    user: [
      'Fix the parser',
      'Generate a concise 3-7 word title for this conversation, omitting punctuation. Write the code title.',
    ],
  },
  {
    name: 'opencode title',
    system: 'You are a title generator. You output ONLY a thread title.',
    user: ['Generate a title for this conversation:', 'Fix the parser'],
  },
  {
    name: 'opencode compaction',
    system: 'You are a context summarization agent.',
    user: 'Fix the parser',
  },
  {
    name: 'opencode compaction, as a user',
    user: ['x', 'You are a context summarization agent. Fix the parser.'],
  },
  {
    name: 'opencode summary',
    user: 'Summarize what was done in this conversation.\nFix the parser.',
  },
  {
    name: 'Qwen Code memory',
    system: 'You are now acting as the managed memory extraction subagent.',
    user: 'Fix the parser',
  },
  { name: 'Qwen Code title', user: 'Fix the parser. Reply with a sentence-case title (3-7 words).' },
  { name: 'Qwen Code suggestion', user: '[SUGGESTION MODE: next prompt]\nFix the parser.' },
  {
    name: 'Qwen Code next speaker',
    user: 'Analyze *only* the content and structure of your immediately preceding response.\nFix the parser.',
  },
  {
    name: 'Qwen Code compaction',
    system: 'You are the component that summarizes a conversation when it grows.',
    user: 'Fix the parser',
  },
  {
    name: 'Qwen Code label',
    user: 'Write a short summary label describing what these tool calls accomplished.\nFix the parser.',
  },
  {
    name: 'pi compaction',
    system: 'You are a context summarization assistant.',
    user: 'Fix the parser',
  },
  {
    name: 'aider commit message',
    system: 'You are an expert engineer. Generate a commit message for those changes.',
    user: 'Fix the parser',
  },
  {
    name: 'aider summary',
    user: 'Briefly summarize this partial conversation about programming.\nFix the parser.',
  },
]

function factsOf({ system, user, stream = true, maxTokens }: Errand): RequestFacts {
  const turns = [user].flat().map((text) => ({ role: 'user', text }))
  return {
    explicit: null,
    messages: system === undefined ? turns : [{ role: 'system', text: system }, ...turns],
    request: turns.at(-1)!.text,
    hasFiles: true,
    hasPlace: true,
    hasTools: false,
    stream,
    maxTokens: maxTokens ?? null,
  }
}

for (const errand of ERRANDS) {
  test(`${errand.name} is recognised as the client's own errand`, () => {
    const facts = factsOf(errand)
    if ((facts.maxTokens ?? Infinity) > 100) assert.notEqual(backgroundKind(facts), null)
    assert.equal(triage(facts).kind, 'direct')
  })
}

test('a connection test with a tiny limit is no task', () => {
  assert.equal(triage(factsOf({ name: '', user: 'Fix the parser', maxTokens: 32 })).kind, 'direct')
})

test('an answer from sources begins like an errand, but streams and is none', () => {
  const rag =
    '### Task:\nRespond to the user query using the provided context\n<context><source id="1" name="a.ts">x</source></context>'
  const facts = factsOf({ name: '', user: `${rag}\nFix the parser.` })
  assert.equal(backgroundKind(facts), null)
  assert.deepEqual(triage({ ...facts, request: 'Fix the parser.' }), { kind: 'task' })
})

test('a phrase without its shape is a person quoting it', () => {
  const title = ERRANDS[0]!
  assert.notEqual(backgroundKind(factsOf(title)), null)
  assert.equal(backgroundKind(factsOf({ ...title, stream: true })), null)
  assert.equal(backgroundKind(factsOf({ ...title, user: ['earlier', title.user].flat() })), null)
})
