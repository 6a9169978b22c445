import type { ExamPair } from './exam-pair.ts'

/** Sums, bounds and rounding. */
export const NUMBERS: readonly ExamPair[] = [
  {
    request: 'clamp(value, low, high) must also work when low and high are given the wrong way round.',
    path: 'src/clamp.js',
    before: `export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high)
}
`,
    right: `export function clamp(value, low, high) {
  const [least, most] = low <= high ? [low, high] : [high, low]
  return Math.min(Math.max(value, least), most)
}
`,
    wrong: `export function clamp(value, low, high) {
  if (low > high) {
    low = high
    high = low
  }
  return Math.min(Math.max(value, low), high)
}
`,
    check: 'assert.equal(module.clamp(5, 10, 0), 5)',
  },
  {
    request: 'average([]) gives NaN. It must give 0.',
    path: 'src/average.ts',
    before: `export function average(numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
`,
    right: `export function average(numbers: number[]): number {
  if (numbers.length === 0) return 0
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
`,
    wrong: `export function average(numbers: number[]): number {
  if (!numbers) return 0
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
`,
    check: 'assert.equal(module.average([]), 0)',
  },
  {
    request:
      'roundCents(1.005) gives 1, because of binary fractions. Amounts that end in half a cent must be rounded up.',
    path: 'src/money.js',
    before: `export function roundCents(amount) {
  return Math.round(amount * 100) / 100
}
`,
    right: `export function roundCents(amount) {
  return Math.round((amount + Number.EPSILON) * 100) / 100
}
`,
    wrong: `export function roundCents(amount) {
  return Number(amount.toFixed(2))
}
`,
    check: 'assert.equal(module.roundCents(1.005), 1.01)',
  },
  {
    request: 'isPrime must be false for 0, for 1 and for negative numbers.',
    path: 'src/prime.js',
    before: `export function isPrime(number) {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false
  }
  return true
}
`,
    right: `export function isPrime(number) {
  if (number < 2) return false
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false
  }
  return true
}
`,
    wrong: `export function isPrime(number) {
  if (number === 0 || number === 1) return false
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false
  }
  return true
}
`,
    check: 'assert.deepEqual([-7, 0, 1, 2].map(module.isPrime), [false, false, false, true])',
  },
  {
    request: 'percentage(part, 0) must be 0, whatever the part is.',
    path: 'src/percentage.ts',
    before: `export const percentage = (part: number, whole: number): number => (part / whole) * 100
`,
    right: `export const percentage = (part: number, whole: number): number =>
  whole === 0 ? 0 : (part / whole) * 100
`,
    wrong: `export const percentage = (part: number, whole: number): number =>
  part === 0 ? 0 : (part / whole) * 100
`,
    check: 'assert.equal(module.percentage(3, 0), 0)',
  },
  {
    request: 'range(start, end, step) must count down when the step is negative.',
    path: 'src/range.js',
    before: `export function range(start, end, step = 1) {
  const numbers = []
  for (let at = start; at < end; at += step) numbers.push(at)
  return numbers
}
`,
    right: `export function range(start, end, step = 1) {
  const numbers = []
  for (let at = start; step > 0 ? at < end : at > end; at += step) numbers.push(at)
  return numbers
}
`,
    wrong: `export function range(start, end, step = 1) {
  const numbers = []
  const size = Math.abs(step)
  for (let at = start; at < end; at += size) numbers.push(at)
  return step < 0 ? numbers.reverse() : numbers
}
`,
    check: 'assert.deepEqual(module.range(3, 0, -1), [3, 2, 1])',
  },
  {
    request: 'gcd must never be negative.',
    path: 'src/gcd.ts',
    before: `export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
`,
    right: `export function gcd(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : gcd(b, a % b)
}
`,
    wrong: `export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(Math.abs(b), Math.abs(a % b))
}
`,
    check: 'assert.equal(module.gcd(-4, 0), 4)',
  },
  {
    request: 'ordinal must give 11th, 12th and 13th, also where larger numbers end in them.',
    path: 'src/ordinal.js',
    before: `export function ordinal(number) {
  const ending = { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th'
  return number + ending
}
`,
    right: `export function ordinal(number) {
  const isTeen = Math.floor((number % 100) / 10) === 1
  const ending = { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th'
  return number + (isTeen ? 'th' : ending)
}
`,
    wrong: `export function ordinal(number) {
  if (number === 11 || number === 12 || number === 13) {
    return number + 'th'
  }
  const ending = { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th'
  return number + ending
}
`,
    check: "assert.deepEqual([11, 21, 112].map(module.ordinal), ['11th', '21st', '112th'])",
  },
]
