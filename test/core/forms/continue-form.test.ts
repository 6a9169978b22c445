import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { CONTINUE_FORM } from '../../../src/core/forms/continue-form.ts'
import type { ChangedFile } from '../../../src/core/task.ts'
import { CHANGES, diffOf, LINE_ENDS } from './changes.ts'
import { pageBlocks, pressApply } from './continue-page.ts'

const told = (files: readonly ChangedFile[], diff = diffOf(files)): string =>
  ['It passed.', ...CONTINUE_FORM.change(diff, files), 'Evidence: verified'].join('\n\n')

const blockFor = (answer: string, path: string) => {
  const blocks = pageBlocks(answer).filter((block) => block.path === path)
  assert.equal(blocks.length, 1, `one block for ${path} in\n${answer}`)
  return blocks[0]!
}

for (const { name, files } of [...CHANGES, ...LINE_ENDS]) {
  test(`Continue's Apply button makes the proven file: ${name}`, () => {
    const answer = told(files)
    for (const { path, before, after } of files) {
      if (after === null) assert.ok(answer.includes(`Delete \`${path}\`.`))
      else {
        const block = blockFor(answer, path)
        assert.equal(block.button, 'apply')
        assert.equal(pressApply(before, block), after)
      }
    }
  })
}

test('whatever two texts are, the button makes the second of the first, or there is none', () => {
  const line = fc.constantFrom(
    '',
    ' ',
    'a',
    '  a',
    'b',
    '--x',
    '++x',
    '-',
    '+',
    '@@',
    '... a ...',
    '```',
    '$$',
    '```md',
    '\\ x',
  )
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'))
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after)
      const path = 'src/a.ts'
      const diff = `diff --git a/${path} b/${path}\n`
      const answer = told([{ path, before, after }], diff)
      const blocks = pageBlocks(answer).filter(({ button }) => button !== 'none')
      if (answer.includes('by hand')) assert.deepEqual(blocks, [])
      else assert.equal(pressApply(before, blocks[0]!), after)
    }),
    { numRuns: 500 },
  )
})

test('a block for the button is a patch for git as well', () => {
  const { files } = CHANGES.find(({ name }) => name === 'several places')!
  const { path, before, after } = files[0]!
  const folder = mkdtempSync(join(tmpdir(), 'quorum-forms-'))
  try {
    execFileSync('mkdir', ['-p', join(folder, 'src')])
    writeFileSync(join(folder, path), before!)
    execFileSync('git', ['apply', '-'], { cwd: folder, input: `${blockFor(told(files), path).text}\n` })
    assert.equal(readFileSync(join(folder, path), 'utf8'), after)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a name that the button cannot take gives a block without one, and a word about it', () => {
  for (const path of ['my notes/a b.ts', 'Dockerfile', 'src/a`b.ts', 'md/page.ts']) {
    const answer = told([{ path, before: 'a\n', after: 'b\n' }])
    assert.deepEqual(
      pageBlocks(answer).map(({ button }) => button),
      ['none'],
      path,
    )
    assert.ok(answer.includes(`Change \`${path}\` by hand`))
  }
})

test('a block for a shell script is not offered to be run, and none is called Markdown', () => {
  assert.equal(blockFor(told([{ path: 'run.sh', before: 'ls\n', after: 'pwd\n' }]), 'run.sh').button, 'apply')
  assert.equal(
    blockFor(told([{ path: 'README.md', before: 'a\n', after: 'b\n' }]), 'README.md').language,
    'text',
  )
})

test('what the page would rewrite before it applies it is left to the hand', () => {
  for (const odd of ['```md\n', 'x $$\n', '<think>\n', 'a\rb\n']) {
    const answer = told([{ path: 'a.ts', before: null, after: `a\n${odd}b\n` }])
    assert.ok(!pageBlocks(answer).some(({ button }) => button !== 'none'), JSON.stringify(odd))
    assert.match(answer, /by hand/)
  }
})

test('an attempt and a log have no button; the test of the request has one that creates it', () => {
  const attempt = CONTINUE_FORM.attempt(diffOf([{ path: 'a.ts', before: 'a\n', after: 'b\n' }])).join('\n\n')
  assert.deepEqual(
    pageBlocks(attempt).map(({ button }) => button),
    ['none'],
  )
  assert.deepEqual(
    pageBlocks(CONTINUE_FORM.log('it broke').join('\n')).map(({ button }) => button),
    ['none'],
  )
  const [offered] = pageBlocks(
    CONTINUE_FORM.test({ path: 'test/new.test.ts', content: 'test()\n' }).join('\n'),
  )
  assert.equal(offered?.path, 'test/new.test.ts')
  assert.equal(pressApply(null, offered), 'test()\n')
})
