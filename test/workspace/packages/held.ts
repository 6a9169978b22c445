import assert from 'node:assert/strict'
import type { Project } from '../../../src/cascade/ports.ts'
import type { Confinement } from '../../../src/workspace/confinement.ts'
import { findCage } from '../../support/caged.ts'
import { gateOf } from '../../support/gate.ts'
import { UNHELD } from '../../support/unheld.ts'
import { never } from '../served-scene.ts'

/** All the ways in which gates may be held here: by the cage of this machine if it has one, and not at all. */
export async function waysToHold(): Promise<[string, Confinement][]> {
  const cage = await findCage()
  const caged: [string, Confinement][] = [[cage.kind, { cage, unsafeGates: false }]]
  return [...(cage.kind === 'none' ? [] : caged), ['without a cage', UNHELD]]
}

/** What a program prints that is run in a fresh checkout of a tree and succeeds. */
export async function printed(project: Project, tree: string, ...command: string[]): Promise<string> {
  await using workspace = await project.checkout(tree, never)
  const run = await workspace.run(gateOf(command), never)
  assert.equal(run.exitCode, 0, run.log)
  return run.log.trim()
}
