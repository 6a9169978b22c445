import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { loadPrompts } from '../../src/models/prompts.ts'

const prompt = (output: string): string =>
  `---\noutput: ${output}\ntemperature: 0.5\nmax_tokens: 16\n---\n## system\nYou answer in ${output}.\n## user\n{{request}}\n`

async function directory(t: TestContext, files: Record<string, string>): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'quorum-prompts-'))
  t.after(() => rm(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
  return path
}

const all = {
  'plan.md': prompt('json'),
  'code.md': prompt('text'),
  'test.md': prompt('text'),
  'vote.md': prompt('letter'),
  'review.md': prompt('json'),
  'answer.md': prompt('text'),
  'research.md': prompt('json'),
  'describe.md': prompt('text'),
}

test('a prompt renders to messages and the contract of its front matter', async (t) => {
  const prompts = loadPrompts(await directory(t, all))
  const { schema, ...plan } = prompts.render('plan', { request: 'add a flag' })
  assert.deepEqual(plan, {
    messages: [
      { role: 'system', content: 'You answer in json.' },
      { role: 'user', content: 'add a flag' },
    ],
    temperature: 0.5,
    maxTokens: 16,
    json: true,
  })
  assert.deepEqual(schema?.['required'], ['subtasks'])
  assert.equal(prompts.render('vote', { request: 'A or B' }).json, false)
})

test('a broken or missing prompt stops the start, and the message names the file', async (t) => {
  const broken = await directory(t, { ...all, 'vote.md': 'Pick one.' })
  assert.throws(() => loadPrompts(broken), /vote\.md/)
  assert.throws(() => loadPrompts(join(broken, 'nowhere')), /plan\.md/)
})

test('a missing value names the prompt', async (t) => {
  const prompts = loadPrompts(await directory(t, all))
  assert.throws(() => prompts.render('code', {}), /"code".*request/)
})

test('a prompt has the version of its text, and no other', async (t) => {
  const [one, same, other] = await Promise.all(
    [all, all, { ...all, 'review.md': prompt('json').replace('You', 'They') }].map(async (files) =>
      loadPrompts(await directory(t, files)),
    ),
  )
  assert.match(one!.version('review'), /^[\da-f]{12}$/)
  assert.equal(one!.version('review'), same!.version('review'))
  assert.notEqual(one!.version('review'), other!.version('review'))
  assert.equal(one!.version('plan'), other!.version('plan'))
})
