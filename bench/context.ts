import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCodebase } from '../src/codebase/codebase.ts'
import { isWorthMapping } from '../src/core/code-map/worth-mapping.ts'
import { inFence } from '../src/core/fence.ts'
import { mostTokens } from '../src/core/token-bound.ts'
import { lookInto, type PlacedLook } from '../src/workspace/look.ts'
import { documented } from './context/documented.ts'
import { tasksAmongFiles, type KnownChanges } from './context/known-changes.ts'
import { goBefore, ownCommits } from './context/own-commits.ts'
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
/** Blank lines between the parts of a prompt, in tokens. */
const ROUNDING = 10
const never = new AbortController().signal

/** Source of packages that are installed with us, and were written by others. */
const PACKAGES = ['undici/lib', 'zod/src/v4', 'openai/src', 'fast-xml-parser/src']

const room = await mkdtemp(join(await realpath(tmpdir()), 'bench-context-'))
try {
  await report('tasks of the selection benchmark, among this project', [
    await tasksAmongFiles(join(room, 'tasks')),
  ])
  for (const by of ['subject', 'message'] as const)
    await report(`small commits of this repository, by the ${by}`, [await ownCommits(join(room, by), by)])
  const others = await Promise.all(
    PACKAGES.map((source, at) => documented(join(room, `package-${at}`), source)),
  )
  await report(`functions of ${PACKAGES.join(', ')}, by what their comments said`, others)
} finally {
  await rm(room, { recursive: true, force: true })
}

async function report(what: string, projects: readonly KnownChanges[]): Promise<void> {
  const count = projects.reduce((sum, { changes }) => sum + changes.length, 0)
  if (count === 0) return console.log(`${what}: none found, nothing measured\n`)
  console.log(`${count} ${what}; other code bases may fare otherwise`)
  const rows = new Map(Object.keys(WAYS).map((way) => [way, BUDGETS.map((): number[] => [])]))
  for (const project of projects) await measureAll(project, rows)
  print(rows)
}

async function measureAll({ folder, changes }: KnownChanges, rows: Rows): Promise<void> {
  await using project = openProject(folder)
  let ground: Omit<Ground, 'change'> | null = null
  for (const change of changes) {
    await goBefore(change, folder)
    // a folder that has no other state is looked at once
    if (ground === null || change.commit !== undefined) ground = await project.look()
    await measure({ ...ground, change }, rows)
  }
}

type Rows = ReadonlyMap<string, readonly number[][]>

async function measure(ground: Ground, rows: Rows): Promise<void> {
  const { name, lines } = ground.change
  check(ground)
  for (const [title, way] of Object.entries(WAYS)) {
    for (const [at, tokens] of BUDGETS.entries()) {
      const context = await way(ground, tokens)
      if (mostTokens(context) > tokens + ROUNDING) throw new Error(`${title}: ${name} takes too much room`)
      rows.get(title)![at]!.push(recallOf(lines, context))
    }
  }
}

/** A benchmark that cannot tell right from wrong is worth nothing. */
function check({ change, texts }: Ground): void {
  const whole = Array.from(change.lines.keys(), (path) => inFence(path, texts.get(path) ?? '')).join('\n')
  const all = recallOf(change.lines, whole)
  if (all !== 1) throw new Error(`${change.name}: of its whole files only ${all} of the lines are seen`)
  const none = recallOf(change.lines, '')
  if (none !== 0) throw new Error(`${change.name}: ${none} of the lines are seen in nothing`)
}

type Opened = AsyncDisposable & { readonly look: () => Promise<Omit<Ground, 'change'>> }

/** What is known of its code stays from one look to the next, as in a server. */
function openProject(folder: string): Opened {
  let last: PlacedLook | null = null
  let looks = 0
  const codebase = createCodebase({
    look: async (): Promise<PlacedLook> => last!,
    cacheFolder: null,
    waitMs: 600_000,
    clock: { now: () => 0, sleep: (ms, signal) => sleep(ms, undefined, { signal }) },
    onTrouble: (error) => {
      throw error
    },
  })
  return {
    async look() {
      looks += 1
      const look = await lookInto(folder, join(room, `look-${looks}`), never)
      last = look
      return { look, codebase, texts: await textsOf(look) }
    },
    [Symbol.asyncDispose]: () => codebase.close(),
  }
}

async function textsOf({ root, paths }: PlacedLook): Promise<Map<string, string>> {
  const texts = new Map<string, string>()
  for (const path of paths.filter(isWorthMapping)) {
    const text = await readFile(join(root, path), 'utf8').catch(() => '\0')
    if (!text.includes('\0')) texts.set(path, text)
  }
  return texts
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
