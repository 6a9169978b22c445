import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createProgress } from '../../src/cli/download-progress.ts'
import { threadsFor } from '../../src/embedded/engine.ts'
import { grammarSchema } from '../../src/embedded/grammar-schema.ts'
import { packagesFor } from '../../src/embedded/install-package.ts'
import { offerFor, OFFERS } from '../../src/embedded/offer.ts'
import { platformPackage } from '../../src/embedded/platform-package.ts'
import { stopAt } from '../../src/embedded/stop-text.ts'
import { tinyGguf } from '../support/tiny-gguf.ts'

test('however a text is cut, what is shown ends before the first word to stop at', () => {
  const words = fc.array(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'c') }), {
    maxLength: 3,
  })
  const pieces = fc.array(fc.string({ maxLength: 4, unit: fc.constantFrom('a', 'b', 'c', ' ') }), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(words, pieces, (words, pieces) => {
      const stop = stopAt(words)
      let shown = ''
      let stopped = false
      for (const piece of pieces) {
        const read = stop.read(piece)
        shown += read.shown
        stopped = read.stopped
        if (stopped) break
      }
      if (!stopped) shown += stop.rest()
      const whole = pieces.join('')
      const first = Math.min(...words.map((word) => whole.indexOf(word)).filter((at) => at >= 0))
      // a longer word may be whole only after a shorter one inside it has stopped the text
      assert.equal(stopped, Number.isFinite(first))
      if (stopped)
        assert.ok(whole.startsWith(shown) && words.some((word) => whole.startsWith(word, shown.length)))
      else assert.equal(shown, whole)
    }),
  )
})

test('a schema keeps its bounds in the dialect of the grammars', () => {
  const schema = {
    type: 'object',
    properties: {
      note: { type: ['string', 'null'], maxLength: 9 },
      kind: { anyOf: [{ const: 'a' }, { enum: ['b', 'c'] }] },
      list: { type: 'array', items: { $ref: '#/$defs/name' }, maxItems: 3 },
    },
    $defs: { name: { type: 'string', maxLength: 4 } },
    additionalProperties: false,
  }
  assert.deepEqual(grammarSchema(schema), {
    type: 'object',
    properties: {
      note: {
        oneOf: [
          { type: 'string', maxLength: 9 },
          { type: 'null', maxLength: 9 },
        ],
      },
      kind: { oneOf: [{ const: 'a' }, { enum: ['b', 'c'] }] },
      list: { type: 'array', items: { $ref: '#/$defs/name' }, maxItems: 3 },
    },
    $defs: { name: { type: 'string', maxLength: 4 } },
    additionalProperties: false,
  })
})

test('a schema that would hold a model to nothing is refused', () => {
  let deep: object = { type: 'string' }
  for (let depth = 0; depth < 50; depth += 1) deep = { type: 'array', items: deep }
  for (const schema of [
    {},
    true,
    'x',
    { allOf: [{ type: 'string' }] },
    { type: 'object', properties: { a: {} } },
    deep,
  ])
    assert.equal(grammarSchema(schema), null)
})

test('each machine gets the one package that is made for it', () => {
  const glibc = true
  assert.equal(platformPackage({ platform: 'linux', arch: 'x64', glibc }), '@node-llama-cpp/linux-x64')
  assert.equal(
    platformPackage({ platform: 'darwin', arch: 'arm64', glibc: false }),
    '@node-llama-cpp/mac-arm64-metal',
  )
  assert.equal(platformPackage({ platform: 'win32', arch: 'x64', glibc: false }), '@node-llama-cpp/win-x64')
  // Alpine
  assert.throws(
    () => packagesFor({ platform: 'linux', arch: 'x64', glibc: false }),
    /no package for linux on x64 without glibc/,
  )
  assert.throws(() => packagesFor({ platform: 'freebsd', arch: 'x64', glibc }), /no package for freebsd/)
})

test('little memory gets the smaller model, and one that is proposed can be told in full', () => {
  assert.equal(offerFor(16e9).uri, OFFERS[0]!.uri)
  assert.equal(offerFor(2e9).uri, OFFERS.at(-1)!.uri)
  assert.equal(offerFor(0).uri, OFFERS.at(-1)!.uri)
})

test('one core is left to everything else', () => {
  assert.deepEqual(
    [
      [1, 1],
      [2, 2],
      [4, 4],
      [8, 16],
    ].map(([cpuMathCores = 0, cores = 0]) => threadsFor({ cpuMathCores }, cores)),
    [1, 1, 3, 7],
  )
})

test('a download shows a line every 5 %, on a terminal a bar', () => {
  const shown = (isTerminal: boolean): string[] => {
    const lines: string[] = []
    const progress = createProgress({ isTerminal, write: (text) => lines.push(text) })
    for (let at = 0; at <= 1000; at += 1) progress.tell({ totalSize: 1e9, downloadedSize: at * 1e6 })
    progress.end()
    return lines
  }
  assert.deepEqual(shown(false).slice(0, 2), ['0 % of 1000 MB\n', '5 % of 1000 MB\n'])
  assert.equal(shown(false).filter((line) => line !== '').length, 21)
  assert.match(shown(true).at(50)!, /^\r\[#{15} {15}\] {2}50 % 1000 MB$/)
})

test('the worst model in the world is the same for the same seed', () => {
  const digest = (seed: number): string => createHash('sha256').update(tinyGguf({ seed })).digest('hex')
  assert.equal(digest(1), digest(1))
  assert.notEqual(digest(1), digest(2))
  assert.ok(tinyGguf().length < 1e6)
})
