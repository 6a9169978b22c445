import type { SmallTask } from '../small-task.ts'

const PRICE =
  'export type Item = { name: string; cents: number; count: number }\n\nexport const priceOf = (item: Item): number => item.cents * item.count\n'

/** Tasks with state, with time, and with more than one file. */
export const PARTS: readonly SmallTask[] = [
  {
    name: 'stack',
    kind: 'fix',
    request:
      'A Stack that is created from a list shares it: pushing changes the list of the caller. It must have its own. peek of an empty stack is null, not undefined.',
    path: 'src/stack.ts',
    exports: 'createStack',
    head: 'export type Stack<Item> = { push(item: Item): void; pop(): Item | null; peek(): Item | null }\n\nexport function createStack<Item>(items: Item[]): Stack<Item> {',
    base: 'return {\n  push: (item) => void items.push(item),\n  pop: () => items.pop() ?? null,\n  peek: () => items[items.length - 1]!,\n}',
    right: [
      'const own = [...items]\nreturn {\n  push: (item) => void own.push(item),\n  pop: () => own.pop() ?? null,\n  peek: () => own.at(-1) ?? null,\n}',
      'const stacked = [...items]\n// nobody else has this list\nreturn {\n  push: (item) => void stacked.push(item),\n  pop: () => stacked.pop() ?? null,\n  peek: () => stacked.at(-1) ?? null,\n}',
      'let own: readonly Item[] = items.slice()\nconst peek = (): Item | null => (own.length > 0 ? own[own.length - 1]! : null)\nreturn {\n  push(item) {\n    own = [...own, item]\n  },\n  pop() {\n    const last = peek()\n    own = own.slice(0, -1)\n    return last\n  },\n  peek,\n}',
    ],
    logic: [
      'return {\n  push: (item) => void items.push(item),\n  pop: () => items.pop() ?? null,\n  peek: () => items.at(-1) ?? null,\n}',
      'const own = [...items]\nreturn {\n  push: (item) => void own.push(item),\n  pop: () => own.pop() ?? null,\n  peek: () => own.at(-1) || null,\n}',
    ],
    caught:
      'const own = [...items]\nreturn {\n  push: (item) => void own.unshift(item),\n  pop: () => own.pop() ?? null,\n  peek: () => own.at(-1) ?? null,\n}',
    mistyped:
      'const own = [...items]\nreturn {\n  push: (item) => own.push(item, 1),\n  pop: () => own.pop() ?? null,\n  peek: () => own.at(-1),\n}',
    visible: {
      'last in, first out':
        'const stack = createStack<number>([1])\nstack.push(2)\nequal(stack.peek(), 2)\nequal(stack.pop(), 2)\nequal(stack.pop(), 1)\nequal(stack.pop(), null)',
    },
    hidden: {
      'has its own list': 'const list = [1]\ncreateStack(list).push(2)\ndeepEqual(list, [1])',
      'empty and zero': 'equal(createStack([]).peek(), null)\nequal(createStack([0]).peek(), 0)',
    },
  },
  {
    name: 'memo',
    kind: 'fix',
    request:
      'memo calls the function again for arguments whose result was undefined, and takes 1 and "1" for the same. Both must be told apart and remembered.',
    path: 'src/memo.ts',
    exports: 'memo',
    head: 'export function memo<Argument, Result>(call: (argument: Argument) => Result): (argument: Argument) => Result {',
    base: 'const known: Record<string, Result> = {}\nreturn (argument) => {\n  const key = String(argument)\n  const before = known[key]\n  if (before !== undefined) return before\n  const result = call(argument)\n  known[key] = result\n  return result\n}',
    right: [
      'const known = new Map<Argument, Result>()\nreturn (argument) => {\n  if (known.has(argument)) return known.get(argument)!\n  const result = call(argument)\n  known.set(argument, result)\n  return result\n}',
      'const results = new Map<Argument, Result>()\nreturn (argument) => {\n  if (results.has(argument)) return results.get(argument)!\n  const fresh = call(argument)\n  results.set(argument, fresh)\n\n  return fresh\n}',
      'const known = new Map<Argument, { result: Result }>()\nreturn (argument) => {\n  const entry = known.get(argument) ?? { result: call(argument) }\n  known.set(argument, entry)\n  return entry.result\n}',
    ],
    logic: [
      'const known = new Map<Argument, Result>()\nreturn (argument) => {\n  const before = known.get(argument)\n  if (before !== undefined) return before\n  const result = call(argument)\n  known.set(argument, result)\n  return result\n}',
      'const known: Record<string, Result> = {}\nreturn (argument) => {\n  const key = String(argument)\n  if (key in known) return known[key]!\n  const result = call(argument)\n  known[key] = result\n  return result\n}',
    ],
    caught:
      'let last: { argument: Argument; result: Result } | null = null\nreturn (argument) => {\n  if (last?.argument === argument) return last.result\n  last = { argument, result: call(argument) }\n  return last.result\n}',
    mistyped:
      'const known = new Map<Argument, Result>()\nreturn (argument) => known.get(argument) ?? known.set(argument, call(argument))',
    visible: {
      'calls once for each':
        'let calls = 0\nconst double = memo((value: number) => { calls += 1; return value * 2 })\nequal(double(2), 4)\nequal(double(3), 6)\nequal(double(2), 4)\nequal(calls, 2)',
    },
    hidden: {
      'undefined is a result':
        'let calls = 0\nconst nothing = memo((_: string) => { calls += 1; return undefined })\nnothing("a")\nnothing("a")\nequal(calls, 1)',
      'types count':
        "const type = memo((value: unknown) => typeof value)\nequal(type(1), 'number')\nequal(type('1'), 'string')",
    },
  },
  {
    name: 'duration',
    kind: 'feature',
    request:
      'formatDuration(seconds) shall show hours: 3725 is "1:02:05". Below an hour it stays "m:ss". Fractions of a second are cut off.',
    path: 'src/duration.js',
    exports: 'formatDuration',
    head: '/**\n * @param {number} seconds\n * @returns {string}\n */\nexport function formatDuration(seconds) {',
    base: "const minutes = Math.floor(seconds / 60)\nreturn minutes + ':' + String(seconds % 60).padStart(2, '0')",
    right: [
      "const whole = Math.floor(seconds)\nconst hours = Math.floor(whole / 3600)\nconst minutes = Math.floor((whole % 3600) / 60)\nconst rest = String(whole % 60).padStart(2, '0')\nif (hours === 0) return minutes + ':' + rest\nreturn hours + ':' + String(minutes).padStart(2, '0') + ':' + rest",
      "const total = Math.floor(seconds)\nconst h = Math.floor(total / 3600)\nconst m = Math.floor((total % 3600) / 60)\nconst s = String(total % 60).padStart(2, '0')\n\n// short ones stay short\nif (h === 0) return m + ':' + s\nreturn h + ':' + String(m).padStart(2, '0') + ':' + s",
      "const two = (/** @type {number} */ value) => (value < 10 ? '0' : '') + value\nlet left = Math.trunc(seconds)\nconst rest = left % 60\nleft = (left - rest) / 60\nif (left < 60) return left + ':' + two(rest)\nreturn (left - (left % 60)) / 60 + ':' + two(left % 60) + ':' + two(rest)",
    ],
    logic: [
      "const whole = Math.floor(seconds)\nconst hours = Math.floor(whole / 3600)\nconst minutes = Math.floor((whole % 3600) / 60)\nconst rest = String(whole % 60).padStart(2, '0')\nif (hours === 0) return minutes + ':' + rest\nreturn hours + ':' + minutes + ':' + rest",
      "const whole = Math.round(seconds)\nconst hours = Math.floor(whole / 3600)\nconst minutes = Math.floor((whole % 3600) / 60)\nconst rest = String(whole % 60).padStart(2, '0')\nif (hours === 0) return minutes + ':' + rest\nreturn hours + ':' + String(minutes).padStart(2, '0') + ':' + rest",
    ],
    caught:
      "const whole = Math.floor(seconds)\nconst two = (/** @type {number} */ value) => String(value).padStart(2, '0')\nreturn two(Math.floor(whole / 3600)) + ':' + two(Math.floor(whole / 60) % 60) + ':' + two(whole % 60)",
    mistyped: "return Math.floor(seconds / 60) + ':' + (seconds % 60).padStart(2, '0')",
    visible: {
      minutes:
        "equal(formatDuration(65), '1:05')\nequal(formatDuration(0), '0:00')\nequal(formatDuration(3599), '59:59')",
    },
    hidden: {
      hours: "equal(formatDuration(3725), '1:02:05')\nequal(formatDuration(36000), '10:00:00')",
      fractions: "equal(formatDuration(59.9), '0:59')\nequal(formatDuration(3599.7), '59:59')",
    },
  },
  {
    name: 'retry-delays',
    kind: 'feature',
    request:
      'retryDelays(tries, first) gives equal pauses. They must double each time, and none may be longer than the third argument, most (30000 where it is left out).',
    path: 'src/retry-delays.ts',
    exports: 'retryDelays',
    head: null,
    base: '/** Pauses between tries, in milliseconds: one less than there are tries. */\nexport function retryDelays(tries: number, first: number): number[] {\n  return Array.from({ length: Math.max(0, tries - 1) }, () => first)\n}\n',
    right: [
      '/** Pauses between tries, in milliseconds: one less than there are tries. */\nexport function retryDelays(tries: number, first: number, most = 30_000): number[] {\n  return Array.from({ length: Math.max(0, tries - 1) }, (_, index) => Math.min(most, first * 2 ** index))\n}\n',
      '/** Pauses between tries in milliseconds. Each is twice the one before. */\nexport function retryDelays(tries: number, first: number, most = 30_000): number[] {\n  return Array.from({ length: Math.max(0, tries - 1) }, (_, retry) =>\n    Math.min(most, first * 2 ** retry),\n  )\n}\n',
      'const LONGEST = 30_000\n\n/** Pauses between tries, in milliseconds: one less than there are tries. */\nexport function retryDelays(tries: number, first: number, most: number = LONGEST): number[] {\n  const delays: number[] = []\n  for (let delay = first; delays.length < tries - 1; delay *= 2) delays.push(delay > most ? most : delay)\n  return delays\n}\n',
    ],
    logic: [
      'export function retryDelays(tries: number, first: number, most = 30_000): number[] {\n  return Array.from({ length: Math.max(0, tries - 1) }, (_, index) => Math.min(most, first * (index + 1)))\n}\n',
      'export function retryDelays(tries: number, first: number, most = 30_000): number[] {\n  return Array.from({ length: Math.max(0, tries - 1) }, (_, index) => first * 2 ** index).filter((delay) => delay <= most)\n}\n',
    ],
    caught:
      'export function retryDelays(tries: number, first: number, most = 30_000): number[] {\n  return Array.from({ length: tries }, (_, index) => Math.min(most, first * 2 ** index))\n}\n',
    mistyped:
      "export function retryDelays(tries: number, first: number, most = '30s'): number[] {\n  return Array.from({ length: Math.max(0, tries - 1) }, (_, index) => Math.min(most, first * 2 ** index))\n}\n",
    visible: {
      'one less than tries':
        'deepEqual(retryDelays(2, 100), [100])\ndeepEqual(retryDelays(1, 100), [])\ndeepEqual(retryDelays(0, 100), [])',
    },
    hidden: {
      double: 'deepEqual(retryDelays(5, 100), [100, 200, 400, 800])',
      'have a limit':
        'deepEqual(retryDelays(5, 100, 300), [100, 200, 300, 300])\nequal(retryDelays(12, 1000).at(-1), 30000)',
    },
  },
  {
    name: 'cart-discount',
    kind: 'feature',
    request:
      'total in src/cart.ts shall take an optional discount in percent, rounded to whole cents once, at the end. A discount below 0 or above 100 is a RangeError. priceOf in src/price.ts stays as it is.',
    path: 'src/cart.ts',
    exports: 'total',
    head: null,
    base: {
      'src/price.ts': PRICE,
      'src/cart.ts':
        "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[]): number {\n  return items.reduce((sum, item) => sum + priceOf(item), 0)\n}\n",
    },
    right: [
      "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[], discount = 0): number {\n  if (discount < 0 || discount > 100) throw new RangeError('a discount is between 0 and 100 percent')\n  const sum = items.reduce((sum, item) => sum + priceOf(item), 0)\n  return Math.round((sum * (100 - discount)) / 100)\n}\n",
      "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[], discount = 0): number {\n  if (discount < 0 || discount > 100)\n    throw new RangeError('a discount is between 0 and 100 percent')\n  const full = items.reduce((before, one) => before + priceOf(one), 0)\n  // whole cents\n  return Math.round((full * (100 - discount)) / 100)\n}\n",
      "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[], discount?: number): number {\n  let cents = 0\n  for (const item of items) cents += priceOf(item)\n  if (discount === undefined) return cents\n  if (!(discount >= 0 && discount <= 100)) throw new RangeError('no such discount: ' + discount)\n  return Math.round(cents - (cents * discount) / 100)\n}\n",
    ],
    logic: [
      "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[], discount = 0): number {\n  if (discount < 0 || discount > 100) throw new RangeError('a discount is between 0 and 100 percent')\n  return items.reduce((sum, item) => sum + Math.round((priceOf(item) * (100 - discount)) / 100), 0)\n}\n",
      "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[], discount = 0): number {\n  const part = Math.min(100, Math.max(0, discount))\n  const sum = items.reduce((sum, item) => sum + priceOf(item), 0)\n  return Math.round((sum * (100 - part)) / 100)\n}\n",
    ],
    caught:
      "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[], discount = 0): number {\n  const sum = items.reduce((sum, item) => sum + priceOf(item), 0)\n  return Math.round((sum * discount) / 100)\n}\n",
    mistyped:
      "import { priceOf, type Item } from './price.ts'\n\nexport function total(items: readonly Item[], discount?: number): number {\n  const sum = items.reduce((sum, item) => sum + priceOf(item), 0)\n  return Math.round((sum * (100 - discount)) / 100)\n}\n",
    visible: {
      'adds up':
        "equal(total([{ name: 'a', cents: 150, count: 2 }, { name: 'b', cents: 5, count: 1 }]), 305)\nequal(total([]), 0)",
    },
    hidden: {
      less: "equal(total([{ name: 'a', cents: 1000, count: 1 }], 25), 750)",
      'rounded once':
        "const item = { name: 'a', cents: 1, count: 1 }\nequal(total([item, item, item], 50), 2)",
      'no such discount': 'throws(() => total([], 101), RangeError)\nthrows(() => total([], -1), RangeError)',
    },
  },
  {
    name: 'shared-check',
    kind: 'refactor',
    request:
      'isEmail in src/contact.ts and src/account.ts is the same code twice. Move it to src/email.ts and use it from both; nothing may change for callers, who import isContact and isAccount.',
    path: 'src/index.ts',
    exports: 'isContact, isAccount',
    head: null,
    base: {
      'src/index.ts': "export { isContact } from './contact.ts'\nexport { isAccount } from './account.ts'\n",
      'src/contact.ts':
        "const isEmail = (text: string): boolean => /^[^@\\s]+@[^@\\s]+$/.test(text)\n\nexport const isContact = (text: string): boolean => text === '' || isEmail(text)\n",
      'src/account.ts':
        'const isEmail = (text: string): boolean => /^[^@\\s]+@[^@\\s]+$/.test(text)\n\nexport const isAccount = (text: string): boolean => text.length <= 20 && isEmail(text)\n',
    },
    right: [
      {
        'src/email.ts':
          'export const isEmail = (text: string): boolean => /^[^@\\s]+@[^@\\s]+$/.test(text)\n',
        'src/contact.ts':
          "import { isEmail } from './email.ts'\n\nexport const isContact = (text: string): boolean => text === '' || isEmail(text)\n",
        'src/account.ts':
          "import { isEmail } from './email.ts'\n\nexport const isAccount = (text: string): boolean => text.length <= 20 && isEmail(text)\n",
      },
      {
        'src/email.ts':
          '/** Has it the form of an address? */\nexport const isEmail = (text: string): boolean =>\n  /^[^@\\s]+@[^@\\s]+$/.test(text)\n',
        'src/contact.ts':
          "import { isEmail } from './email.ts'\n\nexport const isContact = (value: string): boolean => value === '' || isEmail(value)\n",
        'src/account.ts':
          "import { isEmail } from './email.ts'\n\nexport const isAccount = (value: string): boolean => value.length <= 20 && isEmail(value)\n",
      },
      {
        'src/email.ts':
          'const PATTERN = /^[^@\\s]+@[^@\\s]+$/\n\nexport function isEmail(text: string): boolean {\n  return PATTERN.test(text)\n}\n',
        'src/contact.ts':
          "import { isEmail } from './email.ts'\n\nexport const isContact = (text: string): boolean => text === '' || isEmail(text)\n",
        'src/account.ts':
          "import { isEmail } from './email.ts'\n\nexport const isAccount = (text: string): boolean => text.length <= 20 && isEmail(text)\n",
      },
    ],
    logic: [
      {
        'src/email.ts':
          'const PATTERN = /^[^@\\s]+@[^@\\s]+$/g\n\nexport const isEmail = (text: string): boolean => PATTERN.test(text)\n',
        'src/contact.ts':
          "import { isEmail } from './email.ts'\n\nexport const isContact = (text: string): boolean => text === '' || isEmail(text)\n",
        'src/account.ts':
          "import { isEmail } from './email.ts'\n\nexport const isAccount = (text: string): boolean => text.length <= 20 && isEmail(text)\n",
      },
      {
        'src/email.ts': 'export const isEmail = (text: string): boolean => /[^@\\s]+@[^@\\s]+/.test(text)\n',
        'src/contact.ts':
          "import { isEmail } from './email.ts'\n\nexport const isContact = (text: string): boolean => text === '' || isEmail(text)\n",
        'src/account.ts':
          "import { isEmail } from './email.ts'\n\nexport const isAccount = (text: string): boolean => text.length <= 20 && isEmail(text)\n",
      },
    ],
    caught: {
      'src/email.ts':
        "export const isEmail = (text: string): boolean => text === '' || /^[^@\\s]+@[^@\\s]+$/.test(text)\n",
      'src/contact.ts': "export { isEmail as isContact } from './email.ts'\n",
      'src/account.ts': "export { isEmail as isAccount } from './email.ts'\n",
    },
    mistyped: {
      'src/email.ts': 'export const isEmail = (text: string): boolean => /^[^@\\s]+@[^@\\s]+$/.exec(text)\n',
      'src/contact.ts':
        "import { isEmail } from './email.ts'\n\nexport const isContact = (text: string): boolean => text === '' || isEmail(text)\n",
    },
    visible: {
      both: "equal(isContact('a@b'), true)\nequal(isContact('ab'), false)\nequal(isContact(''), true)\nequal(isAccount(''), false)",
    },
    hidden: {
      'again and again':
        "equal(isContact('a@b'), true)\nequal(isContact('a@b'), true)\nequal(isAccount('a@b'), true)\nequal(isAccount('a@b'), true)",
      'all of it':
        "equal(isContact('to a@b or so'), false)\nequal(isAccount('a.very.long.name@example.org'), false)",
    },
  },
  {
    name: 'two-rates',
    kind: 'fix',
    request:
      'tax in src/tax.ts rounds every line, so the sum is off by cents. src/invoice.ts must round once for each rate instead. tax itself must not round any more.',
    path: 'src/invoice.ts',
    exports: 'taxOf',
    head: null,
    base: {
      'src/tax.ts':
        'export const tax = (cents: number, rate: number): number => Math.round((cents * rate) / 100)\n',
      'src/invoice.ts':
        "import { tax } from './tax.ts'\n\nexport type Line = { cents: number; rate: number }\n\n/** The tax of all lines, in cents. */\nexport function taxOf(lines: readonly Line[]): number {\n  return lines.reduce((sum, { cents, rate }) => sum + tax(cents, rate), 0)\n}\n",
    },
    right: [
      {
        'src/tax.ts': 'export const tax = (cents: number, rate: number): number => (cents * rate) / 100\n',
        'src/invoice.ts':
          "import { tax } from './tax.ts'\n\nexport type Line = { cents: number; rate: number }\n\n/** The tax of all lines, in cents. */\nexport function taxOf(lines: readonly Line[]): number {\n  const byRate = new Map<number, number>()\n  for (const { cents, rate } of lines) byRate.set(rate, (byRate.get(rate) ?? 0) + cents)\n  let sum = 0\n  for (const [rate, cents] of byRate) sum += Math.round(tax(cents, rate))\n  return sum\n}\n",
      },
      {
        'src/tax.ts': 'export const tax = (cents: number, rate: number): number =>\n  (cents * rate) / 100\n',
        'src/invoice.ts':
          "import { tax } from './tax.ts'\n\nexport type Line = { cents: number; rate: number }\n\n/** The tax of all lines in cents, rounded once for each rate. */\nexport function taxOf(lines: readonly Line[]): number {\n  const amounts = new Map<number, number>()\n  for (const { cents, rate } of lines) amounts.set(rate, (amounts.get(rate) ?? 0) + cents)\n  let total = 0\n  for (const [rate, cents] of amounts) total += Math.round(tax(cents, rate))\n  return total\n}\n",
      },
      {
        'src/tax.ts': 'export const tax = (cents: number, rate: number): number => (cents * rate) / 100\n',
        'src/invoice.ts':
          "import { tax } from './tax.ts'\n\nexport type Line = { cents: number; rate: number }\n\nconst sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0)\n\n/** The tax of all lines, in cents. */\nexport function taxOf(lines: readonly Line[]): number {\n  const rates = [...new Set(lines.map(({ rate }) => rate))]\n  const amountAt = (rate: number): number => sumOf(lines.filter((line) => line.rate === rate).map(({ cents }) => cents))\n  return sumOf(rates.map((rate) => Math.round(tax(amountAt(rate), rate))))\n}\n",
      },
    ],
    logic: [
      {
        'src/tax.ts': 'export const tax = (cents: number, rate: number): number => (cents * rate) / 100\n',
        'src/invoice.ts':
          "import { tax } from './tax.ts'\n\nexport type Line = { cents: number; rate: number }\n\n/** The tax of all lines, in cents. */\nexport function taxOf(lines: readonly Line[]): number {\n  return Math.round(lines.reduce((sum, { cents, rate }) => sum + tax(cents, rate), 0))\n}\n",
      },
      {
        'src/tax.ts':
          'export const tax = (cents: number, rate: number): number => Math.floor((cents * rate) / 100)\n',
        'src/invoice.ts':
          "import { tax } from './tax.ts'\n\nexport type Line = { cents: number; rate: number }\n\n/** The tax of all lines, in cents. */\nexport function taxOf(lines: readonly Line[]): number {\n  const byRate = new Map<number, number>()\n  for (const { cents, rate } of lines) byRate.set(rate, (byRate.get(rate) ?? 0) + cents)\n  let sum = 0\n  for (const [rate, cents] of byRate) sum += tax(cents, rate)\n  return sum\n}\n",
      },
    ],
    caught: {
      'src/tax.ts': 'export const tax = (cents: number, rate: number): number => (cents * rate) / 100\n',
      'src/invoice.ts':
        "import { tax } from './tax.ts'\n\nexport type Line = { cents: number; rate: number }\n\nexport function taxOf(lines: readonly Line[]): number {\n  const cents = lines.reduce((sum, line) => sum + line.cents, 0)\n  return Math.round(tax(cents, lines[0]?.rate ?? 0))\n}\n",
    },
    mistyped: {
      'src/tax.ts':
        'export const tax = (cents: number, rate: number): string => ((cents * rate) / 100).toFixed(0)\n',
    },
    visible: {
      'of some lines':
        'equal(taxOf([{ cents: 1000, rate: 20 }, { cents: 500, rate: 10 }]), 250)\nequal(taxOf([]), 0)',
    },
    hidden: {
      'rounded once a rate': 'const line = { cents: 3, rate: 20 }\nequal(taxOf([line, line, line, line]), 2)',
      'each rate on its own':
        'equal(taxOf([{ cents: 3, rate: 20 }, { cents: 7, rate: 10 }, { cents: 14, rate: 5 }]), 3)',
    },
  },
  {
    name: 'emitter',
    kind: 'fix',
    request:
      'A listener that removes itself while an event is told makes the next one be left out. Everybody who listens when the event begins must hear it, once.',
    path: 'src/emitter.js',
    exports: 'createEmitter',
    head: '/** @typedef {(value: unknown) => void} Listener */\n\nexport function createEmitter() {',
    base: '/** @type {Listener[]} */\nconst listeners = []\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    listeners.push(listener)\n    return () => void listeners.splice(listeners.indexOf(listener), 1)\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    listeners.forEach((listener) => listener(value))\n  },\n}',
    right: [
      '/** @type {Listener[]} */\nconst listeners = []\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    listeners.push(listener)\n    return () => {\n      const index = listeners.indexOf(listener)\n      if (index >= 0) listeners.splice(index, 1)\n    }\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    for (const listener of [...listeners]) listener(value)\n  },\n}',
      '/** @type {Listener[]} */\nconst all = []\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    all.push(listener)\n    return () => {\n      const place = all.indexOf(listener)\n      if (place >= 0) all.splice(place, 1)\n    }\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    // a copy, because listeners come and go\n    for (const each of [...all]) each(value)\n  },\n}',
      '/** @type {readonly { listener: Listener }[]} */\nlet entries = []\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    const entry = { listener }\n    entries = [...entries, entry]\n    return () => {\n      entries = entries.filter((other) => other !== entry)\n    }\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    for (const { listener } of entries) listener(value)\n  },\n}',
    ],
    logic: [
      '/** @type {Listener[]} */\nconst listeners = []\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    listeners.push(listener)\n    return () => void listeners.splice(listeners.indexOf(listener), 1)\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    for (const listener of [...listeners]) listener(value)\n  },\n}',
      '/** @type {Set<Listener>} */\nconst listeners = new Set()\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    listeners.add(listener)\n    return () => void listeners.delete(listener)\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    for (const listener of listeners) listener(value)\n  },\n}',
    ],
    caught:
      '/** @type {Listener | null} */\nlet last = null\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    last = listener\n    return () => void (last = null)\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    last?.(value)\n  },\n}',
    mistyped:
      '/** @type {Listener[]} */\nconst listeners = []\nreturn {\n  /** @param {Listener} listener */\n  on(listener) {\n    listeners.add(listener)\n    return () => void listeners.delete(listener)\n  },\n  /** @param {unknown} value */\n  tell(value) {\n    for (const listener of listeners) listener(value)\n  },\n}',
    visible: {
      'everybody hears it':
        "const heard: unknown[] = []\nconst emitter = createEmitter()\nconst off = emitter.on((value: unknown) => heard.push(['a', value]))\nemitter.on((value: unknown) => heard.push(['b', value]))\nemitter.tell(1)\noff()\nemitter.tell(2)\ndeepEqual(heard, [['a', 1], ['b', 1], ['b', 2]])",
    },
    hidden: {
      'who leaves takes nobody along':
        "const heard: string[] = []\nconst emitter = createEmitter()\nconst off = emitter.on(() => { heard.push('a'); off() })\nemitter.on(() => heard.push('b'))\nemitter.tell(1)\nemitter.tell(2)\ndeepEqual(heard, ['a', 'b', 'b'])",
      'leaving twice is leaving once':
        "const heard: string[] = []\nconst emitter = createEmitter()\nconst off = emitter.on(() => heard.push('a'))\nemitter.on(() => heard.push('b'))\noff()\noff()\nemitter.tell(1)\ndeepEqual(heard, ['b'])",
      'who comes meanwhile waits':
        "const heard: string[] = []\nconst emitter = createEmitter()\nemitter.on(() => { heard.push('a'); if (heard.length === 1) emitter.on(() => heard.push('late')) })\nemitter.tell(1)\ndeepEqual(heard, ['a'])\nemitter.tell(2)\ndeepEqual(heard, ['a', 'a', 'late'])",
    },
  },
]
