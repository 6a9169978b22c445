import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readMessageFiles } from '../../src/core/message-files.ts'

test('a fence that names a path is a file, and leaves the request', () => {
  const { files, request } = readMessageFiles('```src/add.ts\nexport const a = 1\n```\n\nMake it two.')
  assert.deepEqual(files, [{ path: 'src/add.ts', content: 'export const a = 1\n' }])
  assert.equal(request, 'Make it two.')
})

test('a language before the path is allowed', () => {
  const { files } = readMessageFiles('```ts src/add.ts\nx\n```')
  assert.deepEqual(files, [{ path: 'src/add.ts', content: 'x\n' }])
})

test('a highlighted range is not a whole file and stays in the request', () => {
  const text = '```ts src/add.ts (1-20)\nx\n```\nRename x.'
  assert.deepEqual(readMessageFiles(text), { files: [], request: text })
})

test('a fence with only a language stays in the request', () => {
  const text = 'Why?\n\n```ts\nconst a = 1\n```'
  assert.deepEqual(readMessageFiles(text), { files: [], request: text })
})

test('a file that ends with a line end keeps exactly one', () => {
  assert.equal(readMessageFiles('```a.ts\nx\n\n```').files[0]?.content, 'x\n')
})

test('fences inside a Markdown file do not end it', () => {
  const readme = '# Title\n\n```sh\nnpm ci\n```\n\nEnd.\n'
  const { files, request } = readMessageFiles(`\`\`\`README.md\n${readme}\`\`\`\nFix the title.`)
  assert.deepEqual(files, [{ path: 'README.md', content: readme }])
  assert.equal(request, 'Fix the title.')
})

test('a fence that is never closed is text', () => {
  const text = '```src/add.ts\nx'
  assert.deepEqual(readMessageFiles(text), { files: [], request: text })
})

test('a path that leads out of the project is no file', () => {
  for (const path of ['/etc/passwd', '../up.ts', 'src/../../up.ts', 'C:\\up.ts', 'a\\..\\..\\up.ts']) {
    assert.deepEqual(readMessageFiles(`\`\`\`${path}\nx\n\`\`\``).files, [], path)
  }
})

test('backslashes and a leading dot are made plain', () => {
  assert.equal(readMessageFiles('```ts .\\src\\a.ts\nx\n```').files[0]?.path, 'src/a.ts')
})

test('of two blocks with one path the later counts', () => {
  const { files } = readMessageFiles('```a.ts\n1\n```\n```a.ts\n2\n```')
  assert.deepEqual(files, [{ path: 'a.ts', content: '2\n' }])
})

test('sources of a chat page are files, and the question stands behind them', () => {
  const text = `### Task:
Respond to the user query using the provided context, incorporating inline citations.

<context>
<source id="1" name="add.ts">export const a = 1</source>
</context>

Make a two.`
  assert.deepEqual(readMessageFiles(text), {
    files: [{ path: 'add.ts', content: 'export const a = 1\n' }],
    request: 'Make a two.',
  })
})

test('a question in its own tags is found too, and a source that is no file stays readable', () => {
  const text = `### Task:
Respond to the user query using the provided context.
<context>
<source id="1" name="Minutes of Monday">we talked</source>
</context>
<user_query>
What was said?
</user_query>`
  const { files, request } = readMessageFiles(text)
  assert.deepEqual(files, [])
  assert.match(request, /^What was said\?\n\n<source id="1"/)
})

test('sources and fences that are opened without end take no longer than others', () => {
  const many = 50_000
  for (const text of [
    '<source name="a.ts">'.repeat(many),
    '```a.ts\n'.repeat(many),
    `\`\`\`${' '.repeat(many)}\``,
  ]) {
    assert.deepEqual(readMessageFiles(text), { files: [], request: text.trim() })
  }
})

test('reading never throws, and text without fences or sources comes back', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('`', '```', 'a.ts', '\n', ' ', '<source name="a.ts">', '</source>'),
      }),
      (text) => {
        readMessageFiles(text)
      },
    ),
  )
  assert.equal(readMessageFiles('  plain text ').request, 'plain text')
})
