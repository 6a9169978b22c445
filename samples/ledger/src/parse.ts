export type Entry = { date: string; category: string; cents: number }

/** Reads a ledger, one entry a line: `date;category;amount`. Empty lines are skipped. */
export function parseLedger(text: string): Entry[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine)
}

function parseLine(line: string): Entry {
  const [date, category, amount] = line.split(';')
  if (!date || !category || !amount) throw new Error(`not an entry: ${line}`)
  return { date, category, cents: parseCents(amount) }
}

function parseCents(amount: string): number {
  if (!/^-?\d+\.\d\d$/.test(amount)) throw new Error(`not an amount: ${amount}`)
  return Math.round(Number(amount) * 100)
}
