import assert from 'node:assert/strict'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Project } from '../../../src/cascade/ports.ts'
import { systemPath } from '../../../src/config.ts'
import type { Confinement } from '../../../src/workspace/confinement.ts'
import { probeCage, type Cage } from '../../../src/workspace/cage/sandbox.ts'
import { shell } from '../../../src/workspace/shell.ts'
import { gateOf } from '../../support/gate.ts'
import { UNHELD } from '../../support/unheld.ts'
import { never } from '../served-scene.ts'

/** The cage of the machine that runs the tests. */
export async function cageHere(): Promise<Cage> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'quorum-probe-')))
  const run = (command: readonly string[], signal: AbortSignal) =>
    shell(command, { cwd: folder, environment: {} }, signal)
  const cage = await probeCage({ run, platform: process.platform, path: systemPath, folder }, never)
  await rm(folder, { recursive: true, force: true })
  return cage
}

/** All the ways in which gates may be held here: by the cage of this machine if it has one, and not at all. */
export async function waysToHold(): Promise<[string, Confinement][]> {
  const cage = await cageHere()
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
