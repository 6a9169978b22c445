import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fillIn, gateEnvironment } from '../../../src/workspace/gates/environment.ts'
import { removeTree } from '../../../src/workspace/remove.ts'
import { seenBy, type Cage } from '../../../src/workspace/cage/sandbox.ts'
import { layToolchains } from '../../../src/workspace/toolchains/layers.ts'
import type { Toolchain } from '../../../src/workspace/toolchains/find.ts'
import { PATH, probe, run, type Ran } from '../cage/sandbox-scene.ts'

export const cage: Cage = await probe()
export const options = {
  skip:
    cage.kind === 'bubblewrap' && cage.overlays ? false : `no cage with overlays here: ${cage.description}`,
}

const LIMITS = { processes: 512, memoryBytes: 4 * 2 ** 30, fileBytes: 2 ** 29 }

/** A user with a home and a project in it, and a place for the workspaces of that project. */
export async function openUser(files: Readonly<Record<string, string>>) {
  const at = await mkdtemp(join(await realpath('/var/tmp'), 'quorum-toolchain-'))
  const home = join(at, 'user')
  const project = join(home, 'project')
  for (const [path, content] of Object.entries(files)) await write(join(project, path), content)
  let workspaces = 0

  return {
    home,
    project,
    files: new Set(Object.keys(files)),
    write: (path: string, content: string): Promise<void> => write(join(home, path), content),
    /** Runs a tool of the user's in the project, with the network. */
    async prepare(command: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
      const [file = '', ...args] = command
      const env = { ...process.env, HOME: home, ...environment }
      const child = spawn(file, args, {
        cwd: project,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 300_000,
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (bytes: Buffer) => (output += bytes.toString()))
      child.on('error', (error) => (output += error.message))
      await once(child, 'close').catch(() => {})
      return { exitCode: child.exitCode, output }
    },
    /** Lays the project's files out in a fresh workspace, and runs commands there in the cage, without a network. */
    async workspace(toolchains: readonly Toolchain[], changes: Readonly<Record<string, string>> = {}) {
      workspaces += 1
      const desk = join(at, `desk-${workspaces}`)
      const places = { root: join(desk, 'tree'), home: join(desk, 'home'), layers: join(desk, 'layers') }
      for (const path of Object.keys(files)) await cp(join(project, path), join(places.root, path))
      for (const [path, content] of Object.entries(changes)) await write(join(places.root, path), content)
      await mkdir(join(places.home, 'tmp'), { recursive: true })
      const { overlays } = await layToolchains(toolchains, places, true)
      const seen = seenBy(cage, places)
      const values = { ...seen, cache: join(seen.home, 'cache'), report: join(seen.home, 'report') }
      const programs = toolchains.flatMap(({ path }) => path).map((folder) => fillIn(folder, values))
      const added = toolchains.flatMap(({ environment }) => Object.entries(environment))
      return (command: readonly string[], more: Record<string, string> = {}): Promise<Ran> => {
        const environment = {
          ...gateEnvironment(seen, '', programs),
          ...Object.fromEntries(added.map(([name, value]) => [name, fillIn(value, values)])),
          ...more,
        }
        const readable = toolchains.flatMap((toolchain) => toolchain.readable)
        const room = {
          ...places,
          seen,
          cwd: seen.root,
          readable,
          overlays,
          network: false,
          environment,
          limits: LIMITS,
        }
        return run(cage.wrap(command, room))
      }
    },
    [Symbol.asyncDispose]: () => removeTree(at),
  }
}
export type User = Awaited<ReturnType<typeof openUser>>
export { PATH }

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
