import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { startScriptedModels, type Script, type ScriptedModels } from '../support/scripted-models.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

/** Where Node keeps what it compiled, if it does: most of what a command costs here is compiling it. */
const { NODE_COMPILE_CACHE = '' } = process.env
const COMPILED = NODE_COMPILE_CACHE === '' ? {} : { NODE_COMPILE_CACHE }

export type Ended = { code: number | null; stdout: string; stderr: string }
export type Child = {
  process: ChildProcess
  ended: Promise<Ended>
  stdout(): string
  says(text: string): Promise<void>
}

/** A place for one test: a project under git, a cache, and models that say what the script tells them. */
export type Stage = {
  folder: string
  project: string
  models: ScriptedModels
  start: (args: readonly string[], options?: StartOptions) => Child
  /** Starts and waits for the end. */
  quorum: (args: readonly string[], options?: StartOptions) => Promise<Ended>
}
type StartOptions = { input?: string; env?: Record<string, string>; cwd?: string }

export async function stage(t: TestContext, files: Record<string, string>, script: Script): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'quorum-cli-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const models = await startScriptedModels(script)
  t.after(() => models.close())
  const project = join(folder, 'project')
  await write(project, files)
  for (const args of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'start'],
  ])
    git(project, args)
  // what a task costs besides the models is what these tests wait for
  const limits = { patienceMs: 100, patience: 0 }
  await writeFile(join(folder, 'config.json'), JSON.stringify({ limits, unsafeGates: true }))

  const start: Stage['start'] = (args, { input = '', env = {}, cwd = project } = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        QUORUM_CACHE: join(folder, 'cache'),
        QUORUM_CONFIG: join(folder, 'config.json'),
        LITELLM_URL: models.url,
        ...COMPILED,
        ...env,
      },
    })
    t.after(() => child.kill('SIGKILL'))
    child.stdin.end(input)
    return watch(child)
  }
  return { folder, project, models, start, quorum: (args, options) => start(args, options).ended }
}

export async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

const SOMEBODY = ['-c', 'user.name=test', '-c', 'user.email=test@localhost']

export const git = (cwd: string, args: readonly string[]): string =>
  execFileSync('git', [...SOMEBODY, ...args], { cwd, encoding: 'utf8' })

/** A coder's reply that puts one line in another's place. */
export const edit = (path: string, before: string, after: string): string =>
  `${path}\n<<<<<<< SEARCH\n${before}\n=======\n${after}\n>>>>>>> REPLACE\n`

/** Planners, voters and reviewers that stand in nobody's way; the coder's words are the test's. */
export const withCoder =
  (coder: (request: string) => string | Promise<string>): Script =>
  async (call) => {
    const role = /# Role: (\w+)/.exec(call.text)?.[1]
    if (role === 'coder') return { kind: 'text', text: await coder(call.text) }
    if (role === 'reviewer') return { kind: 'text', text: '{"decision":"approve","objections":[]}' }
    // a planner that writes no JSON gets the safe plan; A is as good a vote as any
    return { kind: 'text', text: 'A' }
  }

function watch(child: ReturnType<typeof spawn>): Child {
  const heard = { stdout: '', stderr: '' }
  child.stdout?.on('data', (bytes: Buffer) => (heard.stdout += bytes.toString()))
  child.stderr?.on('data', (bytes: Buffer) => (heard.stderr += bytes.toString()))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...heard }))
  })
  return {
    process: child,
    ended,
    stdout: () => heard.stdout,
    async says(text) {
      await until(() => heard.stdout.includes(text) || child.exitCode !== null)
      if (!heard.stdout.includes(text)) throw new Error(`it ended with ${child.exitCode}: ${heard.stderr}`)
    },
  }
}

/** Long enough for a machine that is busy with everything else; what holds is seen at once. */
const PATIENCE_MS = 120_000

/** Waits until it holds; throws when it does not come to that. */
export async function until(holds: () => boolean): Promise<void> {
  const startedAt = Date.now()
  while (!holds()) {
    if (Date.now() - startedAt > PATIENCE_MS) throw new Error(`it never came to ${holds.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
