import { FIRST_TO_THREE, POLICIES, type Policy } from './policies.ts'
import type { Row } from './report.ts'
import { printTable } from './report.ts'
import { tapesOf } from './tape.ts'
import { accuracyOf, TIERS, type World } from './world.ts'

export type Size = { readonly runs: number; readonly seed: number }

/** Every policy on the tapes of one world, and what they are to reach there. */
export async function benchWorld(
  world: World,
  policies: readonly Policy[],
  { runs, seed }: Size,
): Promise<void> {
  const tapes = tapesOf(world, runs, seed)
  const rows: Row[] = []
  for (const policy of policies) {
    const startedAt = performance.now()
    const results = await Array.fromAsync(policy.play(world, tapes))
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0)
    console.error(`  ${world.name} p ${world.p} d ${world.d}: ${policy.name}, ${runs} tasks in ${seconds} s`)
    rows.push({ policy: policy.name, results })
  }
  const tiers = TIERS.map((tier) => `${tier} ${accuracyOf(world, tier).toFixed(2)}`).join(', ')
  const title = `${world.name}: p = ${world.p}, d = ${world.d}, ${runs} tasks (coders right: ${tiers})`
  printTable(title, rows, goalsOf(world))
}

export const policiesOf = (names: readonly string[], { voting }: { voting: boolean }): Policy[] => {
  const chosen = POLICIES.filter(({ name }) => names.length === 0 || names.includes(name))
  const voted = FIRST_TO_THREE.filter(({ name }) => chosen.some((other) => name.startsWith(other.name)))
  return voting ? [...chosen, ...voted] : chosen
}

/** Delivered correct at d = .7, by p: single attempt, fixed five and five, and what is to be reached. */
const CORRECT: Readonly<Record<string, readonly [number, number, number]>> = {
  0.6: [60, 87, 88.4],
  0.75: [75, 91.9, 93.5],
  0.85: [85, 95, 96.4],
}
/** Share of verified changes that are right at p = .75, by d. */
const PRECISION: Readonly<Record<string, number>> = { 0.5: 90, 0.7: 93, 0.85: 96, 0.95: 98.5 }

function goalsOf({ name, p, d }: World): string[] {
  if (name !== 'typical' && name !== 'only logic errors') return []
  const correct = d === 0.7 ? CORRECT[p] : undefined
  const precision = p === 0.75 ? PRECISION[d] : undefined
  return [
    ...(correct
      ? [
          `goal: ${correct[2]} % delivered correct, where a model of the cascade gave ${correct[0]} single and ${correct[1]} fixed`,
        ]
      : []),
    ...(precision ? [`goal: ${precision} % of what is labelled verified is right`] : []),
    'goal: at most 3.3 coder calls and 0.5 ballots a task; nothing tampered is verified',
  ]
}
