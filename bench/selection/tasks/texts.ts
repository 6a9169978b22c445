import type { SmallTask } from '../small-task.ts'

export const TEXTS: readonly SmallTask[] = [
  {
    name: 'truncate',
    kind: 'fix',
    request:
      'truncate(text, length) gives texts that are longer than length, because the ellipsis (…) comes on top. The result must never be longer than length, ellipsis included.',
    path: 'src/truncate.ts',
    exports: 'truncate',
    head: 'export function truncate(text: string, length: number): string {',
    base: "if (text.length <= length) return text\nreturn text.slice(0, length) + '…'",
    right: [
      "if (text.length <= length) return text\nif (length <= 0) return ''\nreturn text.slice(0, length - 1) + '…'",
      "// it fits\nif (text.length <= length) return text\n// not even the ellipsis does\nif (length <= 0) return ''\n\nreturn text.slice(0, length - 1) + '…'",
      "const room = Math.max(0, length)\nreturn text.length > room ? (text.slice(0, Math.max(0, room - 1)) + '…').slice(0, room) : text",
    ],
    logic: [
      "if (text.length <= length) return text\nreturn text.slice(0, length - 1) + '…'",
      "if (text.length < length) return text\nreturn text.slice(0, Math.max(0, length - 1)) + '…'",
    ],
    caught: 'if (text.length <= length) return text\nreturn text.slice(0, length)',
    mistyped: "if (text.length <= length) return text\nreturn text.slice('0', length - 1) + '…'",
    visible: {
      'short ones stay': "equal(truncate('word', 10), 'word')",
      'long ones end in an ellipsis': "equal(truncate('a long text', 6).at(-1), '…')",
    },
    hidden: {
      'is never longer': "equal(truncate('a long text', 6), 'a lon…')\nequal(truncate('abc', 1), '…')",
      'no room at all': "equal(truncate('abc', 0), '')",
      'what just fits stays': "equal(truncate('abc', 3), 'abc')",
    },
  },
  {
    name: 'slug',
    kind: 'feature',
    request:
      'slugify must keep letters with accents as their plain letter ("Café" becomes "cafe"), and never begin or end with a dash.',
    path: 'src/slug.ts',
    exports: 'slugify',
    head: 'export function slugify(title: string): string {',
    base: "return title.toLowerCase().replace(/[^a-z0-9]+/g, '-')",
    right: [
      "const plain = title.normalize('NFD').replace(/\\p{M}/gu, '')\nreturn plain.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')",
      "const bare = title.normalize('NFD').replace(/\\p{M}/gu, '')\nreturn bare\n  .toLowerCase()\n  .replace(/[^a-z0-9]+/g, '-')\n  .replace(/^-|-$/g, '')",
      "const words = title.normalize('NFKD').toLowerCase().replace(/[\\u0300-\\u036f]/g, '').match(/[a-z0-9]+/g)\nreturn (words ?? []).join('-')",
    ],
    logic: [
      "return title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')",
      "const plain = title.normalize('NFD').replace(/\\p{M}/gu, '')\nreturn plain.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/-$/, '')",
    ],
    caught: "return title.normalize('NFD').toLowerCase().replace(/[^a-z0-9]/g, '-').replace(/^-|-$/g, '')",
    mistyped: "return title.normalize('NFD').toLowerCase().match(/[a-z0-9]+/g).join('-')",
    visible: {
      'joins words': "equal(slugify('Hello World'), 'hello-world')",
      'many signs are one dash': "equal(slugify('a -- b & c'), 'a-b-c')",
    },
    hidden: {
      'accents go': "equal(slugify('Café Müller'), 'cafe-muller')",
      'no dash at the ends': "equal(slugify('¿Hello?'), 'hello')\nequal(slugify('  x  '), 'x')",
      'nothing is nothing': "equal(slugify('!'), '')",
    },
  },
  {
    name: 'capitals',
    kind: 'fix',
    request:
      'capitalize throws for an empty text and drops everything after a second space. Capitalise the first letter of every word and keep the white space as it is.',
    path: 'src/capitals.ts',
    exports: 'capitalize',
    head: 'export function capitalize(text: string): string {',
    base: "const [first, second] = text.split(' ')\nconst up = (word: string): string => word[0]!.toUpperCase() + word.slice(1)\nreturn second === undefined ? up(first!) : up(first!) + ' ' + up(second)",
    right: [
      'return text.replace(/\\S+/g, (word) => word[0]!.toUpperCase() + word.slice(1))',
      'return text.replace(\n  /\\S+/g,\n  (found) => found[0]!.toUpperCase() + found.slice(1),\n)',
      "let result = ''\nlet isStart = true\nfor (const letter of text) {\n  result += isStart ? letter.toUpperCase() : letter\n  isStart = /\\s/.test(letter)\n}\nreturn result",
    ],
    logic: [
      "return text.split(' ').filter((word) => word !== '').map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ')",
      'return text.replace(/\\b[a-z]/g, (letter) => letter.toUpperCase())',
    ],
    caught: 'return text.slice(0, 1).toUpperCase() + text.slice(1)',
    mistyped: "return text.split(' ').map((word) => word[0]?.toUpperCase())",
    visible: {
      'one word': "equal(capitalize('word'), 'Word')",
      'two words': "equal(capitalize('two words'), 'Two Words')",
    },
    hidden: {
      nothing: "equal(capitalize(''), '')",
      'more words, and their spaces': "equal(capitalize(' a  b\\tc'), ' A  B\\tC')",
      'any letter, and the first only': 'equal(capitalize("élan don\'t"), "Élan Don\'t")',
    },
  },
  {
    name: 'initials',
    kind: 'feature',
    request:
      'initials(name) must take names of any number of words and give at most the first and the last initial, in capitals: "ada king lovelace" is "AL". One word gives one letter.',
    path: 'src/initials.ts',
    exports: 'initials',
    head: 'export function initials(name: string): string {',
    base: "const [first = '', last = ''] = name.split(' ')\nreturn first.charAt(0) + last.charAt(0)",
    right: [
      "const words = name.trim().split(/\\s+/)\nconst ends = words.length > 1 ? [words[0]!, words.at(-1)!] : words\nreturn ends.map((word) => word.charAt(0).toUpperCase()).join('')",
      "const parts = name.trim().split(/\\s+/)\nconst outer = parts.length > 1 ? [parts[0]!, parts.at(-1)!] : parts\nreturn outer\n  .map((part) => part.charAt(0).toUpperCase())\n  .join('')",
      "const words = name.match(/\\S+/g) ?? []\nconst first = words[0]?.charAt(0) ?? ''\nconst last = words.length > 1 ? words[words.length - 1]!.charAt(0) : ''\nreturn (first + last).toUpperCase()",
    ],
    logic: [
      "return name.trim().split(/\\s+/).map((word) => word.charAt(0).toUpperCase()).join('').slice(0, 2)",
      'const words = name.trim().split(/\\s+/)\nreturn (words[0]!.charAt(0) + words.at(-1)!.charAt(0)).toUpperCase()',
    ],
    caught: "const words = name.split(' ')\nreturn words.at(-1)!.charAt(0).toUpperCase()",
    mistyped: "return name.split(' ').map((word) => word.charAt(0).toUppercase()).join('')",
    visible: {
      'first and last': "equal(initials('Ada Lovelace'), 'AL')\nequal(initials('Grace Hopper'), 'GH')",
    },
    hidden: {
      'the middle does not count': "equal(initials('ada king lovelace'), 'AL')",
      'one word': "equal(initials('plato'), 'P')",
      'spaces around': "equal(initials('  alan   turing '), 'AT')\nequal(initials(''), '')",
    },
  },
  {
    name: 'count-words',
    kind: 'fix',
    request:
      'countWords counts white space: two spaces make a word more, and an empty text has one. Count words only.',
    path: 'src/count-words.ts',
    exports: 'countWords',
    head: 'export function countWords(text: string): number {',
    base: "return text.split(' ').length",
    right: [
      'const words = text.match(/\\S+/g)\nreturn words === null ? 0 : words.length',
      'const found = text.match(/\\S+/g)\n// null when there is none\nreturn found === null\n  ? 0\n  : found.length',
      "return text.split(/\\s+/).filter((word) => word !== '').length",
    ],
    logic: [
      'return text.trim().split(/\\s+/).length',
      "return text.split(' ').filter((word) => word !== '').length",
    ],
    caught: 'return (text.match(/\\s+/g) ?? []).length',
    mistyped: 'return text.match(/\\S+/g).length',
    visible: { 'of a sentence': "equal(countWords('one two three'), 3)\nequal(countWords('one'), 1)" },
    hidden: {
      'of nothing': "equal(countWords(''), 0)\nequal(countWords('   '), 0)",
      'any white space': "equal(countWords('one  two'), 2)\nequal(countWords('one\\ntwo\\tthree'), 3)",
    },
  },
  {
    name: 'wrap',
    kind: 'fix',
    request:
      'wrap(text, width) breaks lines one character too late when a word ends exactly after the width. No line may be longer than width, unless a single word is.',
    path: 'src/wrap.ts',
    exports: 'wrap',
    head: 'export function wrap(text: string, width: number): string[] {',
    base: "const lines: string[] = []\nlet line = ''\nfor (const word of text.split(' ')) {\n  if (line !== '' && line.length + word.length > width) {\n    lines.push(line)\n    line = word\n  } else {\n    line = line === '' ? word : line + ' ' + word\n  }\n}\nlines.push(line)\nreturn lines",
    right: [
      "const lines: string[] = []\nlet line = ''\nfor (const word of text.split(' ')) {\n  if (line !== '' && line.length + 1 + word.length > width) {\n    lines.push(line)\n    line = word\n  } else {\n    line = line === '' ? word : line + ' ' + word\n  }\n}\nlines.push(line)\nreturn lines",
      "const done: string[] = []\nlet current = ''\nfor (const next of text.split(' ')) {\n  // the space counts\n  if (current !== '' && current.length + 1 + next.length > width) {\n    done.push(current)\n    current = next\n  } else {\n    current = current === '' ? next : current + ' ' + next\n  }\n}\ndone.push(current)\nreturn done",
      "const [first = '', ...rest] = text.split(' ')\nconst lines = [first]\nfor (const word of rest) {\n  const longer = lines.at(-1)! + ' ' + word\n  if (longer.length <= width) lines[lines.length - 1] = longer\n  else lines.push(word)\n}\nreturn lines",
    ],
    logic: [
      "const lines: string[] = []\nlet line = ''\nfor (const word of text.split(' ')) {\n  if (line !== '' && line.length + word.length >= width - 1) {\n    lines.push(line)\n    line = word\n  } else {\n    line = line === '' ? word : line + ' ' + word\n  }\n}\nlines.push(line)\nreturn lines",
      "const [first = '', ...rest] = text.split(' ')\nconst lines = [first]\nfor (const word of rest) {\n  const longer = lines.at(-1)! + ' ' + word\n  if (longer.length < width) lines[lines.length - 1] = longer\n  else lines.push(word)\n}\nreturn lines",
    ],
    caught: "return text.match(new RegExp('.{1,' + width + '}', 'g')) ?? ['']",
    mistyped:
      "const lines: string[] = []\nfor (const word of text.split(' ')) lines.push([word])\nreturn lines",
    visible: {
      'short texts are one line': "deepEqual(wrap('a b', 10), ['a b'])",
      'long ones are several': "deepEqual(wrap('hello wide world', 8), ['hello', 'wide', 'world'])",
    },
    hidden: {
      'no line is too long':
        "deepEqual(wrap('aaa bbb', 6), ['aaa', 'bbb'])\ndeepEqual(wrap('aa bb cc', 7), ['aa bb', 'cc'])",
      'what just fits stays':
        "deepEqual(wrap('aaa bbb', 7), ['aaa bbb'])\ndeepEqual(wrap('aa bb cc', 5), ['aa bb', 'cc'])",
      'a long word has its own line': "deepEqual(wrap('a abcdefgh b', 4), ['a', 'abcdefgh', 'b'])",
    },
  },
  {
    name: 'escape-html',
    kind: 'fix',
    request:
      'escapeHtml shows "&lt;" as "&amp;lt;". Escape each character once, and quotes too (&quot; and &#39;).',
    path: 'src/escape-html.ts',
    exports: 'escapeHtml',
    head: 'export function escapeHtml(text: string): string {',
    base: "return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')",
    right: [
      "return text\n  .replaceAll('&', '&amp;')\n  .replaceAll('<', '&lt;')\n  .replaceAll('>', '&gt;')\n  .replaceAll('\"', '&quot;')\n  .replaceAll(\"'\", '&#39;')",
      "// the ampersand first, so that nothing is escaped twice\nreturn text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\"', '&quot;').replaceAll(\"'\", '&#39;')",
      "const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\"': '&quot;', \"'\": '&#39;' }\nreturn text.replace(/[&<>\"']/g, (sign) => names[sign]!)",
    ],
    logic: [
      "return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\"', '&quot;').replaceAll(\"'\", '&#39;')",
      "return text.replace('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\"', '&quot;').replaceAll(\"'\", '&#39;')",
    ],
    caught:
      "return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\"', '&quot;').replaceAll(\"'\", '&#39;').replaceAll('&', '&amp;')",
    mistyped: "return text.replaceAll('&', 38).replaceAll('<', '&lt;').replaceAll('>', '&gt;')",
    visible: { 'tags are text': "equal(escapeHtml('<b>x</b>'), '&lt;b&gt;x&lt;/b&gt;')" },
    hidden: {
      ampersands:
        "equal(escapeHtml('a & b & c'), 'a &amp; b &amp; c')\nequal(escapeHtml('&lt;'), '&amp;lt;')",
      quotes: "equal(escapeHtml('\"' + \"'\"), '&quot;&#39;')",
    },
  },
  {
    name: 'plural',
    kind: 'refactor',
    request:
      'plural has four nested ternaries. Write it with early returns or a table; nothing about its results may change.',
    path: 'src/plural.js',
    exports: 'plural',
    head: '/**\n * @param {string} word\n * @param {number} count\n * @returns {string}\n */\nexport function plural(word, count) {',
    base: "return count === 1 ? word : /[^aeiou]y$/.test(word) ? word.slice(0, -1) + 'ies' : /(s|x|z|ch|sh)$/.test(word) ? word + 'es' : word === 'child' ? 'children' : word + 's'",
    right: [
      "if (count === 1) return word\nif (word === 'child') return 'children'\nif (/[^aeiou]y$/.test(word)) return word.slice(0, -1) + 'ies'\nif (/(s|x|z|ch|sh)$/.test(word)) return word + 'es'\nreturn word + 's'",
      "if (count === 1) return word\n// irregular\nif (word === 'child') return 'children'\n\nif (/[^aeiou]y$/.test(word)) return word.slice(0, -1) + 'ies'\n\nif (/(s|x|z|ch|sh)$/.test(word)) return word + 'es'\n\nreturn word + 's'",
      "if (count === 1) return word\nif (word === 'child') return 'children'\n/** @type {[RegExp, string][]} */\nconst endings = [[/(?<=[^aeiou])y$/, 'ies'], [/(?<=s|x|z|ch|sh)$/, 'es'], [/$/, 's']]\nconst [pattern, ending] = endings.find(([pattern]) => pattern.test(word)) ?? [/$/, 's']\nreturn word.replace(pattern, ending)",
    ],
    logic: [
      "if (count === 1) return word\nif (word === 'child') return 'children'\nif (/y$/.test(word)) return word.slice(0, -1) + 'ies'\nif (/(s|x|z|ch|sh)$/.test(word)) return word + 'es'\nreturn word + 's'",
      "if (count <= 1) return word\nif (word === 'child') return 'children'\nif (/[^aeiou]y$/.test(word)) return word.slice(0, -1) + 'ies'\nif (/(s|x|z|ch|sh)$/.test(word)) return word + 'es'\nreturn word + 's'",
    ],
    caught:
      "if (count === 1) return word\nif (/(s|x|z|ch|sh)$/.test(word)) return word + 'es'\nreturn word + 's'",
    mistyped:
      "if (count === 1) return word\nif (word.endsWith(/[^aeiou]y/)) return word.slice(0, -1) + 'ies'\nreturn word + 's'",
    visible: {
      one: "equal(plural('box', 1), 'box')",
      several:
        "equal(plural('box', 2), 'boxes')\nequal(plural('city', 3), 'cities')\nequal(plural('cat', 2), 'cats')",
    },
    hidden: {
      'a vowel before y': "equal(plural('day', 2), 'days')",
      'none is many': "equal(plural('cat', 0), 'cats')",
      irregular: "equal(plural('child', 2), 'children')\nequal(plural('child', 1), 'child')",
    },
  },
]
