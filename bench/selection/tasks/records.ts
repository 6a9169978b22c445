import type { SmallTask } from '../small-task.ts'

export const RECORDS: readonly SmallTask[] = [
  {
    name: 'query-string',
    kind: 'fix',
    request:
      'parseQuery does not decode what it reads: "a%20b" and "a+b" must both be "a b", in names too. A name without "=" has an empty value.',
    path: 'src/query-string.ts',
    exports: 'parseQuery',
    head: 'export function parseQuery(query: string): Record<string, string> {',
    base: "const values: Record<string, string> = {}\nfor (const part of query.replace(/^\\?/, '').split('&')) {\n  const [name = '', value = ''] = part.split('=')\n  if (name !== '') values[name] = value\n}\nreturn values",
    right: [
      "const decode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))\nconst values: Record<string, string> = {}\nfor (const part of query.replace(/^\\?/, '').split('&')) {\n  const [name = '', ...rest] = part.split('=')\n  if (name !== '') values[decode(name)] = decode(rest.join('='))\n}\nreturn values",
      "const plain = (raw: string): string => decodeURIComponent(raw.replaceAll('+', ' '))\nconst found: Record<string, string> = {}\nfor (const pair of query.replace(/^\\?/, '').split('&')) {\n  const [key = '', ...others] = pair.split('=')\n  if (key !== '') found[plain(key)] = plain(others.join('='))\n}\n\nreturn found",
      "const values: Record<string, string> = {}\nfor (const part of query.replace(/^\\?/, '').replaceAll('+', '%20').split('&')) {\n  const end = part.includes('=') ? part.indexOf('=') : part.length\n  const name = decodeURIComponent(part.slice(0, end))\n  if (name !== '') values[name] = decodeURIComponent(part.slice(end + 1))\n}\nreturn values",
    ],
    logic: [
      "const values: Record<string, string> = {}\nfor (const part of query.replace(/^\\?/, '').split('&')) {\n  const [name = '', value = ''] = part.split('=')\n  if (name !== '') values[name] = decodeURIComponent(value)\n}\nreturn values",
      "const decode = (text: string): string => decodeURIComponent(text).replaceAll('+', ' ')\nconst values: Record<string, string> = {}\nfor (const part of query.replace(/^\\?/, '').split('&')) {\n  const [name = '', value = ''] = part.split('=')\n  if (name !== '') values[decode(name)] = decode(value)\n}\nreturn values",
    ],
    caught:
      "const values: Record<string, string> = {}\nfor (const part of query.split('&')) {\n  const [name = '', value = ''] = part.split('=')\n  values[decodeURIComponent(name)] = decodeURIComponent(value)\n}\nreturn values",
    mistyped:
      "const values: Record<string, string> = {}\nfor (const part of query.split('&')) values[part] = decodeURIComponent(part.split('='))\nreturn values",
    visible: {
      'names and values': "deepEqual(parseQuery('?a=1&b=two'), { a: '1', b: 'two' })",
      nothing: "deepEqual(parseQuery(''), {})\ndeepEqual(parseQuery('a'), { a: '' })",
    },
    hidden: {
      'is decoded':
        "deepEqual(parseQuery('q=a%20b&r=a+b'), { q: 'a b', r: 'a b' })\ndeepEqual(parseQuery('a%26b=1'), { 'a&b': '1' })",
      'a plus that was meant': "deepEqual(parseQuery('q=1%2B1'), { q: '1+1' })",
    },
  },
  {
    name: 'merge-settings',
    kind: 'feature',
    request:
      'mergeSettings must merge nested objects key by key instead of replacing them. Lists are replaced, and neither input may be changed.',
    path: 'src/merge-settings.ts',
    exports: 'mergeSettings',
    head: "export type Settings = { [name: string]: unknown }\n\nconst isSettings = (value: unknown): value is Settings =>\n  typeof value === 'object' && value !== null && !Array.isArray(value)\n\nexport function mergeSettings(base: Settings, over: Settings): Settings {",
    base: 'return Object.values(base).some(isSettings) ? { ...base, ...over } : { ...base, ...over }',
    right: [
      'const merged = { ...base }\nfor (const [name, value] of Object.entries(over)) {\n  const before = merged[name]\n  merged[name] = isSettings(before) && isSettings(value) ? mergeSettings(before, value) : value\n}\nreturn merged',
      'const both = { ...base }\nfor (const [key, next] of Object.entries(over)) {\n  const old = both[key]\n  // only two objects can be merged\n  both[key] =\n    isSettings(old) && isSettings(next) ? mergeSettings(old, next) : next\n}\nreturn both',
      'const names = new Set([...Object.keys(base), ...Object.keys(over)])\nconst entries = [...names].map((name): [string, unknown] => {\n  if (!(name in over)) return [name, base[name]]\n  const [before, after] = [base[name], over[name]]\n  return [name, isSettings(before) && isSettings(after) ? mergeSettings(before, after) : after]\n})\nreturn Object.fromEntries(entries)',
    ],
    logic: [
      'const merged = { ...base }\nfor (const [name, value] of Object.entries(over)) {\n  const before = merged[name]\n  merged[name] = isSettings(before) && isSettings(value) ? { ...before, ...value } : value\n}\nreturn merged',
      'for (const [name, value] of Object.entries(over)) {\n  const before = base[name]\n  base[name] = isSettings(before) && isSettings(value) ? mergeSettings(before, value) : value\n}\nreturn base',
    ],
    caught:
      'const merged = { ...over }\nfor (const [name, value] of Object.entries(base)) {\n  const after = merged[name]\n  merged[name] = isSettings(after) && isSettings(value) ? mergeSettings(value, after) : value\n}\nreturn merged',
    mistyped:
      'const merged = { ...base }\nfor (const name of Object.keys(over)) merged[name] = mergeSettings(base[name], over[name])\nreturn merged',
    visible: {
      'the second wins': 'deepEqual(mergeSettings({ a: 1, b: 2 }, { b: 3, c: [4] }), { a: 1, b: 3, c: [4] })',
    },
    hidden: {
      'all the way down':
        'deepEqual(mergeSettings({ a: { b: { c: 1, d: 2 } } }, { a: { b: { d: 3 } } }), { a: { b: { c: 1, d: 3 } } })',
      'lists are replaced': 'deepEqual(mergeSettings({ a: [1, 2] }, { a: [3] }), { a: [3] })',
      'the inputs stay':
        'const base = { a: { b: 1 } }\nmergeSettings(base, { a: { b: 2 } })\ndeepEqual(base, { a: { b: 1 } })',
    },
  },
  {
    name: 'get-path',
    kind: 'fix',
    request:
      'getPath(value, "a.b") throws when a part on the way is null or missing. It must return undefined then, but find values such as 0, "" and null at the end.',
    path: 'src/get-path.ts',
    exports: 'getPath',
    head: 'export function getPath(value: unknown, path: string): unknown {',
    base: "let at = value as Record<string, unknown>\nfor (const name of path.split('.')) at = at[name] as Record<string, unknown>\nreturn at",
    right: [
      "let at = value\nfor (const name of path.split('.')) {\n  if (at === null || at === undefined) return undefined\n  at = (at as Record<string, unknown>)[name]\n}\nreturn at",
      "let current = value\nfor (const part of path.split('.')) {\n  if (current === null || current === undefined) return undefined\n  current = (current as Record<string, unknown>)[part]\n}\n\nreturn current",
      "const step = (from: unknown, name: string): unknown =>\n  (from as Record<string, unknown> | null | undefined)?.[name]\nreturn path.split('.').reduce(step, value)",
    ],
    logic: [
      "let at = value\nfor (const name of path.split('.')) {\n  if (!at) return undefined\n  at = (at as Record<string, unknown>)[name] || undefined\n}\nreturn at",
      "let at = value\nfor (const name of path.split('.')) {\n  if (at === undefined) return undefined\n  at = (at as Record<string, unknown>)[name]\n}\nreturn at",
    ],
    caught:
      "const [first = ''] = path.split('.')\nreturn value === null || value === undefined ? undefined : (value as Record<string, unknown>)[first]",
    mistyped: "let at = value\nfor (const name of path.split('.')) at = at?.[name]\nreturn at",
    visible: {
      'finds it': "equal(getPath({ a: { b: 1 } }, 'a.b'), 1)\nequal(getPath({ a: 'x' }, 'a'), 'x')",
    },
    hidden: {
      'nothing on the way':
        "equal(getPath({ a: null }, 'a.b'), undefined)\nequal(getPath({}, 'a.b.c'), undefined)\nequal(getPath(null, 'a'), undefined)",
      'empty values':
        "equal(getPath({ a: { b: 0 } }, 'a.b'), 0)\nequal(getPath({ a: '' }, 'a'), '')\nequal(getPath({ a: null }, 'a'), null)",
    },
  },
  {
    name: 'omit',
    kind: 'refactor',
    request:
      'omit builds its result with delete on a copy. Build it from the entries that stay instead, same results.',
    path: 'src/omit.js',
    exports: 'omit',
    head: '/**\n * A copy of a record without these names.\n * @param {Record<string, unknown>} record\n * @param {string[]} names\n * @returns {Record<string, unknown>}\n */\nexport function omit(record, names) {',
    base: 'const copy = { ...record }\nfor (const name of names) delete copy[name]\nreturn copy',
    right: [
      'const entries = Object.entries(record).filter(([name]) => !names.includes(name))\nreturn Object.fromEntries(entries)',
      'const kept = Object.entries(record).filter(\n  ([key]) => !names.includes(key),\n)\nreturn Object.fromEntries(kept)',
      'const left = new Set(names)\n/** @type {Record<string, unknown>} */\nconst result = {}\nfor (const name of Object.keys(record)) if (!left.has(name)) result[name] = record[name]\nreturn result',
    ],
    logic: [
      'const entries = Object.entries(record).filter(([name, value]) => !names.includes(name) && value)\nreturn Object.fromEntries(entries)',
      'const [first] = names\nconst entries = Object.entries(record).filter(([name]) => name !== first)\nreturn Object.fromEntries(entries)',
    ],
    caught:
      'const entries = Object.entries(record).filter(([name]) => names.includes(name))\nreturn Object.fromEntries(entries)',
    mistyped: 'return Object.entries(record).filter(([name]) => !names.includes(name))',
    visible: {
      'leaves one out':
        "deepEqual(omit({ a: 1, b: 2 }, ['a']), { b: 2 })\ndeepEqual(omit({ a: 1 }, []), { a: 1 })",
    },
    hidden: {
      several: "deepEqual(omit({ a: 1, b: 2, c: 3 }, ['a', 'c']), { b: 2 })",
      'empty values stay': "deepEqual(omit({ a: 0, b: '', c: null }, ['x']), { a: 0, b: '', c: null })",
    },
  },
  {
    name: 'csv-line',
    kind: 'fix',
    request:
      'readCsvLine breaks quoted fields at commas. A field in double quotes may hold commas, and "" inside of it stands for one quote.',
    path: 'src/csv-line.ts',
    exports: 'readCsvLine',
    head: 'export function readCsvLine(line: string): string[] {',
    base: "return line.split(',')",
    right: [
      "const fields: string[] = []\nlet field = ''\nlet quoted = false\nfor (let at = 0; at < line.length; at += 1) {\n  const sign = line[at]\n  if (sign === '\"' && quoted && line[at + 1] === '\"') {\n    field += '\"'\n    at += 1\n  } else if (sign === '\"') quoted = !quoted\n  else if (sign === ',' && !quoted) {\n    fields.push(field)\n    field = ''\n  } else field += sign\n}\nfields.push(field)\nreturn fields",
      "const cells: string[] = []\nlet cell = ''\nlet inside = false\nfor (let index = 0; index < line.length; index += 1) {\n  const character = line[index]\n  if (character === '\"' && inside && line[index + 1] === '\"') {\n    cell += '\"'\n    index += 1\n  } else if (character === '\"') inside = !inside\n  else if (character === ',' && !inside) {\n    cells.push(cell)\n    cell = ''\n  } else cell += character\n}\ncells.push(cell)\nreturn cells",
      "const found = line.matchAll(/(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,]*))/g)\nconst fields = [...found].map(([, quoted, plain]) => quoted?.replaceAll('\"\"', '\"') ?? plain ?? '')\nreturn line.startsWith(',') ? ['', ...fields] : fields",
    ],
    logic: [
      "const fields: string[] = []\nlet field = ''\nlet quoted = false\nfor (const sign of line) {\n  if (sign === '\"') quoted = !quoted\n  else if (sign === ',' && !quoted) {\n    fields.push(field)\n    field = ''\n  } else field += sign\n}\nfields.push(field)\nreturn fields",
      'return (line.match(/"[^"]*"|[^,]+/g) ?? []).map((field) => field.replaceAll(\'"\', \'\'))',
    ],
    caught: 'return line.split(/,(?=\\S)/).map((field) => field.replace(/^"|"$/g, \'\').trim().slice(0, 3))',
    mistyped: 'return line.match(/"[^"]*"|[^,]+/g)',
    visible: {
      'plain fields':
        "deepEqual(readCsvLine('one,two,three'), ['one', 'two', 'three'])\ndeepEqual(readCsvLine('one'), ['one'])",
    },
    hidden: {
      'commas in quotes': "deepEqual(readCsvLine('a,\"b,c\",d'), ['a', 'b,c', 'd'])",
      'quotes in quotes': 'deepEqual(readCsvLine(\'"say ""hi""",x\'), [\'say "hi"\', \'x\'])',
      'empty fields': "deepEqual(readCsvLine('a,,b'), ['a', '', 'b'])",
    },
  },
  {
    name: 'diff-keys',
    kind: 'feature',
    request:
      'changes(before, after) shall report removed names too: give a record of name to "added", "removed" or "changed". Until now it only knows added and changed ones.',
    path: 'src/diff-keys.ts',
    exports: 'changes',
    head: "export type Change = 'added' | 'removed' | 'changed'\n\nexport function changes(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, Change> {",
    base: "const result: Record<string, Change> = {}\nfor (const name of Object.keys(after)) {\n  if (!(name in before)) result[name] = 'added'\n  else if (before[name] !== after[name]) result[name] = 'changed'\n}\nreturn result",
    right: [
      "const result: Record<string, Change> = {}\nfor (const name of Object.keys(after)) {\n  if (!(name in before)) result[name] = 'added'\n  else if (before[name] !== after[name]) result[name] = 'changed'\n}\nfor (const name of Object.keys(before)) {\n  if (!(name in after)) result[name] = 'removed'\n}\nreturn result",
      "const found: Record<string, Change> = {}\nfor (const key of Object.keys(after)) {\n  if (!(key in before)) found[key] = 'added'\n  else if (before[key] !== after[key]) found[key] = 'changed'\n}\n// and the other way round\nfor (const key of Object.keys(before)) {\n  if (!(key in after)) found[key] = 'removed'\n}\nreturn found",
      "const kindOf = (name: string): Change | null => {\n  if (!Object.hasOwn(before, name)) return 'added'\n  if (!Object.hasOwn(after, name)) return 'removed'\n  return before[name] === after[name] ? null : 'changed'\n}\nconst result: Record<string, Change> = {}\nfor (const name of Object.keys({ ...before, ...after })) {\n  const kind = kindOf(name)\n  if (kind !== null) result[name] = kind\n}\nreturn result",
    ],
    logic: [
      "const result: Record<string, Change> = {}\nfor (const name of Object.keys({ ...before, ...after })) {\n  if (before[name] === undefined) result[name] = 'added'\n  else if (after[name] === undefined) result[name] = 'removed'\n  else if (before[name] !== after[name]) result[name] = 'changed'\n}\nreturn result",
      "const result: Record<string, Change> = {}\nfor (const name of Object.keys({ ...before, ...after })) {\n  if (!(name in before)) result[name] = 'added'\n  else if (!after[name]) result[name] = 'removed'\n  else if (before[name] !== after[name]) result[name] = 'changed'\n}\nreturn result",
    ],
    caught:
      "const result: Record<string, Change> = {}\nfor (const name of Object.keys({ ...before, ...after })) {\n  if (!(name in before)) result[name] = 'added'\n  else if (!(name in after)) result[name] = 'removed'\n  else result[name] = 'changed'\n}\nreturn result",
    mistyped:
      "const result: Record<string, Change> = {}\nfor (const name of Object.keys(before)) if (!(name in after)) result[name] = 'gone'\nreturn result",
    visible: {
      'added and changed':
        "deepEqual(changes({ a: 1, b: 2 }, { a: 1, b: 3, c: 4 }), { b: 'changed', c: 'added' })",
      nothing: 'deepEqual(changes({ a: 1 }, { a: 1 }), {})',
    },
    hidden: {
      removed: "deepEqual(changes({ a: 1, b: 2 }, { a: 1 }), { b: 'removed' })",
      'values that are nothing':
        "deepEqual(changes({ a: undefined }, { a: 1 }), { a: 'changed' })\ndeepEqual(changes({ a: 1 }, { a: 0 }), { a: 'changed' })\ndeepEqual(changes({ a: 1 }, { a: undefined }), { a: 'changed' })",
    },
  },
  {
    name: 'version-compare',
    kind: 'fix',
    request:
      'compareVersions compares as text, so "1.10.0" comes before "1.9.0". Compare number by number; missing numbers are 0. Negative, zero or positive as before.',
    path: 'src/version-compare.ts',
    exports: 'compareVersions',
    head: 'export function compareVersions(one: string, other: string): number {',
    base: 'if (one === other) return 0\nreturn one < other ? -1 : 1',
    right: [
      "const left = one.split('.').map(Number)\nconst right = other.split('.').map(Number)\nfor (let at = 0; at < Math.max(left.length, right.length); at += 1) {\n  const difference = (left[at] ?? 0) - (right[at] ?? 0)\n  if (difference !== 0) return difference\n}\nreturn 0",
      "const first = one.split('.').map(Number)\nconst second = other.split('.').map(Number)\nfor (let place = 0; place < Math.max(first.length, second.length); place += 1) {\n  // what is missing is 0\n  const gap = (first[place] ?? 0) - (second[place] ?? 0)\n  if (gap !== 0) return gap\n}\nreturn 0",
      "const [head = '0', ...rest] = one.split('.')\nconst [otherHead = '0', ...otherRest] = other.split('.')\nconst difference = Number(head) - Number(otherHead)\nif (difference !== 0 || rest.length + otherRest.length === 0) return Math.sign(difference)\nreturn compareVersions(rest.join('.') || '0', otherRest.join('.') || '0')",
    ],
    logic: [
      "const left = one.split('.').map(Number)\nconst right = other.split('.').map(Number)\nfor (const [at, number] of left.entries()) {\n  const difference = number - (right[at] ?? 0)\n  if (difference !== 0) return difference\n}\nreturn 0",
      "const left = one.split('.').map(Number)\nconst right = other.split('.').map(Number)\nfor (let at = 0; at < Math.max(left.length, right.length); at += 1) {\n  const difference = (left[at] ?? 0) - (right[at] ?? 0)\n  if (difference !== 0) return difference\n}\nreturn left.length - right.length",
    ],
    caught: "return Number(one.replaceAll('.', '')) - Number(other.replaceAll('.', ''))",
    mistyped: "return one.split('.').map(Number) - other.split('.').map(Number)",
    visible: {
      'by number':
        "equal(Math.sign(compareVersions('1.2.0', '1.3.0')), -1)\nequal(Math.sign(compareVersions('2.0.0', '1.3.4')), 1)\nequal(compareVersions('1.0.0', '1.0.0'), 0)",
      'longer ones': "equal(Math.sign(compareVersions('1.2.3', '2.0')), -1)",
    },
    hidden: {
      'two digits':
        "equal(Math.sign(compareVersions('1.10.0', '1.9.0')), 1)\nequal(Math.sign(compareVersions('1.9', '1.10')), -1)",
      'missing numbers':
        "equal(compareVersions('1.0', '1.0.0'), 0)\nequal(Math.sign(compareVersions('1.0', '1.0.1')), -1)",
    },
  },
  {
    name: 'template',
    kind: 'feature',
    request:
      'fill(template, values) shall accept a default: {{name|friend}} is the value of name, or "friend" where there is none. An unknown name without a default stays as it is.',
    path: 'src/template.ts',
    exports: 'fill',
    head: 'export function fill(template: string, values: Record<string, string>): string {',
    base: 'return template.replace(/\\{\\{(\\w+)\\}\\}/g, (whole, name: string) => values[name] ?? whole)',
    right: [
      'return template.replace(\n  /\\{\\{(\\w+)(?:\\|([^}]*))?\\}\\}/g,\n  (whole, name: string, fallback: string | undefined) => values[name] ?? fallback ?? whole,\n)',
      'return template.replace(/\\{\\{(\\w+)(?:\\|([^}]*))?\\}\\}/g, (all, key: string, other: string | undefined) =>\n  // in this order\n  values[key] ?? other ?? all)',
      "return template.replace(/\\{\\{([^}]+)\\}\\}/g, (whole, inside: string) => {\n  const bar = inside.indexOf('|')\n  const name = bar < 0 ? inside : inside.slice(0, bar)\n  const value = values[name]\n  if (value !== undefined) return value\n  return bar < 0 ? whole : inside.slice(bar + 1)\n})",
    ],
    logic: [
      'return template.replace(\n  /\\{\\{(\\w+)(?:\\|([^}]*))?\\}\\}/g,\n  (whole, name: string, fallback: string | undefined) => values[name] || fallback || whole,\n)',
      'return template.replace(/\\{\\{(\\w+)(?:\\|(\\w+))?\\}\\}/g, (whole, name: string, fallback: string | undefined) => values[name] ?? fallback ?? whole)',
    ],
    caught:
      "return template.replace(/\\{\\{(\\w+)(?:\\|([^}]*))?\\}\\}/g, (_, name: string, fallback: string | undefined) => values[name] ?? fallback ?? '')",
    mistyped:
      'return template.replace(/\\{\\{(\\w+)\\}\\}/g, (_, name: string) => values[name]).slice(template)',
    visible: {
      'fills in': "equal(fill('Hi {{name}}!', { name: 'Ann' }), 'Hi Ann!')",
      'unknown names stay': "equal(fill('Hi {{nobody}}', {}), 'Hi {{nobody}}')",
    },
    hidden: {
      'a default':
        "equal(fill('Hi {{name|dear friend}}', {}), 'Hi dear friend')\nequal(fill('Hi {{name|friend}}', { name: 'Bob' }), 'Hi Bob')",
      'empty ones count':
        "equal(fill('[{{name|x}}]', { name: '' }), '[]')\nequal(fill('[{{name|}}]', {}), '[]')",
    },
  },
]
