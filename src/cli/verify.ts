import { createVerifier } from '../cascade/checking/verify.ts'
import { applyDiff } from '../cascade/checking/verify-diff.ts'
import { loadConfig, type Config, type Overrides } from '../config.ts'
import { compareGates, describeGate, type Compared } from '../core/compare-gates.ts'
import { SwarmError } from '../core/errors.ts'
import { gateReceipt, type GateReceipt } from '../core/receipt-parts.ts'
import { readJson } from '../records/kept-receipt.ts'
import type { Kept } from '../records/store.ts'
import { sealOf, SealedReceipt, sha256 } from '../tasks/seal.ts'
import { clock, openWorkspaces } from '../wire.ts'
import { onInterrupt } from './interrupt.ts'
import { keptReceipt, patchOf } from './receipt.ts'

const SAME = 0
const DIFFERENT = 2

/** Runs a task's gates once more on the change it handed over, and compares with what its receipt says. */
export async function verify(id: string, flags: Overrides): Promise<number> {
  using interrupt = onInterrupt()
  const config = loadConfig({ overrides: flags, cwd: process.cwd() })
  const kept = keptReceipt(id, config)
  const receipt = intact(kept)
  console.log(`receipt ${receipt.sha256?.slice(0, 12)}: as it was sealed`)
  const gates = await runAgain(receipt, patchOf(kept), placeOf(kept, flags, config), interrupt.signal)
  const compared = compareGates(receipt.gates, gates)
  for (const gate of compared) console.log(lineOf(gate))
  const different = compared.filter(({ isSame }) => !isSame).map(({ gate }) => gate)
  console.log(different.length === 0 ? 'The same results.' : `Not the same: ${different.join(', ')}.`)
  return different.length === 0 ? SAME : DIFFERENT
}

/** The receipt, once it is clear that neither it nor its patch was changed since. */
function intact(kept: Kept): SealedReceipt {
  const written = readJson(kept)
  if (sealOf(written) !== written.sha256) {
    throw new SwarmError('bad-request', `the receipt of ${kept.task} was changed after it was sealed`)
  }
  const read = SealedReceipt.safeParse(written)
  if (!read.success) {
    throw new SwarmError(
      'bad-request',
      `the receipt of ${kept.task} was written by another version of Quorum`,
    )
  }
  if (sha256(patchOf(kept)) !== read.data.patchSha256) {
    throw new SwarmError(
      'bad-request',
      `the patch of ${kept.task} is not the one its receipt was written for`,
    )
  }
  return read.data
}

type Place = { readonly config: Config; readonly name: string }

/** The workspace the change was made in: the one that was named, else where it was, with its own settings. */
function placeOf({ place, task }: Kept, flags: Overrides, config: Config): Place {
  const named = flags.workspace === undefined ? undefined : config.workspaces[0]?.name
  const known = named ?? config.workspaces.find(({ path }) => path === place)?.name
  if (known !== undefined) return { config, name: known }
  if (place === null) {
    throw new SwarmError(
      'bad-request',
      `the files of ${task} came with its request and were not kept; name a folder that holds them: --workspace DIR`,
    )
  }
  const there = loadConfig({ overrides: { ...flags, workspace: [place] }, cwd: process.cwd() })
  return { config: there, name: there.workspaces[0]!.name }
}

async function runAgain(
  { workspace, patch, request }: SealedReceipt,
  diff: string,
  { config, name }: Place,
  signal: AbortSignal,
): Promise<GateReceipt[]> {
  if (!workspace || !patch) throw new SwarmError('bad-request', 'its receipt says of no base to start from')
  const workspaces = await openWorkspaces(config, signal)
  const earlier = { tree: workspace.tree, commit: workspace.commit, diff }
  await using project = await workspaces.openEarlier(name, earlier, signal)
  const applied = await applyDiff(project, diff, signal)
  if (!applied.ok || applied.tree !== patch.tree) {
    const why = applied.ok ? 'it makes another tree' : applied.why
    throw new SwarmError('internal', `the patch does not do to its base what it did then: ${why}`)
  }
  console.log(
    `patch of ${patch.lines} lines on tree ${workspace.tree.slice(0, 12)}: makes the same files again`,
  )
  if (workspace.cage !== project.cage) console.log(`held by ${workspace.cage} then, by ${project.cage} now`)
  await using verifier = createVerifier(project, request, clock, signal)
  const stage = verifier.verify(applied.tree, { subtask: 'verify', seat: 1 }, signal)
  for (;;) {
    const next = await stage.next()
    if (next.done) return next.value.gates.map(gateReceipt)
  }
}

const lineOf = ({ gate, before, after, isSame }: Compared): string =>
  `${isSame ? '✓' : '✗'} ${gate}: then ${describeGate(before)}, now ${describeGate(after)}`
