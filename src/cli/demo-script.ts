/** What the scripted server tells of a call. */
type Call = {
  readonly text: string
  readonly model: string
  readonly body: Readonly<Record<string, unknown>>
}

export const CRLF_REQUEST =
  'Make parseLedger in src/parse.ts accept Windows line endings (CRLF), so that a ledger exported on Windows can be read.'

export const CURRENCY_REQUEST =
  'Let a line carry an optional fourth column with its currency, and make summarise in src/summary.ts keep currencies apart: ' +
  'an amount that is not in EUR counts under "category CUR", such as "travel CHF". ' +
  'A ledger without that column must give the totals it gives today.'

/** In the change that the voters prefer. */
export const BETTER = String.raw`/\r?\n/`

/** How long the "models" think, in milliseconds. */
const THINKING = { planner: 200, coder: 120, voter: 120, reviewer: 200 } as const

type Reply = { kind: 'text'; text: string; delayMs: number; tokenMs?: number }

/**
 * Replies as models would give them, from nothing but the prompt they are sent: written by hand beforehand, so the
 * models are the one thing in the demo that is not real.
 */
export function createScript(): (call: Call) => Reply {
  let voters = 0
  return (call) => {
    if (roleOf(call) !== 'voter') return replyOf(call)
    voters += 1
    return { kind: 'text', text: vote(call, voters), delayMs: THINKING.voter * voters }
  }
}

const roleOf = ({ text }: Call): string | undefined =>
  /# Role: (planner|coder|voter|reviewer)/.exec(text)?.[1]

function replyOf(call: Call): Reply {
  switch (roleOf(call)) {
    case 'planner':
      return { kind: 'text', text: plan(call), delayMs: THINKING.planner }
    case 'coder':
      return { kind: 'text', text: code(call), delayMs: THINKING.coder * seatOf(call), tokenMs: 1 }
    case 'reviewer':
      return { kind: 'text', text: APPROVAL, delayMs: THINKING.reviewer }
    default:
      return { kind: 'text', text: 'I am a script and know four roles.', delayMs: 0 }
  }
}

const APPROVAL = '{"decision": "approve", "objections": []}'

function plan({ text }: Call): string {
  const [description, filesOwned] = text.includes(CRLF_REQUEST)
    ? ['Let parseLedger split lines at CRLF as well as at LF', ['src/parse.ts']]
    : [
        'Read the optional currency column and keep currencies apart in the totals',
        ['src/parse.ts', 'src/summary.ts'],
      ]
  // small models wrap JSON in talk and fences; Quorum has to read it all the same
  return `Here is the plan:\n\n\`\`\`json\n${JSON.stringify({ subtasks: [{ id: 1, description, filesOwned, dependsOn: [] }] }, null, 2)}\n\`\`\``
}

function code(call: Call): string {
  if (call.text.includes(CRLF_REQUEST)) return FIVE_ANSWERS[seatOf(call) - 1] ?? FIVE_ANSWERS[0]
  if (call.model.startsWith('deep')) return RIGHT_CURRENCY
  return knowsTheFailure(call) ? UNTYPED_CURRENCY : WRONG_CURRENCY
}

/** Coders of one contest differ in temperature, from 0.3 to 0.7. */
const seatOf = ({ body }: Call): number =>
  Math.min(5, Math.max(1, Math.round((Number(body['temperature']) - 0.3) * 10) + 1))

/** The failing test's name stands in the prompt otherwise than in the test itself: an earlier attempt was told of. */
const knowsTheFailure = ({ text }: Call): boolean => /(?<!test\(')amounts are summed by category/.test(text)

/** The letter of the option that holds the better change, wherever it stands on this ballot. One voter is of another mind. */
function vote({ text }: Call, voter: number): string {
  const options = text.split(/^## Option (?=[A-Z]$)/m).slice(1)
  const prefersBetter = voter !== DISSENTER
  return options.find((option) => option.includes(BETTER) === prefersBetter)?.[0] ?? 'none'
}

const DISSENTER = 2

const PROSE = `To accept Windows line endings you would normalise the text first, for example with a regular expression, and
then go on as before. Let me know if you want me to write that for you!`

/** Written from memory of some other file: the lines it wants to change are not there. */
const BROKEN_DIFF = String.raw`--- a/src/parse.ts
+++ b/src/parse.ts
@@ -3,4 +3,4 @@
 export function parseLedger(input: string): Entry[] {
-  const lines = input.trim().split('\n')
+  const lines = input.trim().split(/\r?\n/)
   return lines.map((line) => parseLine(line))
 }
`

const TYPE_ERROR = edit('src/parse.ts', `    .split('\\n')`, `    .split(['\\r\\n', '\\n'])`)

/** Right, with the line numbers wrong, as models write them. */
const SLOPPY_DIFF = String.raw`Here you go:

${'```'}diff
--- a/src/parse.ts
+++ b/src/parse.ts
@@ -1,4 +1,4 @@
   return text
-    .split('\n')
+    .split(/\r?\n/)
     .filter((line) => line !== '')
     .map(parseLine)
${'```'}
`

const REPLACED = edit(
  'src/parse.ts',
  `  return text
    .split('\\n')`,
  `  return text
    .replaceAll('\\r\\n', '\\n')
    .split('\\n')`,
)

/** What the five seats write about line endings: prose, a diff that does not apply, a type error, and two right answers. */
const FIVE_ANSWERS = [PROSE, BROKEN_DIFF, TYPE_ERROR, SLOPPY_DIFF, REPLACED] as const

const SPLIT_COLUMNS = `  const [date, category, amount] = line.split(';')`
const SPLIT_CURRENCY = `  const [date, category, amount, currency] = line.split(';')`
const RETURN_ENTRY = `  return { date, category, cents: parseCents(amount) }`
const ENTRY_TYPE = `export type Entry = { date: string; category: string; cents: number }`
const SUM = `  for (const { category, cents } of entries) {
    totals.set(category, (totals.get(category) ?? 0) + cents)
  }`

/** Compiles, and breaks what was promised to stay: every total gets a currency. The tests notice. */
const WRONG_CURRENCY = [
  edit('src/parse.ts', ENTRY_TYPE, ENTRY_TYPE.replace(' }', '; currency: string }')),
  edit('src/parse.ts', SPLIT_COLUMNS, SPLIT_CURRENCY.replace('currency]', `currency = 'EUR']`)),
  edit('src/parse.ts', RETURN_ENTRY, RETURN_ENTRY.replace(' }', ', currency }')),
  edit(
    'src/summary.ts',
    SUM,
    `  for (const { category, cents, currency } of entries) {
    const key = \`\${category} \${currency}\`
    totals.set(key, (totals.get(key) ?? 0) + cents)
  }`,
  ),
].join('\n')

const RIGHT_SUM = `  for (const { category, cents, currency = 'EUR' } of entries) {
    const key = currency === 'EUR' ? category : \`\${category} \${currency}\`
    totals.set(key, (totals.get(key) ?? 0) + cents)
  }`

/** Heeds the tests, and forgets that an entry has no currency yet. */
const UNTYPED_CURRENCY = edit('src/summary.ts', SUM, RIGHT_SUM)

const RIGHT_CURRENCY = [
  edit('src/parse.ts', ENTRY_TYPE, ENTRY_TYPE.replace(' }', '; currency?: string }')),
  edit('src/parse.ts', SPLIT_COLUMNS, SPLIT_CURRENCY),
  edit(
    'src/parse.ts',
    RETURN_ENTRY,
    `  const entry: Entry = { date, category, cents: parseCents(amount) }
  return currency ? { ...entry, currency } : entry`,
  ),
  edit('src/summary.ts', SUM, RIGHT_SUM),
].join('\n')

/** A change in the form most models are best at. */
function edit(path: string, before: string, after: string): string {
  return `${path}\n<<<<<<< SEARCH\n${before}\n=======\n${after}\n>>>>>>> REPLACE\n`
}
