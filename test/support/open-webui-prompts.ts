export type Turn = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }
export type Source = { readonly name: string; readonly content: string }

/** The files of a chat stand before the question, in words that look like one of its own errands. */
export const withSources = (question: string, sources: readonly Source[]): string =>
  sources.length === 0
    ? question
    : `### Task:
Respond to the user query using the provided context, and say where each part comes from as [id].

### Guidelines:
- If the context does not hold the answer, say so.
- Answer in the language of the query.

<context>
${sources.map(({ name, content }, index) => `<source id="${index + 1}" name="${name}">${content}</source>`).join('\n')}
</context>

${question}`

export type Errand = keyof typeof ERRANDS

/** What the page asks by itself, in words of our own: the phrases by which they are known, in the shape in which they are sent. */
export const ERRANDS = {
  title: (history: readonly Turn[]) =>
    errand('Generate a concise, 3-5 word title with an emoji.', '{ "title": "your title" }', history),
  tags: (history: readonly Turn[]) =>
    errand(
      'Generate 1-3 broad tags for the main themes of the chat.',
      '{ "tags": ["tag1", "tag2"] }',
      history,
    ),
  followUps: (history: readonly Turn[]) =>
    errand(
      'Suggest 3-5 follow-up questions that the user might ask next.',
      '{ "follow_ups": ["one?"] }',
      history,
    ),
  queries: (history: readonly Turn[]) =>
    errand(
      'Find out whether generating search queries is needed, and name them.',
      '{ "queries": ["one"] }',
      history,
    ),
  autocompletion: (history: readonly Turn[]) =>
    errand('You are an autocompletion system. Continue the text.', '{ "text": "the rest" }', history),
}

const errand = (what: string, format: string, history: readonly Turn[]): string =>
  `### Task:\n${what}\n\n### Output:\nJSON format: ${format}\n\n### Chat History:\n<chat_history>\n${history
    .slice(-6)
    .map(({ role, content }) => `${role.toUpperCase()}: ${content}`)
    .join('\n')}\n</chat_history>`
