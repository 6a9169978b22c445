import type { ExamPair } from './exam-pair.ts'

/** Small rules of a shop, a blog and a tree. */
export const RULES: readonly ExamPair[] = [
  {
    request: 'total: the discount must be taken off the goods only, not off the shipping.',
    path: 'src/total.ts',
    before: `type Order = { goods: number; shipping: number; discount: number }

export const total = ({ goods, shipping }: Order): number => goods + shipping
`,
    right: `type Order = { goods: number; shipping: number; discount: number }

export const total = ({ goods, shipping, discount }: Order): number => goods * (1 - discount) + shipping
`,
    wrong: `type Order = { goods: number; shipping: number; discount: number }

export const total = ({ goods, shipping, discount }: Order): number => (goods + shipping) * (1 - discount)
`,
    check: 'assert.equal(module.total({ goods: 100, shipping: 10, discount: 0.5 }), 60)',
  },
  {
    request:
      'byName must sort people by their last name, and by their first name where the last names are the same.',
    path: 'src/people.js',
    before: `export const byName = (people) =>
  people.toSorted((one, other) => one.last.localeCompare(other.last))
`,
    right: `export const byName = (people) =>
  people.toSorted(
    (one, other) => one.last.localeCompare(other.last) || one.first.localeCompare(other.first),
  )
`,
    wrong: `export const byName = (people) =>
  people
    .toSorted((one, other) => one.last.localeCompare(other.last))
    .toSorted((one, other) => one.first.localeCompare(other.first))
`,
    check:
      "const [a, b, c] = [{ first: 'Zoe', last: 'A' }, { first: 'Bob', last: 'B' }, { first: 'Ann', last: 'B' }]; assert.deepEqual(module.byName([b, c, a]), [a, c, b])",
  },
  {
    request: 'pageOf(items, page, size): pages must count from 1, not from 0.',
    path: 'src/page.js',
    before: `export function pageOf(items, page, size) {
  return items.slice(page * size, page * size + size)
}
`,
    right: `export function pageOf(items, page, size) {
  const start = (page - 1) * size
  return items.slice(start, start + size)
}
`,
    wrong: `export function pageOf(items, page, size) {
  return items.slice((page - 1) * size, page * size + size)
}
`,
    check: 'assert.deepEqual(module.pageOf([1, 2, 3, 4, 5], 2, 2), [3, 4])',
  },
  {
    request:
      'canEdit: its owner and every admin may edit a post. Nobody may edit one that is locked, not even an admin.',
    path: 'src/can-edit.ts',
    before: `type User = { id: string; isAdmin: boolean }
type Post = { owner: string; isLocked: boolean }

export const canEdit = (user: User, post: Post): boolean => user.id === post.owner
`,
    right: `type User = { id: string; isAdmin: boolean }
type Post = { owner: string; isLocked: boolean }

export const canEdit = (user: User, post: Post): boolean =>
  !post.isLocked && (user.isAdmin || user.id === post.owner)
`,
    wrong: `type User = { id: string; isAdmin: boolean }
type Post = { owner: string; isLocked: boolean }

export const canEdit = (user: User, post: Post): boolean =>
  user.isAdmin || (user.id === post.owner && !post.isLocked)
`,
    check: "assert.equal(module.canEdit({ id: 'a', isAdmin: true }, { owner: 'a', isLocked: true }), false)",
  },
  {
    request:
      'problemsOf(password) must name every problem there is: shorter than 8 characters, and without a digit.',
    path: 'src/password.js',
    before: `export function problemsOf(password) {
  return password.length < 8 ? ['too short'] : []
}
`,
    right: `export function problemsOf(password) {
  const problems = []
  if (password.length < 8) problems.push('too short')
  if (!/\\d/.test(password)) problems.push('no digit')
  return problems
}
`,
    wrong: `export function problemsOf(password) {
  if (password.length < 8) return ['too short']
  return /\\d/.test(password) ? [] : ['no digit']
}
`,
    check: "assert.deepEqual(module.problemsOf('abc'), ['too short', 'no digit'])",
  },
  {
    request: 'reserve must be false, and change nothing, when there is less in stock than is wanted.',
    path: 'src/stock.js',
    before: `export function reserve(stock, item, count) {
  stock[item] -= count
  return true
}
`,
    right: `export function reserve(stock, item, count) {
  if (stock[item] < count) return false
  stock[item] -= count
  return true
}
`,
    wrong: `export function reserve(stock, item, count) {
  stock[item] -= count
  const isEnough = stock[item] >= 0
  return isEnough
}
`,
    check:
      "const stock = { tea: 1 }; assert.equal(module.reserve(stock, 'tea', 2), false); assert.equal(stock.tea, 1)",
  },
  {
    request: 'depthOf gives -Infinity for a node without children. Such a node has depth 1.',
    path: 'src/depth.ts',
    before: `type Node = { children: Node[] }

export const depthOf = (node: Node): number => 1 + Math.max(...node.children.map(depthOf))
`,
    right: `type Node = { children: Node[] }

export const depthOf = (node: Node): number => 1 + Math.max(0, ...node.children.map(depthOf))
`,
    wrong: `type Node = { children: Node[] }

export function depthOf(node: Node): number {
  if (node.children.length === 0) return 0
  return 1 + Math.max(...node.children.map(depthOf))
}
`,
    check:
      'assert.deepEqual([module.depthOf({ children: [] }), module.depthOf({ children: [{ children: [] }] })], [1, 2])',
  },
  {
    request: 'findNode must find a node anywhere in the tree, and give null when there is none with this id.',
    path: 'src/find-node.js',
    before: `export function findNode(node, id) {
  if (node.id === id) return node
  return node.children.find((child) => child.id === id) ?? null
}
`,
    right: `export function findNode(node, id) {
  if (node.id === id) return node
  for (const child of node.children) {
    const found = findNode(child, id)
    if (found) return found
  }
  return null
}
`,
    wrong: `export function findNode(node, id) {
  if (node.id === id) return node
  for (const child of node.children) {
    return findNode(child, id)
  }
  return null
}
`,
    check:
      'const leaf = { id: 3, children: [] }; const tree = { id: 1, children: [{ id: 2, children: [] }, { id: 4, children: [leaf] }] }; assert.equal(module.findNode(tree, 3), leaf)',
  },
]
