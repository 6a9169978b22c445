import type { ExamPair } from './exam-pair.ts'

/** What is remembered between calls, and who is told. */
export const MEMORY: readonly ExamPair[] = [
  {
    request: 'once(work) must call `work` only the first time, whatever it returns.',
    path: 'src/once.js',
    before: `export function once(work) {
  return () => work()
}
`,
    right: `export function once(work) {
  let called = false
  let result
  return () => {
    if (!called) result = work()
    called = true
    return result
  }
}
`,
    wrong: `export function once(work) {
  let result
  return () => {
    if (result === undefined) {
      result = work()
    }
    return result
  }
}
`,
    check:
      'let calls = 0; const only = module.once(() => { calls += 1 }); only(); only(); assert.equal(calls, 1)',
  },
  {
    request: 'memoize looks at the first argument only. It must tell calls apart by all of their arguments.',
    path: 'src/memoize.js',
    before: `export function memoize(work) {
  const known = new Map()
  return (...given) => {
    const key = given[0]
    if (!known.has(key)) known.set(key, work(...given))
    return known.get(key)
  }
}
`,
    right: `export function memoize(work) {
  const known = new Map()
  return (...given) => {
    const key = JSON.stringify(given)
    if (!known.has(key)) known.set(key, work(...given))
    return known.get(key)
  }
}
`,
    wrong: `export function memoize(work) {
  const known = new Map()
  return (...given) => {
    const key = given.map((part) => String(part)).join()
    if (!known.has(key)) known.set(key, work(...given))
    return known.get(key)
  }
}
`,
    check:
      "const count = module.memoize((...given) => given.length); assert.deepEqual([count('a', 'b'), count('a'), count('a,b')], [2, 1, 1])",
  },
  {
    request:
      'emit skips the next listener when one removes itself while it is told. Every listener must be told.',
    path: 'src/emitter.js',
    before: `export function createEmitter() {
  const listeners = []
  return {
    on: (listener) => listeners.push(listener),
    off: (listener) => listeners.splice(listeners.indexOf(listener), 1),
    emit: (value) => listeners.forEach((listener) => listener(value)),
  }
}
`,
    right: `export function createEmitter() {
  const listeners = []
  return {
    on: (listener) => listeners.push(listener),
    off: (listener) => listeners.splice(listeners.indexOf(listener), 1),
    emit: (value) => [...listeners].forEach((listener) => listener(value)),
  }
}
`,
    wrong: `export function createEmitter() {
  const listeners = []
  return {
    on: (listener) => listeners.push(listener),
    off: (listener) => listeners.splice(listeners.indexOf(listener), 1),
    emit: (value) => {
      for (let at = 0; at < listeners.length; at += 1) listeners[at](value)
    },
  }
}
`,
    check:
      'const told = []; const emitter = module.createEmitter(); const leaving = () => { told.push(1); emitter.off(leaving) }; emitter.on(leaving); emitter.on(() => told.push(2)); emitter.emit(); assert.deepEqual(told, [1, 2])',
  },
  {
    request: 'reset() sets a counter to 0. It must set it to where it started.',
    path: 'src/counter.js',
    before: `export function createCounter(start) {
  let value = start
  return {
    next: () => (value += 1),
    reset: () => (value = 0),
  }
}
`,
    right: `export function createCounter(start) {
  let value = start
  return {
    next: () => (value += 1),
    reset: () => (value = start),
  }
}
`,
    wrong: `export function createCounter(start) {
  let value = start
  let initial = 0
  return {
    next: () => (initial = value++, value),
    reset: () => (value = initial),
  }
}
`,
    check:
      'const counter = module.createCounter(5); counter.next(); counter.next(); counter.reset(); assert.equal(counter.next(), 6)',
  },
  {
    request:
      'createCache(limit) must hold at most `limit` keys: a new key pushes out the one that was added first.',
    path: 'src/cache.ts',
    before: `export function createCache(limit: number) {
  const entries = new Map<string, unknown>()
  return {
    get: (key: string) => entries.get(key),
    set(key: string, value: unknown) {
      entries.set(key, value)
    },
  }
}
`,
    right: `export function createCache(limit: number) {
  const entries = new Map<string, unknown>()
  return {
    get: (key: string) => entries.get(key),
    set(key: string, value: unknown) {
      entries.set(key, value)
      if (entries.size > limit) entries.delete(entries.keys().next().value!)
    },
  }
}
`,
    wrong: `export function createCache(limit: number) {
  const entries = new Map<string, unknown>()
  return {
    get: (key: string) => entries.get(key),
    set(key: string, value: unknown) {
      if (entries.size >= limit) entries.delete(entries.keys().next().value!)
      entries.set(key, value)
    },
  }
}
`,
    check:
      "const cache = module.createCache(2); cache.set('a', 1); cache.set('b', 2); cache.set('b', 3); assert.deepEqual([cache.get('a'), cache.get('b')], [1, 3]); cache.set('c', 4); assert.equal(cache.get('a'), undefined)",
  },
  {
    request: 'take() must give null when the queue is empty, and otherwise whatever stands first.',
    path: 'src/queue.js',
    before: `export function createQueue() {
  const items = []
  return { put: (item) => items.push(item), take: () => items.shift() }
}
`,
    right: `export function createQueue() {
  const items = []
  return { put: (item) => items.push(item), take: () => (items.length === 0 ? null : items.shift()) }
}
`,
    wrong: `export function createQueue() {
  const items = []
  return { put: (item) => items.push(item), take: () => items.shift() || null }
}
`,
    check:
      'const queue = module.createQueue(); queue.put(0); assert.deepEqual([queue.take(), queue.take()], [0, null])',
  },
  {
    request:
      'subscribe must return a function that ends the subscription. Calling that one twice must do no harm to others.',
    path: 'src/subscribe.js',
    before: `export const listeners = []

export function subscribe(listener) {
  listeners.push(listener)
}
`,
    right: `export const listeners = []

export function subscribe(listener) {
  listeners.push(listener)
  return () => {
    const at = listeners.indexOf(listener)
    if (at !== -1) listeners.splice(at, 1)
  }
}
`,
    wrong: `export const listeners = []

export function subscribe(listener) {
  listeners.push(listener)
  return () => {
    listeners.splice(listeners.indexOf(listener), 1)
  }
}
`,
    check:
      'const end = module.subscribe(() => 1); module.subscribe(() => 2); end(); end(); assert.equal(module.listeners.length, 1)',
  },
  {
    request:
      'toggled(selected, id) must give a new set, with the id put in or taken out, and leave the old one alone.',
    path: 'src/toggled.ts',
    before: `export function toggled(selected: Set<string>, id: string): Set<string> {
  return selected.add(id)
}
`,
    right: `export function toggled(selected: Set<string>, id: string): Set<string> {
  const next = new Set(selected)
  if (!next.delete(id)) next.add(id)
  return next
}
`,
    wrong: `export function toggled(selected: Set<string>, id: string): Set<string> {
  if (selected.has(id)) {
    selected.delete(id)
    return new Set(selected)
  }
  return new Set([...selected, id])
}
`,
    check:
      "const old = new Set(['a']); assert.equal(module.toggled(old, 'a').size, 0); assert.equal(old.size, 1)",
  },
]
