import type { ExamPair } from './exam-pair.ts'

/** Lists: their order, their ends, and whose they are. */
export const LISTS: readonly ExamPair[] = [
  {
    request:
      'uniqueById: where ids repeat, the first item with an id must be kept and the later ones left out.',
    path: 'src/unique.js',
    before: `export function uniqueById(items) {
  return [...new Set(items)]
}
`,
    right: `export function uniqueById(items) {
  const seen = new Set()
  return items.filter(({ id }) => {
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}
`,
    wrong: `export function uniqueById(items) {
  const byId = new Map(items.map((item) => [item.id, item]))
  return [...byId.values()]
}
`,
    check: "assert.deepEqual(module.uniqueById([{ id: 1, n: 'a' }, { id: 1, n: 'b' }]), [{ id: 1, n: 'a' }])",
  },
  {
    request:
      'chunk loses the items at the end when the last chunk is not full. It must keep them, and give no empty chunk.',
    path: 'src/chunk.ts',
    before: `export function chunk<Item>(items: Item[], size: number): Item[][] {
  const chunks: Item[][] = []
  for (let at = 0; at + size <= items.length; at += size) chunks.push(items.slice(at, at + size))
  return chunks
}
`,
    right: `export function chunk<Item>(items: Item[], size: number): Item[][] {
  const chunks: Item[][] = []
  for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size))
  return chunks
}
`,
    wrong: `export function chunk<Item>(items: Item[], size: number): Item[][] {
  const chunks: Item[][] = []
  for (let at = 0; at <= items.length; at += size) chunks.push(items.slice(at, at + size))
  return chunks
}
`,
    check:
      'assert.deepEqual([module.chunk([1, 2, 3], 2), module.chunk([1, 2], 2)], [[[1, 2], [3]], [[1, 2]]])',
  },
  {
    request:
      'sorted must sort numbers by their value: 10 comes after 9. The list it is given must stay as it is.',
    path: 'src/sorted.js',
    before: `export const sorted = (numbers) => [...numbers].sort()
`,
    right: `export const sorted = (numbers) => [...numbers].sort((left, right) => left - right)
`,
    wrong: `export const sorted = (numbers) => numbers.sort((left, right) => left - right)
`,
    check:
      'const given = [10, 9]; assert.deepEqual(module.sorted(given), [9, 10]); assert.deepEqual(given, [10, 9])',
  },
  {
    request:
      'lastOf(list, 0) must be empty. Asking for more items than there are must still give all of them.',
    path: 'src/last.js',
    before: `export function lastOf(list, count) {
  return list.slice(-count)
}
`,
    right: `export function lastOf(list, count) {
  return count === 0 ? [] : list.slice(-count)
}
`,
    wrong: `export function lastOf(list, count) {
  const start = list.length - count
  return list.slice(start, list.length)
}
`,
    check:
      'assert.deepEqual([0, 1, 5].map((count) => module.lastOf([1, 2, 3], count)), [[], [3], [1, 2, 3]])',
  },
  {
    request: 'flatten must open the outermost level only. Items that are no lists stay as they are.',
    path: 'src/flatten.js',
    before: `export function flatten(list) {
  return list.flat(Infinity)
}
`,
    right: `export function flatten(list) {
  return list.flat()
}
`,
    wrong: `export function flatten(list) {
  return list.reduce((all, item) => [...all, ...item], [])
}
`,
    check: 'assert.deepEqual(module.flatten([1, [2, [3]]]), [1, 2, [3]])',
  },
  {
    request: 'groupBy breaks when a key is called "constructor". It must work with every key.',
    path: 'src/group.js',
    before: `export function groupBy(items, keyOf) {
  const groups = {}
  for (const item of items) {
    const key = keyOf(item)
    groups[key] = groups[key] ?? []
    groups[key].push(item)
  }
  return groups
}
`,
    right: `export function groupBy(items, keyOf) {
  const groups = Object.create(null)
  for (const item of items) {
    const key = keyOf(item)
    groups[key] = groups[key] ?? []
    groups[key].push(item)
  }
  return groups
}
`,
    wrong: `export function groupBy(items, keyOf) {
  const groups = {}
  for (const item of items) {
    const key = keyOf(item)
    if (!(key in groups)) groups[key] = []
    groups[key].push(item)
  }
  return groups
}
`,
    check: "assert.deepEqual(module.groupBy(['constructor'], (word) => word).constructor, ['constructor'])",
  },
  {
    request: 'removeEmpty must remove all empty strings, in the list itself.',
    path: 'src/remove-empty.ts',
    before: `export function removeEmpty(list: string[]): void {
  const at = list.indexOf('')
  if (at !== -1) list.splice(at, 1)
}
`,
    right: `export function removeEmpty(list: string[]): void {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    if (list[at] === '') list.splice(at, 1)
  }
}
`,
    wrong: `export function removeEmpty(list: string[]): void {
  for (let at = 0; at < list.length; at += 1) {
    if (list[at] === '') list.splice(at, 1)
  }
}
`,
    check: "const list = ['', '', 'a']; module.removeEmpty(list); assert.deepEqual(list, ['a'])",
  },
  {
    request: 'largest must be null for an empty list, and the largest number of any other.',
    path: 'src/largest.js',
    before: `export const largest = (numbers) => Math.max(...numbers)
`,
    right: `export const largest = (numbers) => (numbers.length === 0 ? null : Math.max(...numbers))
`,
    wrong: `export const largest = (numbers) => {
  const most = numbers.reduce((most, number) => Math.max(most, number), 0)
  return most === 0 ? null : most
}
`,
    check: 'assert.deepEqual([module.largest([]), module.largest([-5, -2])], [null, -2])',
  },
]
