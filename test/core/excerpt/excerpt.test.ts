import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { symbolsInText } from '../../../src/core/code-map/text-symbols.ts'
import type { FileSymbols } from '../../../src/core/code-map/symbols.ts'
import { excerptsOf } from '../../../src/core/excerpt/excerpt.ts'
import { wantedIn } from '../../../src/core/excerpt/wanted.ts'
import { applyEdits } from '../../../src/core/patch/apply.ts'
import { isElision } from '../../../src/core/patch/lazy.ts'
import { readReply } from '../../../src/core/reply.ts'

const PATH = 'src/shop.ts'
const functionOf = (name: string): string =>
  `/** About ${name}. */\nexport function ${name}(input: number) {\n  const doubled = input * 2\n  return doubled + ${name.length}\n}`
const NAMES = Array.from({ length: 40 }, (_, index) => `helper${'abcdefghij'[index % 10]}${index}`)
const CONTENT = `import { one } from './one.ts'\n\n${NAMES.map(functionOf).join('\n\n')}\n`
const SYMBOLS: FileSymbols = {
  definitions: NAMES.map((name, index) => {
    const line = 4 + index * 6
    return {
      name,
      kind: 'function',
      line,
      end: line + 3,
      signature: `export function ${name}(input: number)`,
    }
  }),
  references: [['one', [1]]],
}

const excerpt = (request: string, most: number, content = CONTENT, symbols = SYMBOLS): string =>
  excerptsOf({ path: PATH, content, symbols }, wantedIn(request, [{ path: PATH, symbols }]), {
    fill: true,
  })(most)

/** What stands in the fence. */
const inside = (text: string): string[] => text.split('\n').slice(1, -1)

test('what a request names is shown whole with its comment, and a note says which lines are not', () => {
  const shown = excerpt('helperc12 must not double', 700)
  assert.ok(shown.includes(functionOf('helperc12')), shown)
  assert.match(shown, /\[… code not shown: lines \d+ to 241 …\]\n```$/)
})

test('a place in a trace of the stack is shown, whatever it is called', () => {
  const line = SYMBOLS.definitions[30]!.line + 1
  assert.ok(excerpt(`it throws at src/shop.ts:${line}:9`, 900).includes(functionOf(NAMES[30]!)))
})

test('of a language that nobody reads, what a request names is found as well', () => {
  const content = NAMES.map((name) => `function ${name} {\n  echo one\n  echo two\n}`).join('\n')
  const shown = excerpt('helperd23 is wrong', 600, content, symbolsInText(content))
  assert.ok(shown.includes('function helperd23 {\n  echo one\n  echo two\n}'), shown)
})

test('whatever the file and the room, lines stand in their order to the letter, and notes account for all others', () => {
  const line = fc.oneof(
    fc.constantFrom('', 'export function alpha() {', '}', '  alpha()', '``` js', '# beta', 'class Beta {'),
    fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/\r?\n/g, ' ')),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 120 }), fc.integer({ min: 0, max: 3_000 }), (lines, most) => {
      const content = lines.join('\n')
      const shown = excerpt('alpha and Beta at src/shop.ts:7', most, content, symbolsInText(content))
      assert.ok(shown.length <= most)
      if (shown === '') return
      let next = 0
      const own = content.replace(/\n$/, '').split('\n')
      for (const one of inside(shown)) {
        const note = /^\[… code not shown: lines? (\d+)(?: to (\d+))? …\]$/.exec(one)
        if (!note) assert.equal(one, own[next++])
        else {
          assert.equal(Number(note[1]), next + 1)
          next = Number(note[2] ?? note[1])
        }
      }
      assert.equal(next, own.length)
    }),
  )
})

test('a change written against an excerpt applies to the whole file, and a note in it is never taken for code', () => {
  const shown = excerpt('helperc12 must not double', 700)
  const [note = ''] = inside(shown).filter((line) => line.startsWith('[…'))
  assert.ok(isElision(note))
  const before = functionOf('helperc12')
  const reply = (after: string) =>
    readReply(`${PATH}\n<<<<<<< SEARCH\n${before}\n=======\n${after}\n>>>>>>> REPLACE\n`)
  const files = { paths: new Set([PATH]), read: () => CONTENT }
  const right = reply(before.replace('input * 2', 'input'))
  assert.ok(right.ok)
  const applied = applyEdits(right.edits, files)
  assert.ok(applied.ok)
  assert.equal(applied.changes[0]?.content, CONTENT.replace(before, before.replace('input * 2', 'input')))
})
