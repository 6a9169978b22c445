import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { fitPrompt, textPart, type Draft } from '../../src/cascade/fit-prompt.ts'
import type { Models, Prompt, PromptName } from '../../src/cascade/ports.ts'
import { sourcesPart } from '../../src/cascade/preprocess.ts'
import { tokensOf } from '../../src/core/budget-context.ts'
import type { SwarmEvent } from '../../src/core/event.ts'
import { loadPrompts } from '../../src/models/prompts.ts'

const prompts = loadPrompts(join(import.meta.dirname, '../../prompts'))
const never = new AbortController().signal
const asker = { role: 'coder', place: { subtask: '1', seat: 1 }, tier: 'fast' } as const

type Reach = { window: number | null; scale?: number; count?: (characters: number) => number }

const modelsThat = ({ window, scale = 1, count }: Reach): Models => ({
  tiers: ['fast'],
  modelOf: () => 'coder',
  windowOf: async () => ({ tokens: window, scale }),
  ...(count && {
    countTokens: async (_, messages) => count(messages.map(({ content }) => content).join('').length),
  }),
  call: () => assert.fail('nobody is asked here'),
})

async function fitted(draft: Draft, reach: Reach): Promise<{ prompt: Prompt; told: SwarmEvent[] }> {
  const fitting = fitPrompt(draft, asker, { prompts, models: modelsThat(reach) }, never)
  const told: SwarmEvent[] = []
  for (;;) {
    const next = await fitting.next()
    if (next.done) return { prompt: next.value(), told }
    told.push(next.value)
  }
}

type Content = { request: string; other: string; files: { path: string; content: string }[] }

/** Each prompt of a task, of parts as its stage makes them. */
const DRAFTS: Readonly<
  Record<Exclude<PromptName, 'answer' | 'research' | 'describe'>, (content: Content) => Draft>
> = {
  plan: ({ request, other }) => ({
    name: 'plan',
    parts: ['request', 'owned', 'overview', 'memory'].map((into) =>
      textPart(into, into, into === 'request' ? request : other, 'both', 0.25, '(none)'),
    ),
  }),
  code: ({ request, other, files }) => ({
    name: 'code',
    fixed: { leaning: 'Prefer clarity.' },
    parts: [
      textPart('request', 'request', request, 'both', 0.2),
      textPart('subtask', 'part', other, 'both', 0.1),
      textPart('owned', 'owned', '', 'start', 0.1, '(any)'),
      sourcesPart(files, 0.3, '(no files)'),
      textPart('memory', 'memory', other, 'end', 0.1, '(none)'),
      { ...textPart('overview', 'talk', other, 'end', 0.1), heading: '# Conversation so far' },
      { ...textPart('overview', 'list', other, 'start', 0.1), heading: '# Files of the project' },
    ],
  }),
  test: ({ request, other, files }) => ({
    name: 'test',
    parts: [
      textPart('request', 'request', request, 'both', 0.2),
      textPart('subtask', 'part', other, 'both', 0.1),
      textPart('example', 'example', other, 'start', 0.1, '(none)'),
      sourcesPart(files, 0.3, '(no files)'),
      textPart('overview', 'list', other, 'start', 0.3),
    ],
  }),
  vote: ({ request, other }) => ({
    name: 'vote',
    fixed: { letters: 'A, B' },
    parts: [
      textPart('request', 'request', request, 'both', 0.2),
      textPart('subtask', 'part', '', 'both', 0.1),
      { ...textPart('options', 'options', other, 'both', 0.35), heading: '## Option A' },
      { ...textPart('options', 'options', request, 'both', 0.35), heading: '## Option B' },
    ],
  }),
  review: ({ request, other, files }) => ({
    name: 'review',
    parts: [
      textPart('diff', 'diff', other, 'both', 0.4),
      textPart('request', 'request', request, 'both', 0.2),
      textPart('gates', 'results', '', 'start', 0.1, 'nothing was run'),
      sourcesPart(files, 0.2, '(too large)'),
      textPart('example', 'example', '', 'start', 0.1, '(none)'),
    ],
  }),
}

const anyText = fc.oneof(
  fc.string({ maxLength: 3_000, unit: 'binary' }),
  fc.nat(60).map((times) => 'export const answer = 42 // 你好 👩‍💻 aGVsbG8=\n'.repeat(times * 10)),
)
const anyContent = fc.record({
  request: anyText,
  other: anyText,
  files: fc.array(fc.record({ path: fc.string({ maxLength: 30 }), content: anyText }), { maxLength: 6 }),
})

for (const [name, draft] of Object.entries(DRAFTS)) {
  test(`whatever the project and the request, the prompt "${name}" and its reply fit into the window`, async () => {
    await fc.assert(
      fc.asyncProperty(
        anyContent,
        fc.integer({ min: 2_400, max: 20_000 }),
        fc.double({ min: 0.6, max: 1.5, noNaN: true }),
        async (content, window, scale) => {
          const { prompt, told } = await fitted(draft(content), { window, scale })
          assert.ok(tokensOf(prompt.messages) * scale + prompt.maxTokens <= window)
          const whole = (await fitted(draft(content), { window: null })).prompt
          const isWhole = JSON.stringify(whole.messages) === JSON.stringify(prompt.messages)
          assert.equal(told.length, isWhole ? 0 : 1)
        },
      ),
      { numRuns: 40 },
    )
  })
}

const long = DRAFTS.code({ request: 'Mend it.', other: 'word '.repeat(4_000), files: [] })

test('what had to be left out is told, with the window it had to fit into', async () => {
  const { told } = await fitted(long, { window: 8_000 })
  assert.equal(told.length, 1)
  const [event] = told
  assert.ok(event?.type === 'prompt_trimmed')
  assert.deepEqual([event.model, event.window, event.role], ['coder', 8_000, 'coder'])
  assert.ok(event.cuts.every(({ left, unit }) => left > 0 && unit === 'characters'))
})

test('a server that counts may show that nothing has to be left out', async () => {
  // ours is an upper bound: of these words twice what they take
  const count = (characters: number): number => Math.round(characters / 5)
  const { prompt, told } = await fitted(long, { window: 30_000, count })
  assert.deepEqual(told, [])
  assert.ok(tokensOf(prompt.messages) > 24_000)
  const without = await fitted(long, { window: 30_000 })
  assert.equal(without.told.length, 1)
})

test('where nobody knows the window, nothing is left out', async () => {
  const { prompt, told } = await fitted(long, { window: null })
  assert.deepEqual([told, prompt.maxTokens], [[], 6_000])
})

test('tools that go with a prompt take of its room', async () => {
  const content = { request: 'add a flag', other: 'x '.repeat(4_000), files: [] }
  const draft = DRAFTS.plan(content)
  const tools = [{ name: 'look', description: 'y '.repeat(800), parameters: {} }]
  const bare = await fitted(draft, { window: 8_000 })
  const beside = await fitted({ ...draft, tools }, { window: 8_000 })
  const tokens = tokensOf([{ content: JSON.stringify(tools) }])
  assert.deepEqual(beside.prompt.tools, tools)
  assert.ok(tokensOf(beside.prompt.messages) <= tokensOf(bare.prompt.messages) - tokens / 2)
  assert.ok(tokensOf(beside.prompt.messages) + tokens + beside.prompt.maxTokens <= 8_000)
})
