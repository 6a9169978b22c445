import type { ExamPair } from './exam-pair.ts'

/** Reading what somebody else wrote. */
export const PARSING: readonly ExamPair[] = [
  {
    request: 'parseQuery must take everything behind the first = of a part as its value.',
    path: 'src/query.js',
    before: `export function parseQuery(query) {
  const result = {}
  for (const part of query.split('&')) {
    const [key, value] = part.split('=')
    result[key] = value
  }
  return result
}
`,
    right: `export function parseQuery(query) {
  const result = {}
  for (const part of query.split('&')) {
    const [key, ...rest] = part.split('=')
    result[key] = rest.join('=')
  }
  return result
}
`,
    wrong: `export function parseQuery(query) {
  const result = {}
  for (const part of query.split('&')) {
    const at = part.lastIndexOf('=')
    result[part.slice(0, at)] = part.slice(at + 1)
  }
  return result
}
`,
    check: "assert.deepEqual(module.parseQuery('a=1&b=x=y'), { a: '1', b: 'x=y' })",
  },
  {
    request: 'readRow must take the blanks around every cell away, also at both ends of the row.',
    path: 'src/row.js',
    before: `export const readRow = (row) => row.split(',')
`,
    right: `export const readRow = (row) => row.split(',').map((cell) => cell.trim())
`,
    wrong: `export const readRow = (row) => row.split(/\\s*,\\s*/)
`,
    check: "assert.deepEqual(module.readRow(' a , ,b '), ['a', '', 'b'])",
  },
  {
    request: 'isOn(text) must be false for an empty text, 0, no and false, however they are capitalised.',
    path: 'src/flag.ts',
    before: `export const isOn = (text: string): boolean => Boolean(text)
`,
    right: `export const isOn = (text: string): boolean => !['', '0', 'no', 'false'].includes(text.toLowerCase())
`,
    wrong: `export const isOn = (text: string): boolean => {
  const lower = text.toLowerCase()
  return lower !== 'false' && lower !== 'no' && lower !== '0'
}
`,
    check:
      "assert.deepEqual(['', '0', 'No', 'FALSE', 'yes'].map(module.isOn), [false, false, false, false, true])",
  },
  {
    request: 'parsePort must be null for a text that is anything but digits, like 80a.',
    path: 'src/port.js',
    before: `export const parsePort = (text) => Number.parseInt(text, 10)
`,
    right: `export const parsePort = (text) => (/^\\d+$/.test(text) ? Number(text) : null)
`,
    wrong: `export const parsePort = (text) => {
  const port = Number.parseInt(text, 10)
  if (Number.isNaN(port)) return null
  return port
}
`,
    check: "assert.deepEqual(['80', '80a', ''].map(module.parsePort), [80, null, null])",
  },
  {
    request: 'readHeader must give the name of a header in lower case, and its value as it stands.',
    path: 'src/header.js',
    before: `export function readHeader(line) {
  const [name, value] = line.split(': ')
  return { name, value }
}
`,
    right: `export function readHeader(line) {
  const [name, value] = line.split(': ')
  return { name: name.toLowerCase(), value }
}
`,
    wrong: `export function readHeader(line) {
  const [name, value] = line.toLowerCase().split(': ')
  return { name, value }
}
`,
    check: "assert.deepEqual(module.readHeader('ETag: AbC'), { name: 'etag', value: 'AbC' })",
  },
  {
    request:
      'readLines must leave out blank lines and comments. A comment is a line that begins with #, blanks before it allowed.',
    path: 'src/lines.js',
    before: `export const readLines = (text) => text.split('\\n')
`,
    right: `export const readLines = (text) => text.split('\\n').filter((line) => !/^\\s*(#|$)/.test(line))
`,
    wrong: `export const readLines = (text) =>
  text
    .split('\\n')
    .filter((line) => line.trim() !== '')
    .filter((line) => !line.startsWith('#'))
`,
    check: "assert.deepEqual(module.readLines(['a', ' ', '  # note', 'b # c'].join('\\n')), ['a', 'b # c'])",
  },
  {
    request: 'compareVersions must know that 1.10.0 is newer than 1.9.0. Versions have three numbers.',
    path: 'src/version.ts',
    before: `export function compareVersions(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
`,
    right: `export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number))
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2]
}
`,
    wrong: `export function compareVersions(one: string, other: string): number {
  const numberOf = (version: string): number => Number(version.replaceAll('.', ''))
  return numberOf(one) - numberOf(other)
}
`,
    check:
      "assert.ok(module.compareVersions('1.10.0', '1.9.0') > 0 && module.compareVersions('2.0.0', '1.10.10') > 0)",
  },
  {
    request:
      "extensionOf must give what stands behind the last dot of a file's name. A dot at the very start does not count.",
    path: 'src/extension.js',
    before: `export const extensionOf = (name) => name.split('.')[1] ?? ''
`,
    right: `export const extensionOf = (name) => {
  const at = name.lastIndexOf('.')
  return at > 0 ? name.slice(at + 1) : ''
}
`,
    wrong: `export const extensionOf = (name) => (name.includes('.') ? name.split('.').at(-1) : '')
`,
    check: "assert.deepEqual(['a.tar.gz', 'README', '.bashrc'].map(module.extensionOf), ['gz', '', ''])",
  },
]
