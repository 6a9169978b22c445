import type { ExamPair } from './exam-pair.ts'

/** Words, letters and escapes. */
export const TEXT: readonly ExamPair[] = [
  {
    request:
      'titleCase must capitalise the first letter of every word, and leave all other letters as they are.',
    path: 'src/title.js',
    before: `export function titleCase(text) {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
`,
    right: `export function titleCase(text) {
  return text.replace(/(^|\\s)\\S/g, (start) => start.toUpperCase())
}
`,
    wrong: `export function titleCase(text) {
  return text
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join(' ')
}
`,
    check: "assert.equal(module.titleCase('an old McIntosh'), 'An Old McIntosh')",
  },
  {
    request: 'truncate(text, most): what it returns must never be longer than `most`, the ellipsis included.',
    path: 'src/truncate.ts',
    before: `export function truncate(text: string, most: number): string {
  return text.slice(0, most)
}
`,
    right: `export function truncate(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most - 1) + '…'
}
`,
    wrong: `export function truncate(text: string, most: number): string {
  if (text.length <= most) return text
  return text.slice(0, most).trimEnd() + '…'
}
`,
    check: "assert.equal(module.truncate('abcdef', 4), 'abc…')",
  },
  {
    request: 'slugify must never give two hyphens in a row, nor one at either end.',
    path: 'src/slug.js',
    before: `export function slugify(title) {
  return title.toLowerCase().replace(/[^a-z0-9]/g, '-')
}
`,
    right: `export function slugify(title) {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
`,
    wrong: `export function slugify(title) {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '-')
    .replace(/--/g, '-')
    .replace(/^-|-$/g, '')
}
`,
    check: "assert.equal(module.slugify('Salt & (black) pepper'), 'salt-black-pepper')",
  },
  {
    request: 'countWords must be 0 for an empty text and for one of blanks only.',
    path: 'src/words.js',
    before: `export const countWords = (text) => text.split(' ').length
`,
    right: `export const countWords = (text) => text.split(/\\s+/).filter((word) => word !== '').length
`,
    wrong: `export const countWords = (text) => text.trim().split(/\\s+/).length
`,
    check: "assert.deepEqual(['', '  ', 'a b'].map(module.countWords), [0, 0, 2])",
  },
  {
    request:
      'mask must hide every occurrence of the secret, not only the first. A secret may hold any characters.',
    path: 'src/mask.ts',
    before: `export function mask(text: string, secret: string): string {
  return text.replace(secret, '***')
}
`,
    right: `export function mask(text: string, secret: string): string {
  return text.replaceAll(secret, '***')
}
`,
    wrong: `export function mask(text: string, secret: string): string {
  const everywhere = new RegExp(secret, 'g')
  return text.replace(everywhere, '***')
}
`,
    check: "assert.equal(module.mask('a.c abc a.c', 'a.c'), '*** abc ***')",
  },
  {
    request: 'initials breaks when there are several blanks between two names. It must not.',
    path: 'src/initials.js',
    before: `export function initials(name) {
  return name
    .split(' ')
    .map((part) => part[0].toUpperCase())
    .join('')
}
`,
    right: `export function initials(name) {
  return name
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => part[0].toUpperCase())
    .join('')
}
`,
    wrong: `export function initials(name) {
  return name
    .trim()
    .split(' ')
    .map((part) => part[0].toUpperCase())
    .join('')
}
`,
    check: "assert.equal(module.initials('ada  lovelace'), 'AL')",
  },
  {
    request: 'escapeHtml must escape & too.',
    path: 'src/escape.js',
    before: `export function escapeHtml(text) {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
`,
    right: `export function escapeHtml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
`,
    wrong: `export function escapeHtml(text) {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('&', '&amp;')
}
`,
    check: "assert.equal(module.escapeHtml('a < b & c'), 'a &lt; b &amp; c')",
  },
  {
    request: 'isPalindrome must not care about upper and lower case, blanks and punctuation.',
    path: 'src/palindrome.ts',
    before: `export function isPalindrome(text: string): boolean {
  return text === Array.from(text).reverse().join('')
}
`,
    right: `export function isPalindrome(text: string): boolean {
  const letters = text.toLowerCase().replace(/[^a-z0-9]/g, '')
  return letters === Array.from(letters).reverse().join('')
}
`,
    wrong: `export function isPalindrome(text: string): boolean {
  const letters = text.replace(/[^a-z0-9]/g, '').toLowerCase()
  return letters === Array.from(letters).reverse().join('')
}
`,
    check: "assert.equal(module.isPalindrome('No lemon, no melon'), true)",
  },
]
