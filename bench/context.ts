import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCodebase } from '../src/codebase/codebase.ts'
import { isWorthMapping } from '../src/core/code-map/worth-mapping.ts'
import { mostTokens } from '../src/core/token-bound.ts'
import { lookInto, type PlacedLook } from '../src/workspace/look.ts'
import { ownCommits, tasksAmongFiles, type KnownChange } from './context/known-changes.ts'
import { recallOf } from './context/seen.ts'
import { plainListing, planned, ripgrepOnly, unplanned, type Ground, type Way } from './context/ways.ts'

// `node bench/context.ts`: do coders see the lines that the right answer changes? Without a model and without a clock: the
// same tasks give the same ratios.
const BUDGETS = [4_000, 8_000, 16_000]
const WAYS: Readonly<Record<string, Way>> = {
  'files by their paths': plainListing,
  'ripgrep only': ripgrepOnly,
  'coders, no plan': unplanned,
  'coders, a plan that names the right files': planned,
}
/** Nothing is left out: whoever does not see every line then is measured wrongly. */
const EVERYTHING = 50_000_000
/** Blank lines between the parts of a prompt, in tokens. */
const ROUNDING = 10
const never = new AbortController().signal

const room = await mkdtemp(join(await realpath(tmpdir()), 'bench-context-'))
try {
  await report(
    'tasks of the selection benchmark, among the files of this project',
    await tasksAmongFiles(join(room, 'tasks')),
  )
  await report('small commits of this repository, by their subjects', await ownCommits(room))
} finally {
  await rm(room, { recursive: true, force: true })
}

async function report(what: string, changes: readonly KnownChange[]): Promise<void> {
  if (changes.length === 0) return console.log(`${what}: none found, nothing measured\n`)
  console.log(`${changes.length} ${what}; they are our own, and other code bases may fare otherwise`)
  const rows = new Map(Object.keys(WAYS).map((way) => [way, BUDGETS.map((): number[] => [])]))
  for (const [folder, here] of Map.groupBy(changes, (change) => change.folder)) {
    await using project = await open(folder)
    for (const change of here) await measure({ ...project, change }, rows)
  }
  print(rows)
}

type Rows = ReadonlyMap<string, readonly number[][]>

async function measure(ground: Ground, rows: Rows): Promise<void> {
  const { name, lines } = ground.change
  await check(ground)
  for (const [title, way] of Object.entries(WAYS)) {
    for (const [at, tokens] of BUDGETS.entries()) {
      const context = await way(ground, tokens)
      if (mostTokens(context) > tokens + ROUNDING) throw new Error(`${title}: ${name} takes too much room`)
      rows.get(title)![at]!.push(recallOf(lines, context))
    }
  }
}

/** A benchmark that cannot tell right from wrong is worth nothing. */
async function check({ change, ...ground }: Ground): Promise<void> {
  const all = recallOf(change.lines, await plainListing({ change, ...ground }, EVERYTHING))
  if (all !== 1) throw new Error(`${change.name}: of all files only ${all} of the lines are seen`)
  const none = recallOf(change.lines, '')
  if (none !== 0) throw new Error(`${change.name}: ${none} of the lines are seen in nothing`)
}

async function open(folder: string): Promise<Omit<Ground, 'change'> & AsyncDisposable> {
  const look = await lookInto(folder, join(room, 'look'), never)
  const codebase = createCodebase({
    look: async (): Promise<PlacedLook> => look,
    cacheFolder: null,
    waitMs: 600_000,
    clock: { now: () => 0, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    onTrouble: (error) => {
      throw error
    },
  })
  const texts = new Map<string, string>()
  for (const path of look.paths.filter(isWorthMapping)) {
    const text = await readFile(join(look.root, path), 'utf8')
    if (!text.includes('\0')) texts.set(path, text)
  }
  return { look, codebase, texts, [Symbol.asyncDispose]: () => codebase.close() }
}

function print(rows: Rows): void {
  const cell = (recalls: readonly number[]): string => {
    const mean = recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length
    const all = recalls.filter((recall) => recall === 1).length
    return `${mean.toFixed(2)} (${all} of ${recalls.length} whole)`.padStart(24)
  }
  console.log(
    `${'lines seen, at tokens'.padEnd(44)}${BUDGETS.map((tokens) => String(tokens).padStart(24)).join('')}`,
  )
  for (const [way, columns] of rows) console.log(`${way.padEnd(44)}${columns.map(cell).join('')}`)
  console.log('')
}
