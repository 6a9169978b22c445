import type { ExamPair } from './exam-pair.ts'

/** Objects: what counts as missing, and what must not be changed. */
export const OBJECTS: readonly ExamPair[] = [
  {
    request:
      'withDefaults: an option that is undefined must not hide its default. Other values do, 0 and false included.',
    path: 'src/defaults.js',
    before: `export const withDefaults = (options, defaults) => ({ ...defaults, ...options })
`,
    right: `export function withDefaults(options, defaults) {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}
`,
    wrong: `export function withDefaults(options, defaults) {
  const result = { ...defaults }
  for (const key of Object.keys(options)) result[key] = options[key] || defaults[key]
  return result
}
`,
    check: 'assert.deepEqual(module.withDefaults({ a: 0, b: undefined }, { a: 1, b: 2 }), { a: 0, b: 2 })',
  },
  {
    request:
      'getIn(object, path) must be undefined when a step of the path does not exist, instead of throwing.',
    path: 'src/get-in.js',
    before: `export function getIn(object, path) {
  return path.split('.').reduce((value, key) => value[key], object)
}
`,
    right: `export function getIn(object, path) {
  return path.split('.').reduce((value, key) => value?.[key], object)
}
`,
    wrong: `export function getIn(object, path) {
  return path.split('.').reduce((value, key) => value && value[key], object)
}
`,
    check:
      "assert.deepEqual([module.getIn({ a: 0 }, 'a.b'), module.getIn({}, 'a.b')], [undefined, undefined])",
  },
  {
    request: 'Write omit(object, key): a copy without that key. The object it is given must stay as it is.',
    path: 'src/omit.js',
    before: `export function omit(object, key) {
  return { ...object, [key]: undefined }
}
`,
    right: `export function omit(object, key) {
  const { [key]: _, ...rest } = object
  return rest
}
`,
    wrong: `export function omit(object, key) {
  const copy = object
  if (Object.hasOwn(copy, key)) delete copy[key]
  return copy
}
`,
    check:
      "const given = { a: 1 }; assert.deepEqual(module.omit(given, 'a'), {}); assert.deepEqual(given, { a: 1 })",
  },
  {
    request: 'isEmpty must be true for objects without keys. A key counts even when its value is undefined.',
    path: 'src/empty.ts',
    before: `export const isEmpty = (object: object): boolean => object === undefined
`,
    right: `export const isEmpty = (object: object): boolean => Object.keys(object).length === 0
`,
    wrong: `export const isEmpty = (object: object): boolean => JSON.stringify(object) === '{}'
`,
    check: 'assert.deepEqual([module.isEmpty({}), module.isEmpty({ a: undefined })], [true, false])',
  },
  {
    request: 'countBy gives NaN for everything. It must say how often each word is in the list.',
    path: 'src/count.js',
    before: `export function countBy(words) {
  const counts = {}
  for (const word of words) counts[word] += 1
  return counts
}
`,
    right: `export function countBy(words) {
  const counts = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
`,
    wrong: `export function countBy(words) {
  const counts = {}
  for (const word of words) counts[word] = counts[word] ? counts[word]++ : 1
  return counts
}
`,
    check: "assert.deepEqual(module.countBy(['a', 'b', 'a']), { a: 2, b: 1 })",
  },
  {
    request: 'shallowEqual must also notice a key that only the second object has.',
    path: 'src/equal.js',
    before: `export function shallowEqual(one, other) {
  return Object.keys(one).every((key) => one[key] === other[key])
}
`,
    right: `export function shallowEqual(one, other) {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) => one[key] === other[key])
}
`,
    wrong: `export function shallowEqual(one, other) {
  return Object.keys(other).every((key) => one[key] === other[key])
}
`,
    check:
      'assert.equal(module.shallowEqual({ a: 1 }, { a: 1, b: 2 }) || module.shallowEqual({ a: 1, b: 2 }, { a: 1 }), false)',
  },
  {
    request: 'renameKey must leave the keys in the order they had.',
    path: 'src/rename.js',
    before: `export function renameKey(object, old, fresh) {
  return { ...object, [fresh]: object[old], [old]: undefined }
}
`,
    right: `export function renameKey(object, old, fresh) {
  const entries = Object.entries(object)
  return Object.fromEntries(entries.map(([key, value]) => [key === old ? fresh : key, value]))
}
`,
    wrong: `export function renameKey(object, old, fresh) {
  const { [old]: value, ...rest } = object
  return { ...rest, [fresh]: value }
}
`,
    check: "assert.deepEqual(Object.keys(module.renameKey({ a: 1, b: 2 }, 'a', 'c')), ['c', 'b'])",
  },
  {
    request: 'addTag must give a new post and leave the one it is given as it is, its tags included.',
    path: 'src/tags.ts',
    before: `type Post = { title: string; tags: string[] }

export function addTag(post: Post, tag: string): Post {
  post.tags.push(tag)
  return post
}
`,
    right: `type Post = { title: string; tags: string[] }

export function addTag(post: Post, tag: string): Post {
  return { ...post, tags: [...post.tags, tag] }
}
`,
    wrong: `type Post = { title: string; tags: string[] }

export function addTag(post: Post, tag: string): Post {
  const copy = { ...post }
  copy.tags.push(tag)
  return copy
}
`,
    check:
      "const given = { title: 't', tags: [] }; assert.deepEqual(module.addTag(given, 'x').tags, ['x']); assert.deepEqual(given.tags, [])",
  },
]
