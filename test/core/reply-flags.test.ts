import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loopIn } from '../../src/core/loops.ts'
import { readReply } from '../../src/core/reply.ts'
import { replyFlagOf, tokensIn, type Reply } from '../../src/core/reply-flags.ts'
import { base, cases } from './patch-corpus.ts'

const EDIT = `src/a.js
<<<<<<< SEARCH
  return one
=======
  return other
>>>>>>> REPLACE
`
const whole = (lines: readonly string[]): string => `\`\`\`js src/b.js\n${lines.join('\n')}\n\`\`\`\n`
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, nth) => `export const value${nth} = compute(${nth * 7}, 'name ${nth}')`)

function replyOf(text: string, more: Partial<Reply> = {}): Reply {
  const usage = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, estimated: true }
  const reading = readReply(text)
  return { text, finishReason: 'stop', usage, reading, sources: [], accepted: [], ...more }
}
const flagOf = (text: string, more: Partial<Reply> = {}): string | null =>
  replyFlagOf(replyOf(text, more))?.code ?? null

const SENTENCES = Array.from(
  { length: 60 },
  (_, nth) => `Reason ${nth}: the value matters for case ${nth * 3}.`,
)
const LONG_PROSE = SENTENCES.concat(SENTENCES.map((line) => `And then, ${line.toLowerCase()}`)).join('\n')

test('an edit, alone or among some words, is no flag', () => {
  assert.equal(flagOf(EDIT), null)
  assert.equal(flagOf(`Sure! Here is the change.\n\n${EDIT}\nIt returns the other one now.`), null)
  assert.equal(flagOf(`I'm sorry for the confusion; this time it is right.\n\n${EDIT}`), null)
  assert.equal(flagOf(whole(numbered(60))), null)
})

test('a reply cut off by the output limit is flagged, whatever it holds', () => {
  assert.equal(flagOf(EDIT, { finishReason: 'length' }), 'truncated')
  assert.equal(flagOf(EDIT, { finishReason: 'other' }), null)
})

test('a reply is too long beyond 6000 tokens, or four times the usual where that is more', () => {
  const text = whole(numbered(460))
  const tokens = tokensIn(replyOf(text))
  assert.ok(tokens > 6_000 && tokens < 8_000, `${tokens}`)
  assert.equal(flagOf(text), 'too_long')
  assert.equal(flagOf(text, { accepted: [300, 200, 900] }), 'too_long')
  assert.equal(flagOf(text, { accepted: [3_000, 20, 9_000] }), null)
  assert.equal(flagOf(whole(numbered(300)), { accepted: [10] }), null)
})

test('thoughts are not counted, whether the server tells them apart or not', () => {
  const text = `<think>\n${numbered(800).join('\n')}\n</think>\n${EDIT}`
  const usage = { promptTokens: 9, completionTokens: 20_000, reasoningTokens: 0, estimated: false }
  assert.ok(tokensIn({ text, usage }) < 50)
  assert.equal(flagOf(text, { usage }), null)
  assert.equal(tokensIn({ text: EDIT, usage: { ...usage, completionTokens: 30, reasoningTokens: 10 } }), 20)
})

test('an essay with hardly any edit is flagged, one with a real edit or a short one is not', () => {
  assert.equal(flagOf(`${LONG_PROSE}\n\n${EDIT}`), 'prose')
  assert.equal(flagOf(`${SENTENCES.join('\n')}\n\n${EDIT}`), null)
  assert.equal(flagOf(`${LONG_PROSE}\n\n${whole(numbered(30))}`), null)
})

test('words in place of a patch are told from a patch that could not be read', () => {
  assert.equal(flagOf("I'm sorry, but I cannot make that change."), 'declined')
  assert.equal(flagOf('As an AI I have no access to your files.'), 'declined')
  assert.equal(flagOf('I would make the greeting more polite.'), 'no_patch')
  assert.equal(flagOf(''), 'no_patch')
  assert.equal(flagOf("I'm sorry.\n\n```js\nconst a = 1\nconst b = 2\n```"), 'no_path')
})

test('a line that comes four times in a row is a loop', () => {
  const line = 'export const again = compute(one, two)'
  assert.equal(flagOf(whole([...numbered(5), line, line, line, line])), 'loop')
  assert.equal(flagOf(whole([...numbered(5), line, line, line])), null)
  assert.equal(flagOf(`Let me think about this step.\n`.repeat(4)), 'loop')
  const diff = `\`\`\`diff\n--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1,4 @@\n${`+${line}\n`.repeat(4)}\`\`\``
  assert.equal(flagOf(diff), 'loop')
})

test('what the file itself repeats, tables, brackets and blanks are no loop', () => {
  const line = '  instance.info(value, another)'
  const repeated = Array.from({ length: 5 }, () => line)
  assert.equal(flagOf(whole(repeated), { sources: [`first\n${repeated.join('\n')}\n`] }), null)
  assert.equal(flagOf(whole(repeated), { sources: [`${line}\n`] }), 'loop')
  const board = Array.from({ length: 8 }, () => '  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],')
  assert.equal(flagOf(whole(['const board = [', ...board, ']'])), null)
  assert.equal(flagOf(whole(['a()', '', '', '', '', '', '}', '}', '}', '}', '}'])), null)
})

test('a text that ends in one passage over and over is a loop, though no line repeats itself', () => {
  const passage = 'First I look at the file.\nThen I change the line.\nThen I check it.\n'
  assert.match(loopIn(`${LONG_PROSE}\n${passage.repeat(50)}`, []) ?? '', /% of its end/)
  assert.equal(loopIn(`${LONG_PROSE}\n${passage.repeat(2)}`, []), null)
  assert.match(loopIn('ha'.repeat(600), []) ?? '', /% of its end/)
  assert.equal(loopIn('ha'.repeat(600), ['ha'.repeat(900)]), null)
  assert.equal(loopIn('ha'.repeat(100), []), null)
})

test('not one usable reply of the corpus is flagged, and of the others only the flood circles', () => {
  const usable = cases.filter(({ means }) => means !== null)
  assert.ok(usable.length > 50)
  const sources = [...base.values()]
  assert.deepEqual(
    usable.flatMap(({ name, reply }) => (flagOf(reply, { sources }) === null ? [] : [name])),
    [],
  )
  const circling = cases.filter(({ reply }) => ['loop', 'too_long', 'prose'].includes(flagOf(reply) ?? ''))
  assert.deepEqual(
    circling.map(({ name }) => name),
    ['hostile.many-lines'],
  )
})

test('not one source of this project would be taken for a loop', () => {
  const root = join(import.meta.dirname, '../..')
  const files = globSync(['src/**/*.ts', 'test/**/*.ts', 'prompts/*.md', '*.md'], { cwd: root })
  assert.ok(files.length > 200)
  const loops = files.filter((file) => loopIn(readFileSync(join(root, file), 'utf8'), []) !== null)
  assert.deepEqual(loops, [])
})
