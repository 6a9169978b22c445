import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Gate } from '../../../src/core/task.ts'
import { fillIn } from '../../../src/workspace/gates/environment.ts'

type Ran = { readonly exitCode: number | null; readonly output: string; readonly report: string | null }

/** Writes a project to a new folder; what comes back runs a gate there with the real tool, as it is, in no cage. */
export async function project(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<{ folder: string; run: (gate: Gate | undefined) => Promise<Ran> }> {
  // with a space, as a user's folder may have
  const place = await realpath(await mkdtemp(join(tmpdir(), 'quorum gates-')))
  t.after(() => rm(place, { recursive: true, force: true }))
  const folder = join(place, 'tree')
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  const values = { root: folder, home: place, cache: join(place, 'cache'), report: join(place, 'report') }
  return { folder, run }

  async function run(gate: Gate | undefined): Promise<Ran> {
    if (!gate) throw new Error('there is no such gate')
    const fill = (text: string): string => fillIn(text, values)
    const [program = '', ...args] = gate.command.map(fill)
    const own = Object.entries(gate.environment).map(([name, text]) => [name, fill(text)])
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: join(folder, gate.folder),
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: homedir(),
        GOCACHE: process.env['GOCACHE'],
        CI: 'true',
        NO_COLOR: '1',
        ...Object.fromEntries(own),
      },
    })
    const report = await readFile(values.report, 'utf8').catch(() => null)
    return { exitCode: status, output: stdout + stderr, report }
  }
}

/** Does this program answer on this machine? */
export const isHere = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0
