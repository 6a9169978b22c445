import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { aiderForm, type AiderForm } from '../../../src/core/forms/aider-form.ts'
import { TICKS, type Fence } from '../../../src/core/forms/form.ts'
import type { ChangedFile } from '../../../src/core/task.ts'
import { applyAsAider } from './aider-reader.ts'
import { CHANGES, diffOf, LINE_ENDS, type Change } from './changes.ts'

const FORMS = ['aider-whole', 'aider-diff', 'aider-udiff'] as const

const told = (
  form: AiderForm,
  files: readonly ChangedFile[],
  diff = diffOf(files),
  fence: Fence = TICKS,
): string => ['It passed.', ...aiderForm(form, fence).change(diff, files), 'Evidence: verified'].join('\n\n')

const beforeOf = (files: readonly ChangedFile[]): Record<string, string> =>
  Object.fromEntries(
    files.flatMap(({ path, before }) => (before === null ? [] : [[path, lineFeeds(before)]])),
  )

/** aider writes its own line ends, and one at the end of every file. */
const lineFeeds = (text: string): string => text.replaceAll('\r\n', '\n')
const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** Each file is as it was proven, or the answer says what to do by hand and leaves it as it was. */
function assertCarried(
  answer: string,
  files: readonly ChangedFile[],
  after: Readonly<Record<string, string>>,
): void {
  for (const { path, before, after: wanted } of files) {
    if (wanted === null) assert.ok(answer.includes(`Delete \`${path}\`.`))
    else if (answer.includes(`Change \`${path}\` by hand`))
      assert.equal(after[path], before === null ? undefined : lineFeeds(before))
    else assert.equal(ended(after[path] ?? 'missing'), ended(lineFeeds(wanted)))
  }
}

for (const form of FORMS) {
  test(`${form}: every change becomes the proven file`, () => {
    for (const { name, files } of CHANGES) {
      const answer = told(form, files)
      assert.ok(!answer.includes('by hand'), name)
      assertCarried(answer, files, applyAsAider(form, answer, beforeOf(files), TICKS))
    }
  })

  test(`${form}: line ends that it cannot carry are left to the hand`, () => {
    for (const { files } of LINE_ENDS) {
      const answer = told(form, files)
      assertCarried(answer, files, applyAsAider(form, answer, beforeOf(files), TICKS))
    }
  })

  test(`${form}: whatever two texts are, aider makes the second of the first, or nothing`, () => {
    const line = fc.constantFrom(
      '',
      ' ',
      'a',
      '  a',
      'b',
      'a.ts',
      '-- x',
      '++ x',
      '=======',
      '>>>>>>> REPLACE',
      '```',
      '```sh',
      '@@ @@',
      '\f',
    )
    const text = fc.array(line, { maxLength: 10 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(ended(before) !== ended(after))
        const files = [{ path: 'src/a.ts', before, after }]
        const diff = `diff --git a/src/a.ts b/src/a.ts\n--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1 +1 @@\n-x\n+y\n`
        const answer = told(form, files, diff)
        assertCarried(answer, files, applyAsAider(form, answer, beforeOf(files), TICKS))
      }),
      { numRuns: 300 },
    )
  })

  test(`${form}: what is not to be applied is no edit`, () => {
    const rendering = aiderForm(form, TICKS)
    const diff =
      '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n <<<<<<< SEARCH\n ```sh\n-=======\n+a\n >>>>>>> REPLACE\n'
    const answer = [
      ...rendering.words('The reason is:\n```\nx\n```'),
      ...rendering.attempt(diff),
      ...rendering.log('src/a.ts\n```diff\n--- src/a.ts\n+++ src/a.ts\n@@ @@\n+b\n```'),
      ...rendering.test({ path: 'src/a.ts', content: 'src/a.ts\n```\ngone\n```\n' }),
    ].join('\n\n')
    assert.deepEqual(applyAsAider(form, answer, { 'src/a.ts': 'a\n' }, TICKS), { 'src/a.ts': 'a\n' })
  })
}

test('the fence is the one that aider chose, and a file that breaks it is left to the hand', () => {
  const fence = { opens: '<source>', closes: '</source>' }
  const files = [{ path: 'a.md', before: '```\na\n```\n', after: '```\nb\n```\n' }]
  for (const form of ['aider-whole', 'aider-diff'] as const) {
    const answer = told(form, files, diffOf(files), fence)
    assert.match(answer, /^<source>/m)
    assert.deepEqual(applyAsAider(form, answer, beforeOf(files), fence), { 'a.md': '```\nb\n```\n' })
  }
  assert.match(told('aider-whole', files), /Change `a\.md` by hand/)
})

test('aider itself makes the proven files of every answer', (t) => {
  const python = process.env['AIDER_PYTHON'] ?? 'python3'
  if (spawnSync(python, ['-c', 'import aider']).status !== 0) {
    return t.skip('no Python with aider-chat here; AIDER_PYTHON may name one')
  }
  const cases = FORMS.flatMap((form) => [...CHANGES, ...LINE_ENDS].map((change) => caseOf(form, change)))
  const script = join(import.meta.dirname, '../../fixtures/forms/apply_with_aider.py')
  const { status, stdout, stderr } = spawnSync(python, [script], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  })
  assert.equal(status, 0, stderr)
  const results: { complaint: string | null; after: Record<string, string> }[] = JSON.parse(stdout)
  assert.equal(results.length, cases.length)
  for (const [index, { after, complaint }] of results.entries()) {
    const { answer, files } = cases[index]!
    assert.equal(complaint, null)
    assertCarried(
      answer,
      files,
      Object.fromEntries(Object.entries(after).map(([path, text]) => [path, lineFeeds(text)])),
    )
  }
})

const caseOf = (form: AiderForm, { files }: Change) => ({
  format: form.replace('aider-', ''),
  answer: told(form, files),
  before: Object.fromEntries(files.flatMap(({ path, before }) => (before === null ? [] : [[path, before]]))),
  files,
})
