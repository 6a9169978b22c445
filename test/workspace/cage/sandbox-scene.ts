import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readFile, readdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { removeTree } from '../../../src/workspace/remove.ts'
import { probeCage, type Cage, type Room } from '../../../src/workspace/cage/sandbox.ts'

export type Ran = { readonly exitCode: number | null; readonly output: string }

export const PATH = process.env['PATH'] ?? '/usr/bin:/bin'
/** Not below /tmp: a cage has a /tmp of its own, and what is shown here must not depend on that. */
const FOLDER = process.platform === 'linux' ? '/var/tmp' : '/tmp'
/** Of a token somebody left in the environment. */
export const API_KEY = 'sk-left-in-the-environment'

/** Runs an argument list uncaged, in an environment that holds a key, and waits until nobody writes any more. */
export async function run(
  command: readonly string[],
  options: { cwd?: string; environment?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Ran> {
  const { cwd = '/', environment = {}, signal } = options
  const [file = '', ...args] = command
  const env = { PATH, OPENAI_API_KEY: API_KEY, ...environment }
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()))
  await once(child, 'close')
  return { exitCode: child.exitCode, output }
}

/** The cage of the machine that runs the tests. */
export const probe = (path = PATH): Promise<Cage> =>
  probeCage(
    {
      run: (command, signal) => run(command, { signal }),
      platform: process.platform,
      path,
      folder: FOLDER,
    },
    new AbortController().signal,
  )

/** A user's machine in small: a home with secrets, another project, open doors, and one workspace. */
export async function openScene() {
  const at = await mkdtemp(join(await realpath(FOLDER), 'cage test, "$(id)" '))
  const place = (...parts: string[]): string => join(at, ...parts)
  const tree = place('workspace', 'tree')
  const files: Record<string, string> = {
    'user/.bashrc': 'alias ll="ls -l"\n',
    'user/.npmrc': '//registry/:_authToken=npm-token\n',
    'user/.ssh/id_ed25519': 'PRIVATE KEY\n',
    'other/index.js': 'export {}\n',
    'modules/left-pad/index.js': 'module.exports = "the left pad"\n',
    'workspace/tree/.git/config': '[core]\n',
    'workspace/tree/.git/hooks/pre-commit.sample': '#!/bin/sh\n',
  }
  for (const folder of ['workspace/home/tmp', 'workspace/tree/node_modules']) {
    await mkdir(place(folder), { recursive: true })
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(place(path), '..'), { recursive: true })
    await writeFile(place(path), content)
  }
  await symlink(place('other'), join(tree, 'shortcut'))
  await symlink(place('modules', 'left-pad'), join(tree, 'node_modules', 'left-pad'))

  const doors = {
    loopback: await door(),
    socket: await door(place('user/agent.sock')),
    abstract: await door(`\0${at}`),
  }
  const mark = `600.0${process.pid}${String(process.hrtime.bigint()).slice(-7)}`
  const victims: ChildProcess[] = []

  return {
    at,
    place,
    tree,
    home: place('workspace/home'),
    doors,
    /** An argument by which a `sleep` of this scene is found among all processes. */
    mark,
    room: (wishes: Partial<Room> = {}): Room => ({
      root: tree,
      home: place('workspace/home'),
      seen: { root: tree, home: place('workspace', 'home') },
      cwd: tree,
      readable: [place('modules')],
      overlays: [],
      network: false,
      environment: { PATH, HOME: place('workspace/home'), TMPDIR: place('workspace/home/tmp') },
      limits: { processes: 128, memoryBytes: 2 ** 30, fileBytes: 200_000_000 },
      ...wishes,
    }),
    /** Another program of the user, with a secret in its environment. */
    victim(): ChildProcess {
      const victim = spawn('sleep', [mark], {
        env: { PATH, TOKEN: 'token-of-another-program' },
        stdio: 'ignore',
      })
      victims.push(victim)
      return victim
    },
    async isAsWritten(path: string): Promise<boolean> {
      return (await readFile(place(path), 'utf8').catch(() => null)) === (files[path] ?? null)
    },
    append: (path: string, content: string): Promise<void> => appendFile(place(path), content),
    async [Symbol.asyncDispose]() {
      for (const victim of victims) victim.kill('SIGKILL')
      for (const pid of await processesWith(mark)) kill(pid)
      for (const { server } of Object.values(doors)) server.close()
      await removeTree(at)
    },
  }
}
export type Scene = Awaited<ReturnType<typeof openScene>>

/** It may have ended since it was found. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function door(path?: string) {
  let visitors = 0
  const server = createServer((socket) => {
    visitors += 1
    socket.on('error', () => {}).end('welcome')
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  const address = server.address()
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    visitors: () => visitors,
  }
}

/** Ids of all processes one of whose arguments this is. */
export async function processesWith(argument: string): Promise<number[]> {
  const ids = (await readdir('/proc').catch((): string[] => [])).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    ids.map(async (id) => {
      const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')
      return command.split('\0').includes(argument)
    }),
  )
  return ids.filter((_, index) => found[index]).map(Number)
}

/** Waits for what ends by itself but not in the same instant. */
export async function eventually(happened: () => Promise<boolean>, ms = 30_000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end;) {
    if (await happened()) return true
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return happened()
}
