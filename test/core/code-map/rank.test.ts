import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { drawGraph } from '../../../src/core/code-map/code-graph.ts'
import { rankCode, type Focus } from '../../../src/core/code-map/rank.ts'
import { renderMap } from '../../../src/core/code-map/render.ts'
import type { MappedFile, SymbolKind } from '../../../src/core/code-map/symbols.ts'
import { estimateTokens } from '../../../src/core/tokens.ts'

/** A file that defines some names and uses others, a member with a dot before it. */
function file(path: string, defines: readonly string[], uses: readonly string[] = []): MappedFile {
  const definitions = defines.map((one, index) => {
    const isMethod = one.startsWith('.')
    const name = isMethod ? one.slice(1) : one
    const kind: SymbolKind = isMethod ? 'method' : 'function'
    return { name, kind, line: index + 1, end: index + 1, signature: `function ${name}()` }
  })
  return { path, symbols: { definitions, references: uses.map((name) => [name, [1]]) } }
}

const ranked = (files: readonly MappedFile[], focus: Partial<Focus>) =>
  rankCode(drawGraph(files), { request: '', open: [], ...focus })
const order = (files: readonly MappedFile[], focus: Partial<Focus> = {}): string[] =>
  ranked(files, focus).map(({ path }) => path)

const SHOP: readonly MappedFile[] = [
  file('src/cart.ts', ['totalOf', 'addItem'], ['priceOf', 'formatMoney']),
  file('src/price.ts', ['priceOf', 'taxOf'], ['formatMoney']),
  file('src/money.ts', ['formatMoney'], []),
  file('src/voucher.ts', ['redeemVoucher'], ['priceOf']),
  file('src/mail.ts', ['sendMail'], ['formatMoney']),
]

test('without a word to go by, what is used by most stands first', () => {
  assert.equal(order(SHOP)[0], 'src/money.ts')
})

for (const [what, focus, first] of [
  ['a path', { request: 'look at src/mail.ts' }, 'src/mail.ts'],
  ['a file name', { request: 'voucher.ts throws' }, 'src/voucher.ts'],
  ['a name in code', { request: 'taxOf is wrong' }, 'src/price.ts'],
  ['words of a name', { request: 'redeeming vouchers twice is possible' }, 'src/voucher.ts'],
  ['an open file', { open: ['src/cart.ts'] }, 'src/cart.ts'],
] as const) {
  test(`a request that says ${what} brings its file to the front`, () => {
    assert.equal(order(SHOP, focus)[0], first)
  })
}

test('what a meant file uses comes before what has nothing to do with it', () => {
  const [first, second, ...others] = order(SHOP, { request: 'redeem a voucher' })
  assert.deepEqual([first, second], ['src/voucher.ts', 'src/price.ts'])
  assert.ok(others.includes('src/mail.ts'))
})

test('a member called join has nothing to do with a function join', () => {
  const users = Array.from({ length: 5 }, (_, index) => file(`src/u${index}.ts`, [`u${index}`], ['.join']))
  const [first] = order([...users, file('src/join.ts', ['join']), file('src/list.ts', ['.join'])])
  assert.equal(first, 'src/list.ts')
})

test('tests stand behind what they test, unless the request is about tests', () => {
  const files = [file('src/cart.ts', ['cartTotal']), file('test/cart.test.ts', ['cartScene'], ['cartTotal'])]
  assert.equal(order(files, { request: 'the cart is wrong' })[0], 'src/cart.ts')
  assert.equal(order(files, { request: 'use cartScene in a new test' })[0], 'test/cart.test.ts')
})

test('a name that half the files define leads nowhere, and a graph stays small', () => {
  const files = Array.from({ length: 300 }, (_, index) =>
    file(`src/f${index}.ts`, ['run', `a${index}`], ['run']),
  )
  const askers = Array.from({ length: 300 }, (_, index) => file(`src/g${index}.ts`, [`b${index}`], ['run']))
  assert.equal(drawGraph([...files, ...askers]).edges.from.length, 0)
})

test('a map keeps to its tokens, shows each declaration with its line, and names no file twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), (tokens) => {
      const { files, tokens: told } = renderMap(ranked(SHOP, { request: 'taxOf' }), tokens)
      const text = files.map((one) => one.text).join('\n')
      assert.ok(told <= tokens)
      assert.ok(estimateTokens(text.length) <= told)
      assert.equal(new Set(files.map(({ path }) => path)).size, files.length)
    }),
  )
  const { files } = renderMap(ranked(SHOP, { request: 'taxOf' }), 30)
  assert.deepEqual(files[0], { path: 'src/price.ts', text: '``` src/price.ts\n2| function taxOf()\n```' })
})

test('there is a map of nothing', () => {
  assert.deepEqual(renderMap(ranked([], { request: 'anything' }), 100), { files: [], tokens: 0 })
})
