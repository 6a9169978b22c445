import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { createToolReader } from '../../../src/codebase/tools/tool-reader.ts'
import { makeRepository } from '../../support/repository.ts'

const TOOLS = join(import.meta.dirname, '../../../src/codebase/tools')

test('what reads and searches files by the hundred is loaded by the thread of the tools alone', () => {
  const heavy = ['minisearch', 'web-tree-sitter', join(TOOLS, '../source-file.ts')]
  const ours = loadedBy(join(TOOLS, 'tools.ts'))
  const theirs = loadedBy(join(TOOLS, 'tool-worker.ts'))
  for (const one of heavy) {
    assert.ok(theirs.has(one), `the thread does not load ${one}`)
    assert.ok(!ours.has(one), `${one} is loaded beside the streams`)
  }
})

/** Everything that a module loads, and what that loads; what a type is taken from is not loaded. */
function loadedBy(module: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(module)) return seen
  seen.add(module)
  if (!module.endsWith('.ts')) return seen
  const text = readFileSync(module, 'utf8')
  const imports = text.matchAll(
    /^import (?!type\b)[^'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm,
  )
  for (const [, fixed, late] of imports) {
    const from = fixed ?? late ?? ''
    loadedBy(from.startsWith('.') ? join(module, '..', from) : from, seen)
  }
  return seen
}

test('a question that is left in the middle costs the next one nothing', async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 80 }, (_, at) => [`docs/${at}.md`, `# Chapter ${at}\n\nOf whales.\n`]),
  )
  const project = await makeRepository(files, { git: false })
  const reader = createToolReader()
  t.after(async () => {
    await reader.close()
    await project[Symbol.asyncDispose]()
  })
  const question = {
    root: project.path,
    paths: Object.keys(files),
    withheld: ['7.md'],
    query: 'whales chapter',
    most: 100,
  }
  const leaving = new AbortController()
  const left = reader.ask('documentation', question, leaving.signal)
  leaving.abort(new Error('gone'))
  await assert.rejects(left, /^Error: gone$/)
  const { passages, kept } = await reader.ask('documentation', question, new AbortController().signal)
  assert.equal(new Set(passages.map(({ path }) => path)).size, 79)
  assert.equal(kept, 1)
})
