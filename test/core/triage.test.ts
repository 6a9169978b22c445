import assert from 'node:assert/strict'
import { test } from 'node:test'
import { triage, type RequestFacts } from '../../src/core/triage.ts'

const facts = (request: string, more: Partial<RequestFacts> = {}): RequestFacts => ({
  explicit: null,
  messages: [{ role: 'user', text: request }],
  request,
  hasFiles: false,
  hasPlace: true,
  hasTools: false,
  stream: true,
  maxTokens: null,
  ...more,
})

const TASKS = [
  'Fix the off-by-one error in src/pager.ts',
  'make the parser accept CRLF',
  'Add a --json flag to the CLI',
  'please add tests for the date helpers',
  'Can you rename getUser to fetchUser everywhere?',
  'Could you please refactor the auth middleware so that it does not query the database twice?',
  'Implement pagination for the /users endpoint.',
  'Write unit tests for src/slots.ts',
  'Remove the unused dependency on lodash from package.json',
  'The login form crashes when the email is empty. Fix it.',
  'Migrate the project from jest to node:test',
  'change the default timeout to 30 seconds in config.ts',
  'We need to support UTF-8 file names in the zip writer function',
  "Let's extract the retry logic into its own module",
  'I want you to replace moment with date-fns in this repo',
  "I'd like to add dark mode to the settings page",
  'Handle null values in formatName()',
  'The API should return 404 when the user does not exist',
  'parseDuration must accept "1h30m"',
  'Update the README with the new install command',
  'feat: add rate limiting to the API',
  'fix(parser): handle empty input',
  'TODO: implement the cache invalidation',
  '- add a health endpoint\n- remove the old status route',
  '1. Rename the class Foo to Bar\n2. Update all imports',
  'Hi! Please fix the failing test in test/sum.test.ts, thanks',
  'Why does the parser fail on CRLF? Fix it.',
  'Explain why the build fails, then fix it',
  'Find and fix the memory leak in the websocket handler',
  'Help me fix the type errors in `useCart`',
  'Convert this callback-based function to async/await',
  'Delete the deprecated v1 routes and their tests',
  'create a Button component with a loading state',
  'Generate a migration that adds a deleted_at column to orders',
  'Make sure the queue stops when the signal aborts; add a test',
  'Refactor',
  'Optimise the query in listOrders, it takes 4 s',
  'Move formatDate from utils to date.ts and update imports',
  'TypeError: x is undefined at src/a.ts:10\n\nPlease fix this.',
  'Use zod to validate the body of the login endpoint.',
  'Bump the typescript version to 5.9 and resolve the errors',
  'Would you mind adding a test? Add one for sum() at least.',
  'Now also handle negative numbers in the parser',
  "Rewrite the reducer with a switch but don't change the tests",
  'Set the cookie to SameSite=Lax in auth.ts',
]

const DIRECT = [
  'hi',
  'Hello there!',
  'thanks, that worked',
  'How do I add a route in Express?',
  'Why does this test fail?',
  'What does the reduce function do?',
  'what is the difference between a type and an interface?',
  'Explain the auth middleware',
  'Explain how to implement a parser',
  'Can you explain what src/slots.ts does?',
  'Could you tell me where the config is read?',
  'Should I refactor this class?',
  'Is it possible to add dark mode?',
  'Does the API support pagination?',
  'Which library would you use to parse CSV?',
  'Write a poem about the sea',
  'Write an email to my landlord',
  'Fix the grammar: "he go home"',
  'Make me a sandwich',
  'Summarize this file for me',
  'Review the diff below',
  'Show me how to write a test with node:test',
  'Tell me a joke about compilers',
  'Compare Redis and Valkey',
  "I'm wondering how the tests are run",
  "Don't change any code, just tell me what this does",
  'What happens if I remove the cache and add a retry?',
  'list all endpoints of the API',
  'Do you know TypeScript?',
  'Are there any tests for the parser?',
  'the weather is nice',
  'When was this function added?',
  'Give me an overview of the codebase',
  '```ts\n// fix the parser\n```\nWhat does the comment above mean?',
  'ok',
]

for (const request of TASKS) {
  test(`a task: ${JSON.stringify(request)}`, () => {
    assert.deepEqual(triage(facts(request)), { kind: 'task' })
  })
}

for (const request of DIRECT) {
  test(`no task: ${JSON.stringify(request)}`, () => {
    assert.equal(triage(facts(request)).kind, 'direct')
  })
}

test('the caller who says what it is has the last word', () => {
  assert.equal(triage(facts('hi', { explicit: 'task' })).kind, 'task')
  assert.equal(triage(facts(TASKS[0]!, { explicit: 'direct' })).kind, 'direct')
})

test("an agent's turn is an ordinary turn, whatever it says", () => {
  assert.equal(triage(facts(TASKS[0]!, { hasTools: true })).kind, 'direct')
})

test('without a place to work there is no task', () => {
  assert.equal(triage(facts(TASKS[0]!, { hasPlace: false })).kind, 'direct')
})

test('a tiny output limit cannot hold a diff', () => {
  assert.equal(triage(facts(TASKS[0]!, { maxTokens: 16 })).kind, 'direct')
  assert.equal(triage(facts(TASKS[0]!, { maxTokens: 32_000 })).kind, 'task')
})

test('an assistant turn to be continued is no task', () => {
  const messages = [
    { role: 'user', text: TASKS[0]! },
    { role: 'assistant', text: '```ts' },
  ]
  assert.equal(triage(facts(TASKS[0]!, { messages })).kind, 'direct')
})

test('an attached file makes a vague imperative a task', () => {
  assert.equal(triage(facts('make it faster')).kind, 'direct')
  assert.equal(triage(facts('make it faster', { hasFiles: true })).kind, 'task')
})
