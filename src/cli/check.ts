import { resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { verifyDiff } from '../cascade/checking/verify-diff.ts'
import { loadConfig, type Overrides } from '../config.ts'
import { SwarmError } from '../core/errors.ts'
import { clock, openWorkspaces } from '../wire.ts'
import { readText } from './read-text.ts'
import { onInterrupt } from './interrupt.ts'

/** The tool runner's contract: unified diff in, `{ success, errors?, logs? }` out. Asks no model. */
export async function check(patchFile: string | undefined, flags: Overrides): Promise<number> {
  using interrupt = onInterrupt()
  const config = loadConfig({ overrides: flags, cwd: process.cwd() })
  const [workspace] = config.workspaces
  if (!workspace) {
    throw new SwarmError(
      'bad-request',
      `${config.cwd} is in no git repository; name a project: --workspace DIR`,
    )
  }
  const diff = await readPatch(patchFile, config.cwd)
  const workspaces = await openWorkspaces(config, interrupt.signal)
  await using project = await workspaces.open({ kind: 'named', name: workspace.name }, interrupt.signal)
  const result = await verifyDiff(project, diff, clock, interrupt.signal)
  console.log(JSON.stringify(result, null, 2))
  return result.success ? 0 : 2
}

async function readPatch(file: string | undefined, cwd: string): Promise<string> {
  if (file === undefined && process.stdin.isTTY) {
    throw new SwarmError('bad-request', 'a patch is needed. Try: git diff | quorum check')
  }
  const diff = file === undefined ? await readAll(process.stdin) : await readText(resolve(cwd, file))
  if (diff.trim() === '') throw new SwarmError('bad-request', 'the patch is empty')
  return diff
}
