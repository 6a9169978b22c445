import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { editCalls, turnsOf, type EditPlace } from '../../../src/core/edit-tools/calls.ts'
import type { EditKit } from '../../../src/core/edit-tools/edit-tool.ts'
import { editKit } from '../../../src/core/edit-tools/recognise.ts'
import type { ChangedFile } from '../../../src/core/task.ts'
import { apply, offered, PATCH_TOOL, toolsOf } from './client-tools.ts'

const FOLDER = '/home/ann/project'
const PLACE: EditPlace = { folder: FOLDER, below: '' }
const string = { type: 'string' }
const KITS: Record<string, EditKit> = {
  'one replacement, absolute paths': editKit(toolsOf('opencode')),
  'a list of replacements': editKit(toolsOf('pi')),
  'an editor that also creates': editKit(toolsOf('cline')),
  'replacement after reading': editKit(toolsOf('qwen')),
  'a file as a whole': editKit([offered('write', { path: string, content: string })]),
  'a patch': editKit([PATCH_TOOL]),
}

/** git's headers for these files, as far as they say what kind of change it is. */
const diffOf = (files: readonly ChangedFile[]): string =>
  files
    .map(({ path, before, after }) => {
      const kind =
        before === null ? 'new file mode 100644\n' : after === null ? 'deleted file mode 100644\n' : ''
      return `diff --git a/${path} b/${path}\n${kind}--- a/${path}\n+++ b/${path}\n`
    })
    .join('')

const callsFor = (files: readonly ChangedFile[], kit: EditKit, place = PLACE) =>
  editCalls({ files, diff: diffOf(files) }, kit, place)

const changed = (before: string | null, after: string | null, path = 'src/a.ts'): ChangedFile => ({
  path,
  before,
  after,
})
const filesOf = (files: readonly ChangedFile[], which: 'before' | 'after'): Record<string, string> =>
  Object.fromEntries(files.flatMap((file) => (file[which] === null ? [] : [[file.path, file[which]]])))

// few different lines, so that old texts are hard to tell apart
const line = fc.constantFrom('', 'a', 'ab', 'a$&b', '  }', 'x = "é😀"', '*** End Patch', '+a', '@@', '$1')
const end = fc.constantFrom('\n', '\n', '\n', '\r\n')
const rarely = fc.nat(9).map((number) => number === 0)
const mostly = rarely.map((is) => !is)
const text = fc
  .tuple(fc.array(line, { maxLength: 40 }), end, mostly, rarely)
  .map(([lines, end, hasEnd, hasMark]) => (hasMark ? '\uFEFF' : '') + lines.join(end) + (hasEnd ? end : ''))

/** A text, and the same with some of its lines gone, new or other. */
const rewritten = fc
  .tuple(text, fc.array(fc.tuple(fc.nat(39), fc.constantFrom('drop', 'add', 'swap'), line), { maxLength: 5 }))
  .map(([before, steps]) => {
    const end = before.includes('\r\n') ? '\r\n' : '\n'
    const lines = before.split(end)
    for (const [at, how, other] of steps)
      lines.splice(at, how === 'add' ? 0 : 1, ...(how === 'drop' ? [] : [other]))
    return { before, after: lines.join(end) }
  })
  .filter(({ before, after }) => before !== after)

/** Patches say nothing of carriage returns, marks and missing line ends. */
const plain = (text: string): string => `${text.replaceAll(/[\r\uFEFF]/g, '')}\n`

for (const [name, kit] of Object.entries(KITS)) {
  const shaped = name === 'a patch' ? plain : (text: string): string => text
  test(`the calls make exactly the change, or none are made (${name})`, () => {
    let said = 0
    fc.assert(
      fc.property(fc.array(rewritten, { minLength: 1, maxLength: 2 }), fc.option(text), (pairs, added) => {
        const files = [
          ...pairs.map(({ before, after }, index) =>
            changed(shaped(before), shaped(after), `src/${index}.ts`),
          ),
          ...(added === null ? [] : [changed(null, shaped(added), 'src/new.ts')]),
        ]
        const calls = callsFor(files, kit)
        if (calls === null) return
        said += 1
        assert.deepEqual(apply(filesOf(files, 'before'), calls, kit.tools, FOLDER), filesOf(files, 'after'))
      }),
      { numRuns: 300 },
    )
    assert.ok(said > 20, `only ${said} changes could be said`)
  })
}

const numbered = (count: number, other: Record<number, string> = {}): string =>
  Array.from({ length: count }, (_, at) => `${other[at] ?? `line ${at} `}\n`).join('')

test('an old text is one line where one line is enough', () => {
  const [call, ...more] = callsFor(
    [changed(numbered(50), numbered(50, { 20: 'other' }))],
    KITS['a list of replacements']!,
  )!
  assert.deepEqual(more, [])
  assert.deepEqual(JSON.parse(call!.arguments), {
    path: 'src/a.ts',
    edits: [{ oldText: 'line 20 ', newText: 'other' }],
  })
})

test('it takes as many lines around it as make it the only one', () => {
  const before = 'one {\n  stop()\n}\ntwo {\n  stop()\n}\n'
  const [call] = callsFor(
    [changed(before, before.replace(/stop\(\)\n\}\n$/, 'go()\n}\n'))],
    KITS['a list of replacements']!,
  )!
  const { edits } = JSON.parse(call!.arguments)
  assert.equal(edits.length, 1)
  assert.match(edits[0].oldText, /^two \{\n {2}stop\(\)/)
})

test('places far apart are pieces of their own, in one list or in one call each', () => {
  const file = changed(numbered(90), numbered(90, { 10: 'x', 80: 'y' }))
  const list = callsFor([file], KITS['a list of replacements']!)!
  assert.equal(JSON.parse(list[0]!.arguments).edits.length, 2)
  const single = callsFor([file], KITS['an editor that also creates']!)!
  assert.equal(single.length, 2)
})

test('two calls for one file are made in two turns, two files in one', () => {
  const twice = changed(numbered(90), numbered(90, { 10: 'x', 80: 'y' }))
  const once = changed('a\n', 'b\n', 'src/b.ts')
  const calls = callsFor([twice, once], KITS['an editor that also creates']!)!
  assert.deepEqual(turnsOf(calls, { sideBySide: true }), [[0], [1, 2]])
  assert.deepEqual(turnsOf(calls, { sideBySide: false }), [[0], [1], [2]])
})

test('where a tool wants files read first, they are, in a turn before', () => {
  const files = [changed('a\n', 'b\n'), changed('a\n', 'b\n', 'src/b.ts'), changed(null, 'new\n', 'src/c.ts')]
  const calls = callsFor(files, KITS['one replacement, absolute paths']!)!
  assert.deepEqual(
    calls.map(({ name }) => name),
    ['read', 'read', 'edit', 'edit', 'write'],
  )
  assert.deepEqual(JSON.parse(calls[0]!.arguments), { filePath: `${FOLDER}/src/a.ts` })
  assert.deepEqual(turnsOf(calls, { sideBySide: true }), [
    [0, 1],
    [2, 3, 4],
  ])
})

test('paths begin at the client’s own folder, and files beside it are not touched', () => {
  const place = { folder: '/srv/app/packages/web', below: 'packages/web' }
  const inside = changed('a\n', 'b\n', 'packages/web/src/a.ts')
  const at = (kit: EditKit) => JSON.parse(callsFor([inside], kit, place)!.at(-1)!.arguments)
  assert.equal(at(KITS['one replacement, absolute paths']!).filePath, '/srv/app/packages/web/src/a.ts')
  assert.equal(at(KITS['a list of replacements']!).path, 'src/a.ts')
  const outside = changed('a\n', 'b\n', 'packages/website/a.ts')
  assert.equal(callsFor([inside, outside], KITS['a list of replacements']!, place), null)
})

test('a tool with commands is called with the right one', () => {
  const editor = offered(
    'str_replace_based_edit_tool',
    {
      command: { type: 'string', enum: ['view', 'create', 'str_replace', 'insert'] },
      path: string,
      old_str: string,
      new_str: string,
      file_text: string,
    },
    { required: ['command', 'path'] },
  )
  const calls = callsFor([changed('a\n', 'b\n'), changed(null, 'new\n', 'b.ts')], editKit([editor]))!
  assert.deepEqual(
    calls.map((call) => JSON.parse(call.arguments)),
    [
      { command: 'str_replace', path: 'src/a.ts', old_str: 'a', new_str: 'b' },
      { command: 'create', path: 'b.ts', file_text: 'new\n' },
    ],
  )
})

test('a patch says removals too', () => {
  const files = [changed('a\n', null), changed('a\nb\n', 'a\nc\n', 'b.ts'), changed(null, 'x\n\ny\n', 'c.ts')]
  const kit = KITS['a patch']!
  const calls = callsFor(files, kit)!
  assert.deepEqual(JSON.parse(calls[0]!.arguments), {
    input:
      '*** Begin Patch\n*** Delete File: src/a.ts\n*** Update File: b.ts\n@@\n-b\n+c\n*** Add File: c.ts\n+x\n+\n+y\n*** End Patch',
  })
  assert.deepEqual(apply(filesOf(files, 'before'), calls, kit.tools, FOLDER), filesOf(files, 'after'))
})

test('what a client’s tools cannot say, nobody tries to say in part', () => {
  const fine = changed('a\n', 'b\n')
  const pi = KITS['a list of replacements']!
  assert.equal(callsFor([fine, changed('a\n', null, 'gone.ts')], pi), null)
  assert.equal(callsFor([fine, changed(null, null, 'picture.png')], pi), null)
  assert.equal(callsFor([], pi), null)
  // no tool of Codex's takes an edit, and a client without a folder takes no absolute path
  assert.equal(callsFor([fine], editKit(toolsOf('codex'))), null)
  assert.equal(callsFor([fine], KITS['one replacement, absolute paths']!, { folder: null, below: '' }), null)
  for (const header of ['old mode 100644\nnew mode 100755', 'new file mode 120000', 'GIT binary patch']) {
    assert.equal(
      editCalls({ files: [fine], diff: `diff --git a/x b/x\n${header}\n` }, pi, PLACE),
      null,
      header,
    )
  }
  // a text that became something else is not gone
  assert.equal(editCalls({ files: [changed('a\n', null)], diff: '' }, KITS['a patch']!, PLACE), null)
})

test('what is longer than a tool takes is not put into it', () => {
  const cline = KITS['an editor that also creates']!
  assert.ok(callsFor([changed(null, 'x'.repeat(6_000))], cline))
  assert.equal(callsFor([changed(null, 'x'.repeat(6_001))], cline), null)
})

test('thousands of equal lines take no time to speak of', () => {
  const before = 'same\n'.repeat(20_000)
  const calls = callsFor(
    [changed(before, `${before.slice(0, 50_000)}other\n${before.slice(50_000)}`)],
    KITS['a list of replacements']!,
  )
  assert.ok(calls)
})
