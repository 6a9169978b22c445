import type { SmallTask } from '../small-task.ts'

export const NUMBERS: readonly SmallTask[] = [
  {
    name: 'clamp',
    kind: 'fix',
    request:
      'clamp returns the lower bound for values above the upper one; it must return the upper bound. Bounds given the wrong way round count as swapped.',
    path: 'src/clamp.ts',
    exports: 'clamp',
    head: 'export function clamp(value: number, low: number, high: number): number {',
    base: 'if (value < low) return low\nif (value > high) return low\nreturn value',
    right: [
      'const [least, most] = low <= high ? [low, high] : [high, low]\nreturn Math.min(most, Math.max(least, value))',
      'const [bottom, top] =\n  low <= high ? [low, high] : [high, low]\n// the outer call wins\nreturn Math.min(top, Math.max(bottom, value))',
      'const least = Math.min(low, high)\nconst most = Math.max(low, high)\nif (value < least) return least\nreturn value > most ? most : value',
    ],
    logic: [
      'if (value < low) return low\nif (value > high) return high\nreturn value',
      'if (low > high) return value\nreturn Math.min(high, Math.max(low, value))',
    ],
    caught: 'return Math.max(low, Math.min(high, low))',
    mistyped: 'return Math.min(high, Math.max(low, String(value)))',
    visible: {
      'keeps what is in range': 'equal(clamp(5, 0, 10), 5)',
      'lifts what is below': 'equal(clamp(-1, 0, 10), 0)',
    },
    hidden: {
      'lowers what is above': 'equal(clamp(11, 0, 10), 10)',
      'swaps bounds': 'equal(clamp(5, 10, 0), 5)\nequal(clamp(12, 10, 0), 10)\nequal(clamp(-3, 10, 0), 0)',
    },
  },
  {
    name: 'mean',
    kind: 'fix',
    request: 'mean of an empty list is NaN. It must be null; everything else stays as it is.',
    path: 'src/mean.ts',
    exports: 'mean',
    head: 'export function mean(values: readonly number[]): number | null {',
    base: 'let sum = 0\nfor (const value of values) sum += value\nreturn sum / values.length',
    right: [
      'if (values.length === 0) return null\nlet sum = 0\nfor (const value of values) sum += value\nreturn sum / values.length',
      'if (values.length === 0) return null\nlet total = 0\nfor (const one of values) total += one\n\nreturn total / values.length',
      'const sum = values.reduce((total, value) => total + value, 0)\nreturn values.length > 0 ? sum / values.length : null',
    ],
    logic: [
      'let sum = 0\nfor (const value of values) sum += value\nreturn sum === 0 ? null : sum / values.length',
      'let sum = 0\nfor (const value of values) sum += value\nreturn sum / Math.max(1, values.length)',
    ],
    caught: 'if (values.length < 2) return null\nreturn (values[0]! + values[1]!) / 2',
    mistyped:
      "if (values.length === 0) return ''\nreturn values.reduce((sum, value) => sum + value, 0) / values.length",
    visible: {
      'is in the middle': 'equal(mean([1, 2, 3, 6]), 3)',
      'of one is that one': 'equal(mean([4]), 4)',
    },
    hidden: {
      'of nothing is null': 'equal(mean([]), null)',
      'may be zero': 'equal(mean([-1, 1]), 0)\nequal(mean([0]), 0)',
    },
  },
  {
    name: 'median',
    kind: 'feature',
    request:
      'Let median take lists in any order, without changing the list it is given. Until now the caller had to sort.',
    path: 'src/median.ts',
    exports: 'median',
    head: 'export function median(values: readonly number[]): number {',
    base: 'const middle = Math.floor(values.length / 2)\nif (values.length % 2 === 1) return values[middle]!\nreturn (values[middle - 1]! + values[middle]!) / 2',
    right: [
      'const sorted = [...values].sort((one, other) => one - other)\nconst middle = Math.floor(sorted.length / 2)\nif (sorted.length % 2 === 1) return sorted[middle]!\nreturn (sorted[middle - 1]! + sorted[middle]!) / 2',
      'const ordered = [...values].sort((a, b) => a - b)\nconst half = Math.floor(ordered.length / 2)\n\nif (ordered.length % 2 === 1) return ordered[half]!\nreturn (ordered[half - 1]! + ordered[half]!) / 2',
      'const sorted = values.toSorted((one, other) => one - other)\nconst low = sorted[Math.ceil(sorted.length / 2) - 1]!\nconst high = sorted[Math.floor(sorted.length / 2)]!\nreturn (low + high) / 2',
    ],
    logic: [
      'const sorted = [...values].sort()\nconst middle = Math.floor(sorted.length / 2)\nif (sorted.length % 2 === 1) return sorted[middle]!\nreturn (sorted[middle - 1]! + sorted[middle]!) / 2',
      'const sorted = (values as number[]).sort((one, other) => one - other)\nconst middle = Math.floor(sorted.length / 2)\nif (sorted.length % 2 === 1) return sorted[middle]!\nreturn (sorted[middle - 1]! + sorted[middle]!) / 2',
    ],
    caught:
      'const sorted = [...values].sort((one, other) => one - other)\nreturn sorted[Math.floor(sorted.length / 2)]!',
    mistyped:
      'const sorted = values.sort((one, other) => one - other)\nreturn sorted[Math.floor(sorted.length / 2)]!',
    visible: {
      'of an odd number': 'equal(median([1, 2, 9]), 2)',
      'of an even number': 'equal(median([1, 2, 4, 9]), 3)',
    },
    hidden: {
      'sorts by value': 'equal(median([10, 9, 100]), 10)\nequal(median([5, 30, 200, 1000]), 115)',
      'leaves the list alone': 'const list = [3, 1, 2]\nequal(median(list), 2)\ndeepEqual(list, [3, 1, 2])',
    },
  },
  {
    name: 'round-to',
    kind: 'fix',
    request:
      'roundTo(value, digits) goes wrong for negative digits: roundTo(1234, -2) must be 1200. Halves are rounded up, as Math.round does.',
    path: 'src/round-to.ts',
    exports: 'roundTo',
    head: 'export function roundTo(value: number, digits = 0): number {',
    base: 'const factor = 10 ** Math.abs(digits)\nreturn Math.round(value * factor) / factor',
    right: [
      'if (digits < 0) {\n  const step = 10 ** -digits\n  return Math.round(value / step) * step\n}\nconst factor = 10 ** digits\nreturn Math.round(value * factor) / factor',
      'if (digits < 0) {\n  const unit = 10 ** -digits\n  return Math.round(value / unit) * unit\n}\n\nconst scale = 10 ** digits\nreturn Math.round(value * scale) / scale',
      'const step = 10 ** Math.abs(digits)\nreturn digits < 0 ? Math.round(value / step) * step : Math.round(value * step) / step',
    ],
    logic: [
      'if (digits < 0) {\n  const step = 10 ** -digits\n  return Math.floor(value / step) * step\n}\nconst factor = 10 ** digits\nreturn Math.round(value * factor) / factor',
      'return Number(value.toFixed(Math.max(0, digits)))',
    ],
    caught: 'const factor = 10 ** -digits\nreturn Math.round(value * factor) / factor',
    mistyped: 'return value.toFixed(digits)',
    visible: {
      'to whole numbers': 'equal(roundTo(2.6), 3)',
      'to two digits': 'equal(roundTo(1.234, 2), 1.23)',
    },
    hidden: {
      'to hundreds':
        'equal(roundTo(1234, -2), 1200)\nequal(roundTo(1250, -2), 1300)\nequal(roundTo(1280, -2), 1300)',
      'halves go up': 'equal(roundTo(2.5), 3)\nequal(roundTo(-2.5), -2)',
    },
  },
  {
    name: 'percent',
    kind: 'feature',
    request:
      'percent(part, whole) must give "–" (an en dash) when the whole is zero, and "<1 %" for a part that is above zero but would be shown as 0 %.',
    path: 'src/percent.ts',
    exports: 'percent',
    head: 'export function percent(part: number, whole: number): string {',
    base: "return Math.round((part / whole) * 100) + ' %'",
    right: [
      "if (whole === 0) return '–'\nconst share = Math.round((part / whole) * 100)\nif (part > 0 && share === 0) return '<1 %'\nreturn share + ' %'",
      "if (whole === 0) return '–'\nconst rounded = Math.round((part / whole) * 100)\n// an honest trifle\nif (part > 0 && rounded === 0) return '<1 %'\nreturn rounded + ' %'",
      "const share = whole === 0 ? null : (part / whole) * 100\nif (share === null) return '–'\nreturn share > 0 && share < 0.5 ? '<1 %' : Math.round(share) + ' %'",
    ],
    logic: [
      "if (whole === 0) return '–'\nconst share = Math.round((part / whole) * 100)\nif (share < 1) return '<1 %'\nreturn share + ' %'",
      "if (whole === 0) return '–'\nconst share = (part / whole) * 100\nif (share > 0 && share < 1) return '<1 %'\nreturn Math.round(share) + ' %'",
    ],
    caught: "if (whole === 0) return '–'\nconst share = Math.floor((part / whole) * 100)\nreturn share + '%'",
    mistyped: "if (whole === 0) return null\nreturn Math.round((part / whole) * 100) + ' %'",
    visible: {
      'is a share': "equal(percent(1, 4), '25 %')",
      'is rounded': "equal(percent(2, 3), '67 %')",
    },
    hidden: {
      'of nothing': "equal(percent(0, 0), '–')\nequal(percent(3, 0), '–')",
      'a trifle': "equal(percent(1, 1000), '<1 %')\nequal(percent(7, 1000), '1 %')",
      'nothing of something': "equal(percent(0, 8), '0 %')",
    },
  },
  {
    name: 'roman',
    kind: 'fix',
    request:
      'toRoman writes 4 as IIII and 9 as VIIII. It must use the subtractive forms, for 40, 90, 400 and 900 too.',
    path: 'src/roman.ts',
    exports: 'toRoman',
    head: 'export function toRoman(number: number): string {',
    base: "const signs: [string, number][] = [['M', 1000], ['D', 500], ['C', 100], ['L', 50], ['X', 10], ['V', 5], ['I', 1]]\nlet left = number\nlet text = ''\nfor (const [sign, value] of signs) {\n  while (left >= value) {\n    text += sign\n    left -= value\n  }\n}\nreturn text",
    right: [
      "const signs: [string, number][] = [\n  ['M', 1000], ['CM', 900], ['D', 500], ['CD', 400], ['C', 100], ['XC', 90], ['L', 50], ['XL', 40],\n  ['X', 10], ['IX', 9], ['V', 5], ['IV', 4], ['I', 1],\n]\nlet left = number\nlet text = ''\nfor (const [sign, value] of signs) {\n  while (left >= value) {\n    text += sign\n    left -= value\n  }\n}\nreturn text",
      "const table: [string, number][] = [\n  ['M', 1000], ['CM', 900],\n  ['D', 500], ['CD', 400],\n  ['C', 100], ['XC', 90],\n  ['L', 50], ['XL', 40],\n  ['X', 10], ['IX', 9],\n  ['V', 5], ['IV', 4],\n  ['I', 1],\n]\nlet rest = number\nlet roman = ''\nfor (const [letters, worth] of table) {\n  while (rest >= worth) {\n    roman += letters\n    rest -= worth\n  }\n}\nreturn roman",
      "const digit = (value: number, one: string, five: string, ten: string): string => {\n  if (value === 9) return one + ten\n  if (value === 4) return one + five\n  return (value >= 5 ? five : '') + one.repeat(value % 5)\n}\nconst at = (power: number): number => Math.floor(number / power) % 10\nreturn 'M'.repeat(Math.floor(number / 1000)) + digit(at(100), 'C', 'D', 'M') + digit(at(10), 'X', 'L', 'C') + digit(at(1), 'I', 'V', 'X')",
    ],
    logic: [
      "const signs: [string, number][] = [['M', 1000], ['D', 500], ['C', 100], ['L', 50], ['X', 10], ['IX', 9], ['V', 5], ['IV', 4], ['I', 1]]\nlet left = number\nlet text = ''\nfor (const [sign, value] of signs) {\n  while (left >= value) {\n    text += sign\n    left -= value\n  }\n}\nreturn text",
    ],
    caught:
      "const signs: [string, number][] = [['M', 1000], ['D', 500], ['C', 100], ['L', 50], ['X', 10], ['V', 5], ['I', 1]]\nlet left = number\nlet text = ''\nfor (const [sign, value] of signs) {\n  if (left >= value) {\n    text += sign\n    left -= value\n  }\n}\nreturn text.replace('IIII', 'IV')",
    mistyped:
      "const signs: [string, number][] = [['M', 1000], ['CM', '900'], ['D', 500]]\nreturn signs.map(([sign]) => sign).join('')",
    visible: {
      'adds up': "equal(toRoman(7), 'VII')\nequal(toRoman(62), 'LXII')\nequal(toRoman(2026), 'MMXXVI')",
    },
    hidden: {
      'four and nine': "equal(toRoman(4), 'IV')\nequal(toRoman(19), 'XIX')",
      'higher up': "equal(toRoman(44), 'XLIV')\nequal(toRoman(1994), 'MCMXCIV')\nequal(toRoman(490), 'CDXC')",
    },
  },
  {
    name: 'bytes',
    kind: 'fix',
    request:
      'formatBytes shows 1024 as "1024 B" and 1048576 as "1024 KB": a full unit must move on to the next one ("1.0 KB", "1.0 MB"). GB is the largest.',
    path: 'src/bytes.js',
    exports: 'formatBytes',
    head: '/**\n * @param {number} bytes\n * @returns {string}\n */\nexport function formatBytes(bytes) {',
    base: "const units = ['B', 'KB', 'MB', 'GB']\nlet size = bytes\nlet unit = 0\nwhile (size > 1024 && unit < units.length - 1) {\n  size /= 1024\n  unit += 1\n}\nreturn (unit === 0 ? String(size) : size.toFixed(1)) + ' ' + units[unit]",
    right: [
      "const units = ['B', 'KB', 'MB', 'GB']\nlet size = bytes\nlet unit = 0\nwhile (size >= 1024 && unit < units.length - 1) {\n  size /= 1024\n  unit += 1\n}\nreturn (unit === 0 ? String(size) : size.toFixed(1)) + ' ' + units[unit]",
      "const names = ['B', 'KB', 'MB', 'GB']\nlet amount = bytes\nlet step = 0\nwhile (amount >= 1024 && step < names.length - 1) {\n  amount /= 1024\n  step += 1\n}\nreturn (step === 0 ? String(amount) : amount.toFixed(1)) + ' ' + names[step]",
      "if (bytes < 1024) return bytes + ' B'\nif (bytes < 1024 ** 2) return (bytes / 1024).toFixed(1) + ' KB'\nif (bytes < 1024 ** 3) return (bytes / 1024 ** 2).toFixed(1) + ' MB'\nreturn (bytes / 1024 ** 3).toFixed(1) + ' GB'",
    ],
    logic: [
      "const units = ['B', 'KB', 'MB', 'GB']\nlet size = bytes\nlet unit = 0\nwhile (size >= 1024) {\n  size /= 1024\n  unit += 1\n}\nreturn (unit === 0 ? String(size) : size.toFixed(1)) + ' ' + units[unit]",
      "if (bytes < 1024) return bytes + ' B'\nif (bytes <= 1024 ** 2) return (bytes / 1024).toFixed(1) + ' KB'\nif (bytes <= 1024 ** 3) return (bytes / 1024 ** 2).toFixed(1) + ' MB'\nreturn (bytes / 1024 ** 3).toFixed(1) + ' GB'",
    ],
    caught:
      "const units = ['B', 'KB', 'MB', 'GB']\nlet size = bytes\nlet unit = 0\nwhile (size >= 1000 && unit < units.length - 1) {\n  size /= 1000\n  unit += 1\n}\nreturn (unit === 0 ? String(size) : size.toFixed(1)) + ' ' + units[unit]",
    mistyped: "return bytes.toPrecision('3') + ' B'",
    visible: {
      'small ones': "equal(formatBytes(12), '12 B')",
      'in between': "equal(formatBytes(1536), '1.5 KB')\nequal(formatBytes(1024 * 1024 * 2.5), '2.5 MB')",
    },
    hidden: {
      'full units':
        "equal(formatBytes(1024), '1.0 KB')\nequal(formatBytes(1024 ** 2), '1.0 MB')\nequal(formatBytes(1024 ** 3), '1.0 GB')",
      'the largest': "equal(formatBytes(1024 ** 4), '1024.0 GB')",
    },
  },
  {
    name: 'digits',
    kind: 'refactor',
    request:
      'Replace the arithmetic loop in digitSum by one that is easier to read. The result must not change, for negative numbers either.',
    path: 'src/digits.ts',
    exports: 'digitSum',
    head: '/** Sum of the decimal digits of a whole number; the sign does not count. */\nexport function digitSum(number: number): number {',
    base: 'let sum = 0\nlet left = number < 0 ? -number : number\nwhile (left > 0) {\n  const digit = left % 10\n  sum += digit\n  left = (left - digit) / 10\n}\nreturn sum',
    right: [
      'let sum = 0\nfor (const digit of String(Math.abs(number))) sum += Number(digit)\nreturn sum',
      'let total = 0\nfor (const figure of String(Math.abs(number)))\n  total += Number(figure)\nreturn total',
      'return [...Math.abs(number).toString()].map(Number).reduce((sum, digit) => sum + digit, 0)',
    ],
    logic: [
      'let sum = 0\nfor (const digit of String(number)) sum += Number(digit)\nreturn sum',
      'if (number < 0) return 0\nlet sum = 0\nfor (const digit of String(number)) sum += Number(digit)\nreturn sum',
    ],
    caught: 'return Math.abs(number) % 9 || 9',
    mistyped: 'let sum = 0\nfor (const digit of String(Math.abs(number))) sum += digit\nreturn sum',
    visible: { 'adds them up': 'equal(digitSum(1234), 10)\nequal(digitSum(99), 18)\nequal(digitSum(0), 0)' },
    hidden: {
      'the sign does not count': 'equal(digitSum(-42), 6)',
      'large ones': 'equal(digitSum(1000001), 2)',
    },
  },
  {
    name: 'range',
    kind: 'feature',
    request:
      'range(start, end, step) shall count down too when the step is negative. The end is never part of it. A step of 0 is a RangeError.',
    path: 'src/range.ts',
    exports: 'range',
    head: 'export function range(start: number, end: number, step = 1): number[] {',
    base: 'if (step <= 0) return []\nconst numbers: number[] = []\nfor (let number = start; number < end; number += step) numbers.push(number)\nreturn numbers',
    right: [
      "if (step === 0) throw new RangeError('the step is 0')\nconst numbers: number[] = []\nfor (let number = start; step > 0 ? number < end : number > end; number += step) numbers.push(number)\nreturn numbers",
      "if (step === 0) throw new RangeError('the step is 0')\nconst all: number[] = []\nfor (let next = start; step > 0 ? next < end : next > end; next += step) {\n  all.push(next)\n}\nreturn all",
      "if (step === 0) throw new RangeError('a range needs a step')\nconst length = Math.max(0, Math.ceil((end - start) / step))\nreturn Array.from({ length }, (_, index) => start + index * step)",
    ],
    logic: [
      "if (step === 0) throw new RangeError('the step is 0')\nconst numbers: number[] = []\nfor (let number = start; step > 0 ? number < end : number >= end; number += step) numbers.push(number)\nreturn numbers",
      'if (step === 0) return []\nconst numbers: number[] = []\nfor (let number = start; step > 0 ? number < end : number > end; number += step) numbers.push(number)\nreturn numbers',
    ],
    caught:
      "if (step === 0) throw new RangeError('the step is 0')\nconst numbers: number[] = []\nfor (let number = start; step > 0 ? number <= end : number > end; number += step) numbers.push(number)\nreturn numbers",
    mistyped: "if (step === 0) return 'the step is 0'\nreturn [start, end]",
    visible: {
      'counts up': 'deepEqual(range(0, 4), [0, 1, 2, 3])',
      'in steps': 'deepEqual(range(1, 8, 3), [1, 4, 7])',
      'may be empty': 'deepEqual(range(3, 3), [])',
    },
    hidden: {
      'counts down': 'deepEqual(range(3, 0, -1), [3, 2, 1])\ndeepEqual(range(5, 0, -2), [5, 3, 1])',
      'needs a step': 'throws(() => range(0, 2, 0), RangeError)',
      'the other way there is nothing': 'deepEqual(range(0, 4, -1), [])',
    },
  },
]
