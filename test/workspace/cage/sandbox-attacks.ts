import { access, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { API_KEY, processesWith, type Ran, type Scene } from './sandbox-scene.ts'

/** Something a gate must not be able to do, and how to see from outside whether it did. */
export type Attack = {
  readonly name: string
  readonly command: (scene: Scene) => string[]
  readonly succeeded: (scene: Scene, ran: Ran) => boolean | Promise<boolean>
  /** For what only root can do uncaged. */
  readonly asRoot?: true
}

const sh = (script: string, ...args: string[]): string[] => ['sh', '-c', script, 'sh', ...args]
const node = (script: string, ...args: string[]): string[] => [process.execPath, '-e', script, ...args]

const CONNECT = `
  const [path] = process.argv.slice(1)
  const socket = require('node:net').connect(/^\\d+$/.test(path) ? { port: Number(path) } : { path: path.replace('@', '\\0') })
  socket.on('error', () => process.exit(1)).on('data', () => process.exit(0))
`
const FORKS = 600
const FORK = `
  i=0; all=
  while [ $i -lt ${FORKS} ]; do sleep 60 & all="$all $!"; i=$((i+1)); done
  echo "forked $i"; kill $all
`
const marker = ({ at }: Scene): string => join(tmpdir(), `${basename(at).replaceAll(/\W/g, '')}.marker`)
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
const spoils = (path: string): Pick<Attack, 'command' | 'succeeded'> => ({
  command: (scene) => sh('echo spoiled >> "$1"', scene.place(path)),
  succeeded: async (scene) => !(await scene.isAsWritten(path)),
})
const reads = (path: string, secret: string): Pick<Attack, 'command' | 'succeeded'> => ({
  command: (scene) => ['cat', scene.place(path)],
  succeeded: (_, { output }) => output.includes(secret),
})

export const ATTACKS: readonly Attack[] = [
  {
    name: 'connect to a server on loopback',
    command: ({ doors }) => node(CONNECT, String(doors.loopback.port)),
    succeeded: ({ doors }) => doors.loopback.visitors() > 0,
  },
  {
    name: 'connect to a unix socket',
    command: ({ place }) => node(CONNECT, place('user/agent.sock')),
    succeeded: ({ doors }) => doors.socket.visitors() > 0,
  },
  {
    name: 'connect to an abstract unix socket',
    command: ({ at }) => node(CONNECT, `@${at}`),
    succeeded: ({ doors }) => doors.abstract.visitors() > 0,
  },
  { name: 'change a start-up file in the home', ...spoils('user/.bashrc') },
  { name: 'change another project', ...spoils('other/index.js') },
  {
    name: 'change another project through a link in the workspace',
    command: () => sh('echo spoiled >> shortcut/index.js'),
    succeeded: async (scene) => !(await scene.isAsWritten('other/index.js')),
  },
  {
    name: "change the user's dependencies through a link in the workspace",
    command: () => sh('echo spoiled >> node_modules/left-pad/index.js'),
    succeeded: async (scene) => !(await scene.isAsWritten('modules/left-pad/index.js')),
  },
  {
    name: 'leave a file in /tmp',
    command: (scene) => sh('echo here > "$1"', marker(scene)),
    succeeded: async (scene) => {
      const found = await exists(marker(scene))
      await rm(marker(scene), { force: true })
      return found
    },
  },
  { name: 'read a private key', ...reads('user/.ssh/id_ed25519', 'PRIVATE KEY') },
  { name: 'read the token of the package registry', ...reads('user/.npmrc', 'npm-token') },
  {
    name: 'list the home',
    command: ({ place }) => ['ls', '-a', place('user')],
    succeeded: (_, { output }) => output.includes('.ssh'),
  },
  {
    name: 'read a key from the environment, its own or that of its jailer',
    command: () => sh('echo "$OPENAI_API_KEY"; cat /proc/*/environ'),
    succeeded: (_, { output }) => output.includes(API_KEY),
  },
  {
    name: 'kill another process',
    command: (scene) => sh('kill -9 "$1"', String(scene.victim().pid)),
    succeeded: async (scene) => (await processesWith(scene.mark)).length === 0,
  },
  {
    name: 'see another process',
    command: (scene) => {
      scene.victim()
      return sh('for file in /proc/[0-9]*/cmdline; do tr "\\0" " " < "$file"; done')
    },
    succeeded: ({ mark }, { output }) => output.includes(`sleep ${mark}`),
  },
  {
    name: 'read the environment of another process',
    command: (scene) => ['cat', `/proc/${scene.victim().pid}/environ`],
    succeeded: (_, { output }) => output.includes('token-of-another-program'),
  },
  {
    name: "change the repository's settings",
    command: () => sh('echo "[core] fsmonitor = evil" >> .git/config'),
    succeeded: async (scene) => !(await scene.isAsWritten('workspace/tree/.git/config')),
  },
  {
    name: 'plant a hook in the repository',
    command: () => sh('echo evil > .git/hooks/pre-commit'),
    succeeded: ({ place }) => exists(place('workspace/tree/.git/hooks/pre-commit')),
  },
  {
    name: 'put another repository in place of the one that is there',
    command: () => sh('mv .git .old && mkdir .git && echo evil > .git/config'),
    succeeded: async (scene) => !(await scene.isAsWritten('workspace/tree/.git/config')),
  },
  {
    name: 'open a user namespace',
    command: () => ['unshare', '-Ur', 'true'],
    succeeded: (_, { exitCode }) => exitCode === 0,
  },
  {
    name: `start ${FORKS} processes`,
    command: () => sh(FORK),
    succeeded: (_, { output }) => output.includes(`forked ${FORKS}`),
  },
  {
    name: 'write a file of 600 MB',
    command: () => ['truncate', '-s', '600M', 'huge'],
    succeeded: async ({ place }) =>
      (await stat(place('workspace/tree/huge')).then(
        ({ size }) => size,
        () => 0,
      )) > 500_000_000,
  },
  {
    name: 'take 2 GB of memory',
    command: () => node('console.log("took", Buffer.alloc(2 ** 31).length)'),
    succeeded: (_, { output }) => output.includes(`took ${2 ** 31}`),
  },
  {
    name: 'fill the memory through /dev/shm',
    command: () =>
      sh('dd if=/dev/zero of="/dev/shm/$1" bs=1M count=250; wc -c "/dev/shm/$1"; rm "/dev/shm/$1"', 'filled'),
    succeeded: (_, { output }) => /^262144000 /m.test(output),
  },
  {
    name: 'leave a process running',
    command: ({ mark }) => sh('sleep "$1" >/dev/null 2>&1 & exit 0', mark),
    succeeded: async ({ mark }) => (await processesWith(mark)).length > 0,
  },
  {
    name: 'leave a daemon running, in a session of its own',
    command: ({ mark }) => sh('setsid sleep "$1" >/dev/null 2>&1 & sleep 0.2', mark),
    succeeded: async ({ mark }) => (await processesWith(mark)).length > 0,
  },
  {
    // the same value again: as long as it is not stopped, this must do no harm
    name: 'change a setting of the kernel',
    command: () =>
      sh('cd /proc/sys/vm && now=$(cat overcommit_ratio) && echo "$now" > overcommit_ratio && echo changed'),
    succeeded: (_, { output }) => output.includes('changed'),
    asRoot: true,
  },
  {
    name: 'mount a file system',
    command: ({ home }) =>
      sh('unshare -m sh -c "mount -t tmpfs tmpfs \\"\\$1\\"" sh "$1" && echo mounted', home),
    succeeded: (_, { output }) => output.includes('mounted'),
    asRoot: true,
  },
]
