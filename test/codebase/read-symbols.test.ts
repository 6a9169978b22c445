import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSymbols } from '../../src/codebase/read-symbols.ts'

type Case = { path: string; text: string; defines: string[]; uses: string[] }

/** What a file defines as `kind name@lines`, and what it uses. */
const CASES: readonly Case[] = [
  {
    path: 'shop.ts',
    text: `import { priceOf as price } from './price.ts'
export const LIMIT: number = 3
export const add = (item: Item): void => { const local = () => 1; list.push(item) }
export async function total(items: Item[]): Promise<number> {
  function inner() {}
  return price(items)
}
export abstract class Cart extends Base { #secret() {} add(item: Item) {} abstract size(): number }
export interface Shape { side: number }
type Pair = [Item, Item]
enum Colour { Red }
`,
    defines: [
      'constant LIMIT@2-2',
      'constant add@3-3',
      'function total@4-7',
      'class Cart@8-8',
      'method add@8-8',
      'method size@8-8',
      'interface Shape@9-9',
      'type Pair@10-10',
      'enum Colour@11-11',
    ],
    uses: ['priceOf', 'Item', '.push', 'Promise', 'price', 'Base'],
  },
  {
    path: 'page.tsx',
    text: `export default function Page({ user }: Props) {\n  return <Card><Avatar user={user} /></Card>\n}\n`,
    defines: ['function Page@1-3'],
    uses: ['Props', 'Card', 'Avatar'],
  },
  {
    path: 'old.js',
    text: `var helper = require('./helper')\nclass Cart extends Base { add(item) { helper.log(new Item(item)) } }\nexports.make = function () { return new Cart() }\n`,
    defines: ['constant helper@1-1', 'class Cart@2-2', 'method add@2-2', 'function make@3-3'],
    uses: ['require', 'Base', '.log', 'Item', 'Cart'],
  },
  {
    path: 'shop.py',
    text: `from price import price_of as price, Tax\nLIMIT = 3\n@cached\nclass Cart(Base):\n    def add(self, item: Item) -> None:\n        price(self.items.sum(item))\n\nasync def total(cart):\n    def inner(): pass\n    return Cart()\n`,
    defines: ['constant LIMIT@2-2', 'class Cart@4-6', 'method add@5-6', 'function total@8-10'],
    uses: ['price_of', 'Tax', 'cached', 'Base', 'Item', 'price', 'sum', '.sum', 'Cart'],
  },
  {
    path: 'shop.rs',
    text: `use crate::price::{price_of, Tax};\npub struct Cart<T> { items: Vec<T> }\nimpl Cart<Item> {\n  pub fn add(&mut self, item: &Item) -> u32 { self.items.push(price_of(item)); Tax::new(); log!("x") }\n}\npub trait Priced { fn price(&self) -> u32; }\nenum Colour { Red }\nconst LIMIT: usize = 3;\nmacro_rules! hey { () => {} }\nmod inner {}\n`,
    defines: [
      'class Cart@2-2',
      'method add@4-4',
      'interface Priced@6-6',
      'method price@6-6',
      'enum Colour@7-7',
      'constant LIMIT@8-8',
      'macro hey@9-9',
      'module inner@10-10',
    ],
    uses: ['price_of', 'Tax', 'Vec', 'Item', 'push', '.push', 'new', '.new', 'log'],
  },
  {
    path: 'shop.go',
    text: `package shop\nconst Limit = 3\nvar cache = map[string]int{}\ntype Cart struct { items []Item }\nfunc (c *Cart) Add(item Item) (int, error) { return price.Of(item), check(item) }\nfunc main() {}\n`,
    defines: [
      'constant Limit@2-2',
      'constant cache@3-3',
      'type Cart@4-4',
      'method Add@5-5',
      'function main@6-6',
    ],
    uses: ['Item', 'Of', '.Of', 'check'],
  },
]

for (const { path, text, defines, uses } of CASES) {
  test(`${path}: definitions with their lines, and what it uses`, async () => {
    const { definitions, references } = await readSymbols(path, text)
    assert.deepEqual(
      definitions.map(({ kind, name, line, end }) => `${kind} ${name}@${line}-${end}`).toSorted(),
      defines.toSorted(),
    )
    const found = new Set(references.map(([name]) => name))
    assert.deepEqual(
      uses.filter((name) => !found.has(name)),
      [],
    )
  })
}

test('a signature is what stands before the body, and of a value only its name and type', async () => {
  const text = `export const token: string = 'hunter2'\nexport async function total(\n  items: Item[],\n): Promise<number> {\n  return 1\n}\nexport const half = (n: number): number => n / 2\n`
  const { definitions } = await readSymbols('a.ts', text)
  assert.deepEqual(
    definitions.map(({ signature }) => signature),
    [
      'export const token: string',
      'export async function total( items: Item[], ): Promise<number>',
      'export const half = (n: number): number',
    ],
  )
})

test('a file that leads its grammar astray costs only itself', async () => {
  const { definitions } = await readSymbols('bad.ts', '`${'.repeat(100_000))
  assert.deepEqual(definitions, [])
  const next = await readSymbols('good.ts', 'export function fine() {}')
  assert.equal(next.definitions[0]?.name, 'fine')
})
