import type { ExamPair } from './exam-pair.ts'

/** Hours, calendars and waiting. */
export const TIME: readonly ExamPair[] = [
  {
    request: 'formatDuration(65) gives 1:5. Seconds must have two digits.',
    path: 'src/duration.js',
    before: `export function formatDuration(seconds) {
  return Math.floor(seconds / 60) + ':' + (seconds % 60)
}
`,
    right: `export function formatDuration(seconds) {
  return Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0')
}
`,
    wrong: `export function formatDuration(seconds) {
  const rest = seconds % 60
  return Math.floor(seconds / 60) + ':' + (rest < 9 ? '0' : '') + rest
}
`,
    check: "assert.deepEqual([65, 69, 70].map(module.formatDuration), ['1:05', '1:09', '1:10'])",
  },
  {
    request: 'isLeapYear must know that a century is a leap year only when 400 divides it.',
    path: 'src/leap.js',
    before: `export const isLeapYear = (year) => year % 4 === 0
`,
    right: `export const isLeapYear = (year) => year % (year % 100 === 0 ? 400 : 4) === 0
`,
    wrong: `export const isLeapYear = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 40 === 0)
`,
    check: 'assert.deepEqual([1900, 2000, 2004, 2200].map(module.isLeapYear), [false, true, true, false])',
  },
  {
    request:
      'overlaps misses meetings that begin before the other and end in it. Meetings that only touch do not overlap.',
    path: 'src/meetings.ts',
    before: `type Meeting = { start: number; end: number }

export function overlaps(one: Meeting, other: Meeting): boolean {
  return one.start >= other.start && one.start < other.end
}
`,
    right: `type Meeting = { start: number; end: number }

export function overlaps(one: Meeting, other: Meeting): boolean {
  return one.start < other.end && other.start < one.end
}
`,
    wrong: `type Meeting = { start: number; end: number }

export function overlaps(one: Meeting, other: Meeting): boolean {
  return one.start <= other.end && other.start <= one.end
}
`,
    check:
      'assert.deepEqual([module.overlaps({ start: 1, end: 3 }, { start: 2, end: 4 }), module.overlaps({ start: 1, end: 2 }, { start: 2, end: 3 })], [true, false])',
  },
  {
    request: 'nextMonth: months count from 1, and after December comes January of the next year.',
    path: 'src/month.js',
    before: `export function nextMonth({ year, month }) {
  return { year, month: month + 1 }
}
`,
    right: `export function nextMonth({ year, month }) {
  if (month === 12) return { year: year + 1, month: 1 }
  return { year, month: month + 1 }
}
`,
    wrong: `export function nextMonth({ year, month }) {
  const next = month % 12
  return { year: next === 11 ? year + 1 : year, month: next + 1 }
}
`,
    check:
      'assert.deepEqual([11, 12].map((month) => module.nextMonth({ year: 2024, month })), [{ year: 2024, month: 12 }, { year: 2025, month: 1 }])',
  },
  {
    request: 'toMinutes must also take times without hours (45m) and without minutes (2h).',
    path: 'src/minutes.js',
    before: `export function toMinutes(text) {
  const [hours, minutes] = text.split('h ')
  return Number(hours) * 60 + Number.parseInt(minutes)
}
`,
    right: `export function toMinutes(text) {
  const hours = /(\\d+)h/.exec(text)?.[1] ?? 0
  const minutes = /(\\d+)m/.exec(text)?.[1] ?? 0
  return Number(hours) * 60 + Number(minutes)
}
`,
    wrong: `export function toMinutes(text) {
  const [, hours, minutes] = /(\\d*)h? ?(\\d*)m?/.exec(text)
  return Number(hours) * 60 + Number(minutes)
}
`,
    check: "assert.deepEqual(['1h 30m', '45m', '2h'].map(module.toMinutes), [90, 45, 120])",
  },
  {
    request:
      'isExpired(token, now, leeway): a token must count as expired already `leeway` milliseconds before its time.',
    path: 'src/token.ts',
    before: `type Token = { expiresAt: number }

export function isExpired(token: Token, now: number, leeway: number): boolean {
  return now >= token.expiresAt
}
`,
    right: `type Token = { expiresAt: number }

export function isExpired(token: Token, now: number, leeway: number): boolean {
  return now >= token.expiresAt - leeway
}
`,
    wrong: `type Token = { expiresAt: number }

export function isExpired(token: Token, now: number, leeway: number): boolean {
  return now - leeway >= token.expiresAt
}
`,
    check: 'assert.equal(module.isExpired({ expiresAt: 100 }, 95, 10), true)',
  },
  {
    request: 'fromMonday(day): days are given with Sunday as 0; weeks must begin with Monday as 0.',
    path: 'src/weekday.js',
    before: `export const fromMonday = (day) => day
`,
    right: `export const fromMonday = (day) => (day + 6) % 7
`,
    wrong: `export const fromMonday = (day) => Math.abs(day - 1) % 7
`,
    check: 'assert.deepEqual([0, 1, 6].map(module.fromMonday), [6, 0, 5])',
  },
  {
    request:
      'waitMs(attempt) must double with each attempt, from 100 for the first (attempt 1), and never exceed 5000.',
    path: 'src/backoff.ts',
    before: `export const waitMs = (attempt: number): number => 100 * attempt
`,
    right: `export const waitMs = (attempt: number): number => Math.min(5_000, 100 * 2 ** (attempt - 1))
`,
    wrong: `export const waitMs = (attempt: number): number => {
  const doubled = 100 * 2 ** attempt
  return doubled > 5_000 ? 5_000 : doubled
}
`,
    check: 'assert.deepEqual([1, 2, 9].map(module.waitMs), [100, 200, 5000])',
  },
]
