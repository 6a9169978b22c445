import { cp, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBaseline } from '../src/cascade/checking/baseline.ts'
import { createTreeCheck } from '../src/cascade/checking/check-tree.ts'
import type { Project, Workspaces } from '../src/cascade/ports.ts'
import { loadConfig } from '../src/config.ts'
import { openWorkspaces } from '../src/wire.ts'
import { costOf, type Cost } from './cpu.ts'
import { median } from './figures.ts'
import { libraryProject } from './projects/library.ts'
import { nextProject } from './projects/next.ts'
import { execute, install, writeProject, type BenchProject } from './projects/project.ts'
import { benchSandbox } from './sandbox.ts'

const never = new AbortController().signal
const CHECKOUTS = 7

// `npm run bench:gates [next|library]`: what it costs to verify five candidates, against one, and against five copies
// of the project that are installed and checked from nothing. The first run downloads; npm's cache serves the others.
const wanted = process.argv[2]
const projects = { next: nextProject, library: libraryProject }
console.log(`${cpus().length} cores, load ${loadavg()[0]!.toFixed(2)}, Node ${process.version}\n`)
for (const [name, project] of Object.entries(projects)) {
  if (wanted === undefined || wanted === name) await benchGates(project)
}
if (wanted === undefined) await benchSandbox()
console.log(`\nload at the end ${loadavg()[0]!.toFixed(2)}`)

async function benchGates(bench: BenchProject): Promise<void> {
  const at = await mkdtemp(join(await realpath(tmpdir()), 'bench-gates-'))
  try {
    const folder = join(at, 'project')
    await writeProject(folder, bench.files)
    await install(folder)
    console.log(`${bench.name}, ${Object.keys(bench.files).length} files`)
    const workspaces = await openWorkspaces(
      loadConfig({
        overrides: { workspace: [`bench=${folder}`], logLevel: 'silent' },
        cwd: folder,
        env: { QUORUM_CACHE: join(at, 'cache') },
      }),
      never,
    )
    await tellCheckout(workspaces)
    const one = await measure(bench, workspaces, ({ passes }) => passes)
    tell('the base, once per task', one.base)
    tell('one candidate', one.candidates)
    const five = await measure(bench, workspaces, () => true)
    tell('five candidates', five.candidates)
    const naive = await costOf(() => naively(bench, folder, at))
    tell('five copies, five installs', naive)
    tellRatio('five / one', five.candidates, one.candidates, '≤ 2')
    tellRatio('copies / five', naive, five.candidates, '≥ 10')
    tellRatio('copies / five and the base', naive, sumOf(five.base, five.candidates), 'none')
  } finally {
    await rm(at, { recursive: true, force: true })
  }
}

/** The base runs while the models think; the candidates then come side by side. Each has to end as it was meant to. */
async function measure(
  { candidates }: BenchProject,
  workspaces: Workspaces,
  wanted: (candidate: BenchProject['candidates'][number]) => boolean,
): Promise<{ base: Cost; candidates: Cost }> {
  await using project = await workspaces.open({ kind: 'named', name: 'bench' }, never)
  const baseline = runBaseline(project, never)
  const base = await costOf(() => baseline.settled())
  const check = createTreeCheck(project, '', baseline)
  const judge = async ({ change }: BenchProject['candidates'][number], seat: number): Promise<boolean> => {
    if ((await project.mistakes(project.base, [change], never)).length > 0) return false
    const tree = await project.write(project.base, [change], never)
    const stage = check(tree, { subtask: '1', seat }, never)
    for (;;) {
      const next = await stage.next()
      if (next.done) return next.value.failed === null
    }
  }
  const chosen = candidates.filter(wanted)
  const cost = await costOf(async () => {
    const verdicts = await Promise.all(chosen.map((candidate, index) => judge(candidate, index + 1)))
    for (const [index, { name, passes }] of chosen.entries()) {
      if (verdicts[index] !== passes) throw new Error(`the candidate "${name}" ended as it should not`)
    }
  })
  return { base, candidates: cost }
}

/** A copy and an install for each, and every check on it from nothing, whatever the one before said. */
async function naively({ candidates, checks }: BenchProject, folder: string, at: string): Promise<void> {
  for (const [index, { change }] of candidates.entries()) {
    const copy = join(at, `copy-${index}`)
    await cp(folder, copy, { recursive: true, filter: (path) => !path.endsWith('node_modules') })
    await writeFile(join(copy, change.path), change.content ?? '')
    await install(copy)
    for (const [program = '', ...args] of checks) {
      const env = { ...process.env, CI: 'true', NEXT_TELEMETRY_DISABLED: '1' }
      await execute(program, args, { cwd: copy, env, maxBuffer: 2 ** 26 }).catch(() => {})
    }
    await rm(copy, { recursive: true, force: true })
  }
}

/** Time to a workspace that holds a tree: the first folder of a pool, and one that held another tree before. */
async function tellCheckout(workspaces: Workspaces): Promise<void> {
  const startedAt = performance.now()
  await using project = await workspaces.open({ kind: 'named', name: 'bench' }, never)
  const opened = performance.now() - startedAt
  const times = await checkoutTimes(project)
  const [cold = Number.NaN, ...warm] = times
  console.log(`  opened in ${ms(opened)}; a workspace: the first ${ms(cold)}, then ${ms(median(warm))}`)
}

async function checkoutTimes(project: Project): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round < CHECKOUTS; round += 1) {
    const change = { path: 'fresh.txt', content: `${round}\n` }
    const tree = await project.write(project.base, [change], never)
    const startedAt = performance.now()
    await using _ = await project.checkout(tree, never)
    times.push(performance.now() - startedAt)
  }
  return times
}

function tell(what: string, { wallSeconds, cpuSeconds }: Cost): void {
  const cpu = cpuSeconds === null ? 'unknown' : `${cpuSeconds.toFixed(1)} s`
  console.log(`  ${what.padEnd(28)} ${wallSeconds.toFixed(1).padStart(6)} s, processor ${cpu.padStart(8)}`)
}

function tellRatio(what: string, over: Cost, under: Cost, goal: string): void {
  const ratio = (over.cpuSeconds ?? Number.NaN) / (under.cpuSeconds ?? Number.NaN)
  console.log(`  ${what.padEnd(28)} ${ratio.toFixed(1).padStart(6)}× processor time (goal ${goal})`)
}

function sumOf(one: Cost, other: Cost): Cost {
  const cpuSeconds =
    one.cpuSeconds === null || other.cpuSeconds === null ? null : one.cpuSeconds + other.cpuSeconds
  return { wallSeconds: one.wallSeconds + other.wallSeconds, cpuSeconds }
}

function ms(time: number): string {
  return `${Math.round(time)} ms`
}
