import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { readAiderFiles } from '../../../src/core/forms/aider-files.ts'
import { readMessageFiles } from '../../../src/core/message-files.ts'
import { shownFiles } from './prompts.ts'

test('the files that aider shows are read to the letter, with and without a line end', () => {
  const files = {
    'src/add.ts': 'export const a = 1\n',
    'my notes/a b.txt': 'no line end',
    'empty.py': '',
    'README.md': '# Title\n\n  ```sh\n  ls\n  ```\n\nsrc/other.ts\n',
    'ticks.txt': 'ends with ```\nand goes on\n',
  }
  const { files: read, request } = readMessageFiles(shownFiles(files))
  assert.deepEqual(Object.fromEntries(read.map(({ path, content }) => [path, content])), files)
  assert.equal(request, '')
})

test('every fence that aider may choose is read', () => {
  const files = { 'a.md': '```\na\n```\n', 'b.md': 'b' }
  for (const opens of ['````', '<source>', '<code>', '<pre>', '<codeblock>', '<sourcecode>']) {
    const read = readAiderFiles(shownFiles(files, { opens, closes: opens.replace('<', '</') }))
    assert.deepEqual(
      read?.map(({ path, content }) => [path, content]),
      Object.entries(files),
      opens,
    )
  }
})

test('a path that leads out of the project is no file, and a message that does not read to its end is none of these', () => {
  assert.deepEqual(readMessageFiles(shownFiles({ '../up.ts': 'x\n', '/etc/passwd': 'x\n' })).files, [])
  assert.equal(readAiderFiles(`${shownFiles({ 'a.ts': 'x\n' })}\nmore\n`), null)
  assert.equal(readAiderFiles(shownFiles({ 'a.ts': 'x\n' }).slice(0, -4)), null)
  assert.equal(readAiderFiles('I have *added these files to the chat* so you'), null)
  assert.equal(readAiderFiles('a.ts\n```\nx\n```\n'), null)
})

test('whatever the files hold, they are read as they were shown', () => {
  const line = fc.constantFrom('', 'a', 'b.ts', 'x```y', '  ```', '<source>', '</source>')
  const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.map((one) => `${one}\n`).join(''))
  fc.assert(
    fc.property(text, text, (first, second) => {
      const files = { 'src/one.ts': first, 'two.md': second }
      const read = readAiderFiles(shownFiles(files))
      assert.deepEqual(
        read?.map(({ path, content }) => [path, content]),
        Object.entries(files),
      )
    }),
  )
})
