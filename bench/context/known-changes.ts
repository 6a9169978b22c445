import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { shell } from '../../src/workspace/shell.ts'
import { changedLines } from '../../src/core/changed-lines.ts'
import { filesOf } from '../selection/small-task.ts'
import { TASKS } from '../selection/tasks/all.ts'

/** A change whose right answer is known: what is asked, and the lines that have to change, or to be read at least. */
export type KnownChange = {
  readonly name: string
  readonly request: string
  /** Of files that exist before the change, lines counted from 1. */
  readonly lines: ReadonlyMap<string, readonly number[]>
  /** The state of the folder before it, where that is not the same for all. */
  readonly commit?: string
}

/** Changes of one project, in a folder of ours. */
export type KnownChanges = { readonly folder: string; readonly changes: readonly KnownChange[] }

const never = new AbortController().signal
export const HERE = join(import.meta.dirname, '../..')

/** The tasks of the selection benchmark, all of them in one project among this one's own files. */
export async function tasksAmongFiles(folder: string): Promise<KnownChanges> {
  for (const part of ['src', 'test', 'bench/selection/simulation'])
    await cp(join(HERE, part), join(folder, part), { recursive: true })
  for (const task of TASKS) {
    for (const [path, text] of Object.entries(filesOf(task, task.base)))
      await write(folder, placed(path), text)
  }
  const changes: KnownChange[] = []
  for (const task of TASKS) {
    const [before, after] = [filesOf(task, task.base), filesOf(task, task.right[0])]
    const lines = new Map<string, readonly number[]>()
    for (const [path, text] of Object.entries(after)) {
      const old = before[path]
      if (old !== undefined) lines.set(placed(path), await linesBetween(join(folder, '..'), old, text))
    }
    changes.push({ name: task.name, request: task.request, lines })
  }
  return { folder, changes }
}

/** Beside the files that are there, and nothing in the path tells that it is a task's. */
const placed = (path: string): string => path.replace(/^src\//, 'src/common/')

async function linesBetween(room: string, before: string, after: string): Promise<readonly number[]> {
  await write(room, 'before', before)
  await write(room, 'after', after)
  const diff = await run(['git', 'diff', '--no-index', '--no-color', '-U0', 'before', 'after'], room)
  return changedLines(diff, 'before').get('before') ?? []
}

/** What a program says, with nothing of this process's environment. */
export async function run(command: readonly string[], cwd: string): Promise<string> {
  const environment = { PATH: '/usr/bin:/bin:/usr/local/bin', HOME: cwd, LC_ALL: 'C.UTF-8' }
  return (await shell([...command], { cwd, environment, keep: 20_000_000 }, never)).stdout
}

async function write(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}
