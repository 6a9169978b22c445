import { parseArgs } from 'node:util'
import { findCage } from '../test/support/caged.ts'
import { benchWorld, policiesOf, type Size } from './selection/points.ts'
import { EFFORTS } from './selection/policies.ts'
import { playReal } from './selection/real/play.ts'
import { printTable, type Row } from './selection/report.ts'
import type { Result } from './selection/result.ts'
import { checkTasks } from './selection/self-check.ts'
import { tapesOf } from './selection/tape.ts'
import { TASKS } from './selection/tasks/all.ts'
import { HARMFUL, ONLY_LOGIC, TYPICAL, type World } from './selection/world.ts'

const { values } = parseArgs({
  options: {
    /** Check the tasks themselves, and nothing else. */
    check: { type: 'boolean', default: false },
    /** Real repositories, gates and HTTP instead of the simulation. */
    real: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** One point instead of all. */
    p: { type: 'string' },
    d: { type: 'string' },
    /** Policies to play: single, fixed, low, medium, high. */
    effort: { type: 'string', multiple: true, default: [] },
    /** All wrong replies look right, as in the model that the goals were computed with. */
    'only-logic': { type: 'boolean', default: false },
    /** Only the worlds in which somebody does harm. */
    harmful: { type: 'boolean', default: false },
  },
})

const seed = Number(values.seed)
const runs = values.runs === undefined ? null : Number(values.runs)
if (values.check) await check()
else if (values.real) await real({ runs: runs ?? TASKS.length, seed })
else await simulate({ runs: runs ?? (values.quick ? 120 : 400), seed })

async function check(): Promise<void> {
  const complaints = await checkTasks(TASKS)
  console.log([...complaints, `${TASKS.length} tasks checked, ${complaints.length} complaints`].join('\n'))
  if (complaints.length > 0) process.exitCode = 1
}

/** Every task with its own gates, once at each effort. */
async function real({ runs, seed }: Size): Promise<void> {
  const cage = await findCage()
  const efforts = EFFORTS.filter((effort) => values.effort.length === 0 || values.effort.includes(effort))
  const world = { ...TYPICAL, p: Number(values.p ?? TYPICAL.p), d: Number(values.d ?? TYPICAL.d) }
  const rows: Row[] = []
  for (const effort of efforts) {
    const results: Result[] = []
    for await (const result of playReal(effort, world, tapesOf(world, runs, seed), TASKS, cage)) {
      results.push(result)
      console.error(
        `  real gates, ${effort}: ${results.length} of ${runs}, ${result.label}, ${result.correct ? 'right' : 'wrong'}`,
      )
    }
    rows.push({ policy: effort, results })
  }
  printTable(`real gates (held by ${cage.kind}), p = ${world.p}, d = ${world.d}, ${runs} tasks`, rows, [])
}

async function simulate(size: Size): Promise<void> {
  const world: World = values['only-logic']
    ? { ...TYPICAL, name: 'only logic errors', faults: ONLY_LOGIC }
    : TYPICAL
  if (!values.harmful)
    for (const point of pointsOf())
      await benchWorld({ ...world, ...point }, policiesOf(values.effort, { voting: false }), size)
  if (values.harmful || (values.p === undefined && values.d === undefined && !values.quick))
    for (const harmful of HARMFUL)
      await benchWorld(harmful, policiesOf(values.effort, { voting: true }), size)
}

/** Every p at d = .7 and every d at p = .75, or the one that was asked for. */
function pointsOf(): { p: number; d: number }[] {
  if (values.p !== undefined || values.d !== undefined)
    return [{ p: Number(values.p ?? TYPICAL.p), d: Number(values.d ?? TYPICAL.d) }]
  if (values.quick) return [{ p: TYPICAL.p, d: TYPICAL.d }]
  return [
    ...[0.6, 0.75, 0.85].map((p) => ({ p, d: TYPICAL.d })),
    ...[0.5, 0.85, 0.95].map((d) => ({ p: TYPICAL.p, d })),
  ]
}
