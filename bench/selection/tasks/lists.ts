import type { SmallTask } from '../small-task.ts'

export const LISTS: readonly SmallTask[] = [
  {
    name: 'chunk',
    kind: 'fix',
    request:
      'chunk drops the last, shorter part. It must be kept. A size below 1 is a RangeError, no empty result.',
    path: 'src/chunk.ts',
    exports: 'chunk',
    head: 'export function chunk<Item>(items: readonly Item[], size: number): Item[][] {',
    base: 'if (size < 1) return []\nconst chunks: Item[][] = []\nfor (let start = 0; start + size <= items.length; start += size) {\n  chunks.push(items.slice(start, start + size))\n}\nreturn chunks',
    right: [
      "if (size < 1) throw new RangeError('a chunk holds at least one item')\nconst chunks: Item[][] = []\nfor (let start = 0; start < items.length; start += size) {\n  chunks.push(items.slice(start, start + size))\n}\nreturn chunks",
      "if (size < 1) throw new RangeError('a chunk holds at least one item')\nconst parts: Item[][] = []\nfor (let at = 0; at < items.length; at += size) {\n  parts.push(items.slice(at, at + size))\n}\n\nreturn parts",
      "if (size < 1) throw new RangeError('size must be positive')\nconst count = Math.ceil(items.length / size)\nreturn Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size))",
    ],
    logic: [
      "if (size < 1) throw new RangeError('a chunk holds at least one item')\nconst chunks: Item[][] = []\nfor (let start = 0; start <= items.length; start += size) {\n  const part = items.slice(start, start + size)\n  if (part.length > 1) chunks.push(part)\n}\nreturn chunks",
      'if (size < 1) return []\nconst chunks: Item[][] = []\nfor (let start = 0; start < items.length; start += size) {\n  chunks.push(items.slice(start, start + size))\n}\nreturn chunks',
    ],
    caught:
      "if (size < 1) throw new RangeError('a chunk holds at least one item')\nconst chunks: Item[][] = []\nfor (let start = 0; start <= items.length; start += size) {\n  chunks.push(items.slice(start, start + size))\n}\nreturn chunks",
    mistyped:
      "if (size < 1) throw new RangeError('a chunk holds at least one item')\nreturn items.slice(0, size)",
    visible: {
      'even parts': 'deepEqual(chunk([1, 2, 3, 4], 2), [[1, 2], [3, 4]])\ndeepEqual(chunk([], 3), [])',
    },
    hidden: {
      'the rest is kept': 'deepEqual(chunk([1, 2, 3], 2), [[1, 2], [3]])\ndeepEqual(chunk([1], 5), [[1]])',
      'a size is needed': 'throws(() => chunk([1], 0), RangeError)',
    },
  },
  {
    name: 'unique-by',
    kind: 'feature',
    request:
      'Give unique an optional second argument, a function that says what two items are compared by. The first of equal items stays. Without it nothing changes.',
    path: 'src/unique.ts',
    exports: 'unique',
    head: null,
    base: 'export function unique<Item>(items: readonly Item[]): Item[] {\n  return [...new Set(items)]\n}\n',
    right: [
      'export function unique<Item>(items: readonly Item[], by: (item: Item) => unknown = (item) => item): Item[] {\n  const seen = new Set<unknown>()\n  return items.filter((item) => {\n    const key = by(item)\n    if (seen.has(key)) return false\n    seen.add(key)\n    return true\n  })\n}\n',
      'export function unique<Item>(\n  items: readonly Item[],\n  by: (item: Item) => unknown = (item) => item,\n): Item[] {\n  const known = new Set<unknown>()\n  return items.filter((one) => {\n    const key = by(one)\n    if (known.has(key)) return false\n    known.add(key)\n    return true\n  })\n}\n',
      'export function unique<Item>(items: readonly Item[], keyOf?: (item: Item) => unknown): Item[] {\n  if (!keyOf) return [...new Set(items)]\n  const first = new Map<unknown, Item>()\n  for (const item of items) {\n    const key = keyOf(item)\n    if (!first.has(key)) first.set(key, item)\n  }\n  return [...first.values()]\n}\n',
    ],
    logic: [
      'export function unique<Item>(items: readonly Item[], by?: (item: Item) => unknown): Item[] {\n  if (!by) return [...new Set(items)]\n  return [...new Map(items.map((item) => [by(item), item])).values()]\n}\n',
      'export function unique<Item>(items: readonly Item[], by: (item: Item) => unknown = (item) => item): Item[] {\n  const seen: Record<string, boolean> = {}\n  return items.filter((item) => {\n    const key = String(by(item))\n    if (seen[key]) return false\n    seen[key] = true\n    return true\n  })\n}\n',
    ],
    caught:
      'export function unique<Item>(items: readonly Item[], by?: (item: Item) => unknown): Item[] {\n  const seen = new Set<unknown>()\n  return items.filter((item) => by !== undefined && !seen.has(by(item)))\n}\n',
    mistyped:
      'export function unique<Item>(items: readonly Item[], by: (item: Item) => unknown): Item[] {\n  return [...new Set(items.map(by))]\n}\n',
    visible: {
      'each once':
        "deepEqual(unique([1, 2, 1, 3]), [1, 2, 3])\ndeepEqual(unique(['b', 'a', 'b']), ['b', 'a'])",
    },
    hidden: {
      'the first of equal ones':
        "deepEqual(unique([{ id: 1, name: 'a' }, { id: 1, name: 'b' }], (one: { id: number }) => one.id), [{ id: 1, name: 'a' }])",
      'keys keep their type': "deepEqual(unique([1, '1'], (one: unknown) => one), [1, '1'])",
    },
  },
  {
    name: 'group-by',
    kind: 'fix',
    request:
      'groupBy loses items whose key is called like something every object has, such as "constructor". Any text must do as a key; the result stays a record.',
    path: 'src/group-by.ts',
    exports: 'groupBy',
    head: 'export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Record<string, Item[]> {',
    base: 'const groups: Record<string, Item[]> = {}\nfor (const item of items) {\n  const key = keyOf(item)\n  if (key in groups) groups[key]!.push?.(item)\n  else groups[key] = [item]\n}\nreturn groups',
    right: [
      'const groups: Record<string, Item[]> = Object.create(null)\nfor (const item of items) {\n  const key = keyOf(item)\n  if (key in groups) groups[key]!.push(item)\n  else groups[key] = [item]\n}\nreturn groups',
      'const byKey: Record<string, Item[]> = Object.create(null)\nfor (const one of items) {\n  const name = keyOf(one)\n  // nothing is inherited here\n  if (name in byKey) byKey[name]!.push(one)\n  else byKey[name] = [one]\n}\nreturn byKey',
      'const groups = new Map<string, Item[]>()\nfor (const item of items) {\n  const key = keyOf(item)\n  groups.set(key, [...(groups.get(key) ?? []), item])\n}\nreturn Object.fromEntries(groups)',
    ],
    logic: [
      'const groups: Record<string, Item[]> = {}\nfor (const item of items) {\n  const key = keyOf(item)\n  groups[key] = [...(Array.isArray(groups[key]) ? groups[key] : []), item]\n}\nreturn groups',
      "const groups: Record<string, Item[]> = {}\nfor (const item of items) {\n  const key = keyOf(item)\n  if (key === 'constructor') groups[key] = [item]\n  else if (key in groups) groups[key]!.push(item)\n  else groups[key] = [item]\n}\nreturn groups",
    ],
    caught:
      'const groups: Record<string, Item[]> = Object.create(null)\nfor (const item of items) groups[keyOf(item)] = [item]\nreturn groups',
    mistyped:
      'const groups = new Map<string, Item[]>()\nfor (const item of items) groups.set(keyOf(item), [item])\nreturn groups',
    visible: {
      'by a property':
        "const groups = groupBy(['apple', 'avocado', 'bean'], (word: string) => word[0]!)\ndeepEqual(groups['a'], ['apple', 'avocado'])\ndeepEqual(groups['b'], ['bean'])",
    },
    hidden: {
      'any key':
        "const groups = groupBy(['constructor', 'toString', 'constructor'], (word: string) => word)\ndeepEqual(groups['constructor'], ['constructor', 'constructor'])\ndeepEqual(groups['toString'], ['toString'])",
      'even this one':
        "const groups = groupBy(['__proto__', '__proto__'], (word: string) => word)\ndeepEqual(Object.keys(groups), ['__proto__'])\ndeepEqual(Object.values(groups), [['__proto__', '__proto__']])",
    },
  },
  {
    name: 'zip',
    kind: 'fix',
    request: 'zip of lists of different length has pairs with undefined. It must stop at the shorter one.',
    path: 'src/zip.ts',
    exports: 'zip',
    head: 'export function zip<One, Other>(left: readonly One[], right: readonly Other[]): [One, Other][] {',
    base: 'return left.map((item, index) => [item, right[index]!])',
    right: [
      'const length = Math.min(left.length, right.length)\nreturn left.slice(0, length).map((item, index) => [item, right[index]!])',
      'const shorter = Math.min(left.length, right.length)\nreturn left\n  .slice(0, shorter)\n  .map((one, at) => [one, right[at]!])',
      'const pairs: [One, Other][] = []\nfor (let index = 0; index < left.length && index < right.length; index += 1) {\n  pairs.push([left[index]!, right[index]!])\n}\nreturn pairs',
    ],
    logic: [
      'const pairs: [One, Other][] = []\nfor (const [index, item] of left.entries()) {\n  const other = right[index]\n  if (other) pairs.push([item, other])\n}\nreturn pairs',
      'const pairs = left.map((item, index): [One, Other] => [item, right[index]!])\nreturn pairs.filter(([, other]) => other !== undefined)',
    ],
    caught:
      'const length = Math.min(left.length, right.length) - 1\nreturn left.slice(0, length).map((item, index) => [item, right[index]!])',
    mistyped: 'return left.slice(0, right.length).map((item, index) => [right[index]!, item])',
    visible: { pairs: "deepEqual(zip([1, 2], ['a', 'b']), [[1, 'a'], [2, 'b']])" },
    hidden: {
      'stops at the shorter':
        "deepEqual(zip([1, 2, 3], ['a']), [[1, 'a']])\ndeepEqual(zip([1], ['a', 'b']), [[1, 'a']])",
      'keeps empty items':
        "deepEqual(zip([1, 2], [0, '']), [[1, 0], [2, '']])\ndeepEqual(zip([1, 2], [undefined, 3]), [[1, undefined], [2, 3]])",
    },
  },
  {
    name: 'move-item',
    kind: 'fix',
    request:
      'moveItem(list, from, to) changes the list it is given. It must return a new list, in which the item stands at index `to`. Indices outside the list change nothing.',
    path: 'src/move-item.js',
    exports: 'moveItem',
    head: '/**\n * @template Item\n * @param {Item[]} list\n * @param {number} from\n * @param {number} to\n * @returns {Item[]}\n */\nexport function moveItem(list, from, to) {',
    base: 'const [item] = list.splice(from, 1)\nlist.splice(to, 0, /** @type {Item} */ (item))\nreturn list',
    right: [
      'const moved = [...list]\nif (from < 0 || to < 0 || from >= list.length || to >= list.length) return moved\nmoved.splice(to, 0, ...moved.splice(from, 1))\nreturn moved',
      'const copy = [...list]\n// nothing there to move\nif (from < 0 || to < 0 || from >= list.length || to >= list.length) return copy\ncopy.splice(to, 0, ...copy.splice(from, 1))\n\nreturn copy',
      'const isInside = (/** @type {number} */ index) => index in list\nif (!isInside(from) || !isInside(to)) return list.slice()\nconst rest = list.filter((_, index) => index !== from)\nreturn [...rest.slice(0, to), /** @type {Item} */ (list[from]), ...rest.slice(to)]',
    ],
    logic: [
      'const moved = [...list]\nmoved.splice(to, 0, ...moved.splice(from, 1))\nreturn moved',
      'const moved = [...list]\nif (from < 0 || to < 0 || from > list.length || to > list.length) return moved\nmoved.splice(from < to ? to - 1 : to, 0, ...moved.splice(from, 1))\nreturn moved',
    ],
    caught:
      'const moved = [...list]\nconst kept = moved[from]\nmoved[from] = /** @type {Item} */ (moved[to])\nmoved[to] = /** @type {Item} */ (kept)\nreturn moved',
    mistyped: 'const moved = list.join()\nmoved.splice(to, 0, ...moved.splice(from, 1))\nreturn moved',
    visible: { 'to the front': "deepEqual(moveItem(['a', 'b', 'c'], 2, 0), ['c', 'a', 'b'])" },
    hidden: {
      'to the back':
        "deepEqual(moveItem(['a', 'b', 'c'], 0, 2), ['b', 'c', 'a'])\ndeepEqual(moveItem(['a', 'b', 'c'], 0, 1), ['b', 'a', 'c'])",
      'the list stays': "const list = ['a', 'b']\nmoveItem(list, 0, 1)\ndeepEqual(list, ['a', 'b'])",
      'outside is nothing':
        "deepEqual(moveItem(['a', 'b'], 5, 0), ['a', 'b'])\ndeepEqual(moveItem(['a', 'b', 'c'], 0, -1), ['a', 'b', 'c'])",
    },
  },
  {
    name: 'top',
    kind: 'feature',
    request:
      'top(scores, count) shall give players with equal scores in the order of their names, and never more than count players.',
    path: 'src/top.ts',
    exports: 'top',
    head: 'export type Score = { name: string; points: number }\n\nexport function top(scores: readonly Score[], count: number): string[] {',
    base: 'const sorted = [...scores].sort((one, other) => other.points - one.points)\nreturn sorted.map(({ name }) => name)',
    right: [
      'const sorted = [...scores].sort(\n  (one, other) => other.points - one.points || one.name.localeCompare(other.name),\n)\nreturn sorted.slice(0, count).map(({ name }) => name)',
      'const ranking = [...scores].sort((a, b) => b.points - a.points || a.name.localeCompare(b.name))\nreturn ranking.slice(0, count).map(({ name }) => name)',
      'return scores\n  .toSorted((one, other) => (one.name < other.name ? -1 : 1))\n  .toSorted((one, other) => other.points - one.points)\n  .filter((_, place) => place < count)\n  .map((score) => score.name)',
    ],
    logic: [
      'const sorted = [...scores].sort((one, other) => other.points - one.points)\nreturn sorted.slice(0, count).map(({ name }) => name)',
      'const sorted = [...scores].sort(\n  (one, other) => other.points - one.points || other.name.localeCompare(one.name),\n)\nreturn sorted.slice(0, count).map(({ name }) => name)',
    ],
    caught:
      'const sorted = [...scores].sort((one, other) => one.name.localeCompare(other.name) || other.points - one.points)\nreturn sorted.slice(0, count).map(({ name }) => name)',
    mistyped:
      'return [...scores].sort((one, other) => one.name - other.name).slice(0, count).map(({ name }) => name)',
    visible: {
      'best first':
        "deepEqual(top([{ name: 'Ann', points: 1 }, { name: 'Bob', points: 3 }], 2), ['Bob', 'Ann'])",
    },
    hidden: {
      'no more than asked':
        "deepEqual(top([{ name: 'Ann', points: 1 }, { name: 'Bob', points: 3 }], 1), ['Bob'])",
      'ties by name':
        "deepEqual(top([{ name: 'Cy', points: 2 }, { name: 'Ann', points: 2 }, { name: 'Bob', points: 2 }], 3), ['Ann', 'Bob', 'Cy'])",
    },
  },
  {
    name: 'flatten',
    kind: 'refactor',
    request:
      'Rewrite flatten without the recursion through concat; the depth it takes and its result stay the same.',
    path: 'src/flatten.ts',
    exports: 'flatten',
    head: 'export type Nested = number | readonly Nested[]\n\n/** All numbers, however deep they lie, in order. */\nexport function flatten(items: readonly Nested[]): number[] {',
    base: "let result: number[] = []\nfor (const item of items) {\n  result = typeof item === 'number' ? result.concat([item]) : result.concat(flatten(item))\n}\nreturn result",
    right: [
      "const result: number[] = []\nconst stack: Nested[] = [...items].reverse()\nwhile (stack.length > 0) {\n  const item = stack.pop()!\n  if (typeof item === 'number') result.push(item)\n  else stack.push(...[...item].reverse())\n}\nreturn result",
      "const flat: number[] = []\nconst waiting: Nested[] = [...items].reverse()\nwhile (waiting.length > 0) {\n  const next = waiting.pop()!\n  if (typeof next === 'number') flat.push(next)\n  else waiting.push(...[...next].reverse())\n}\n\nreturn flat",
      "const result: number[] = []\nconst visit = (item: Nested): void => {\n  if (typeof item === 'number') result.push(item)\n  else for (const inner of item) visit(inner)\n}\nvisit(items)\nreturn result",
    ],
    logic: [
      "return items.flat(2).filter((item) => typeof item === 'number')",
      "const result: number[] = []\nconst stack: Nested[] = [...items]\nwhile (stack.length > 0) {\n  const item = stack.shift()!\n  if (typeof item === 'number') result.push(item)\n  else stack.push(...item)\n}\nreturn result",
    ],
    caught: "return items.filter((item) => typeof item === 'number')",
    mistyped: 'return items.flat(Infinity).map((item) => item.valueOf())',
    visible: { 'one deep': 'deepEqual(flatten([1, [2, 3]]), [1, 2, 3])\ndeepEqual(flatten([]), [])' },
    hidden: { 'deep, and in order': 'deepEqual(flatten([1, [2, [3, [4, [5]]]], 6]), [1, 2, 3, 4, 5, 6])' },
  },
  {
    name: 'binary-search',
    kind: 'fix',
    request:
      'indexIn never finds the last item of a sorted list, and gives 0 where nothing is found; it must give -1 then.',
    path: 'src/binary-search.ts',
    exports: 'indexIn',
    head: '/** The index of a value in a list that is sorted upwards. */\nexport function indexIn(sorted: readonly number[], value: number): number {',
    base: 'let low = 0\nlet high = sorted.length - 1\nwhile (low < high) {\n  const middle = Math.floor((low + high) / 2)\n  if (sorted[middle] === value) return middle\n  if (sorted[middle]! < value) low = middle + 1\n  else high = middle\n}\nreturn 0',
    right: [
      'let low = 0\nlet high = sorted.length - 1\nwhile (low <= high) {\n  const middle = Math.floor((low + high) / 2)\n  if (sorted[middle] === value) return middle\n  if (sorted[middle]! < value) low = middle + 1\n  else high = middle - 1\n}\nreturn -1',
      'let from = 0\nlet to = sorted.length - 1\nwhile (from <= to) {\n  const half = Math.floor((from + to) / 2)\n  if (sorted[half] === value) return half\n  if (sorted[half]! < value) from = half + 1\n  else to = half - 1\n}\n// nowhere\nreturn -1',
      'let low = 0\nlet high = sorted.length\nwhile (low < high) {\n  const middle = (low + high) >>> 1\n  if (sorted[middle]! < value) low = middle + 1\n  else high = middle\n}\nreturn sorted[low] === value ? low : -1',
    ],
    logic: [
      'let low = 0\nlet high = sorted.length - 1\nwhile (low < high) {\n  const middle = Math.floor((low + high) / 2)\n  if (sorted[middle] === value) return middle\n  if (sorted[middle]! < value) low = middle + 1\n  else high = middle\n}\nreturn -1',
      'let low = 0\nlet high = sorted.length - 1\nwhile (low <= high) {\n  const middle = Math.floor((low + high) / 2)\n  if (sorted[middle] === value) return middle\n  if (sorted[middle]! < value) low = middle + 1\n  else high = middle - 1\n}\nreturn low < sorted.length ? -1 : low',
    ],
    caught:
      'let low = 0\nlet high = sorted.length - 1\nwhile (low <= high) {\n  const middle = Math.floor((low + high) / 2)\n  if (sorted[middle] === value) return middle\n  if (sorted[middle]! < value) high = middle - 1\n  else low = middle + 1\n}\nreturn -1',
    mistyped: 'const index = sorted.find((one) => one === value)\nreturn index ?? null',
    visible: { 'finds it': 'equal(indexIn([1, 3, 5, 7], 1), 0)\nequal(indexIn([1, 3, 5, 7], 5), 2)' },
    hidden: {
      'the last one': 'equal(indexIn([1, 3, 5, 7], 7), 3)\nequal(indexIn([4], 4), 0)',
      nowhere:
        'equal(indexIn([1, 3, 5], 4), -1)\nequal(indexIn([1, 3, 5], 9), -1)\nequal(indexIn([], 1), -1)',
    },
  },
]
