import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isExistingTest } from '../../src/core/protected.ts'
import { changedLines } from '../../src/core/changed-lines.ts'
import { shell } from '../../src/workspace/shell.ts'
import { filesOf } from '../selection/small-task.ts'
import { TASKS } from '../selection/tasks/all.ts'

/** A change whose right answer is known: in which folder, what is asked, and the lines that have to change. */
export type KnownChange = {
  readonly name: string
  readonly folder: string
  readonly request: string
  /** Of files that exist before the change, lines counted from 1. */
  readonly lines: ReadonlyMap<string, readonly number[]>
}

const never = new AbortController().signal
const HERE = join(import.meta.dirname, '../..')

/** The tasks of the selection benchmark, all of them in one project among this one's own files. */
export async function tasksAmongFiles(folder: string): Promise<KnownChange[]> {
  for (const part of ['src', 'test', 'bench/selection/simulation'])
    await cp(join(HERE, part), join(folder, part), { recursive: true })
  for (const task of TASKS) {
    for (const [path, text] of Object.entries(filesOf(task, task.base)))
      await write(folder, placed(path), text)
  }
  const known: KnownChange[] = []
  for (const task of TASKS) {
    const [before, after] = [filesOf(task, task.base), filesOf(task, task.right[0])]
    const lines = new Map<string, readonly number[]>()
    for (const [path, text] of Object.entries(after)) {
      const old = before[path]
      if (old !== undefined) lines.set(placed(path), await linesBetween(join(folder, '..'), old, text))
    }
    known.push({ name: task.name, folder, request: task.request, lines })
  }
  return known
}

/** Beside the files that are there, and nothing in the path tells that it is a task's. */
const placed = (path: string): string => path.replace(/^src\//, 'src/common/')

async function linesBetween(room: string, before: string, after: string): Promise<readonly number[]> {
  await write(room, 'before', before)
  await write(room, 'after', after)
  const diff = await run(['git', 'diff', '--no-index', '--no-color', '-U0', 'before', 'after'], room)
  return changedLines(diff, 'before').get('before') ?? []
}

/** A commit is a task when it changes so many files and lines that exist, and no more. */
const MOST_FILES = 6
const MOST_LINES = 150

/** The small commits of this repository's own history, each with the files as they were before it; none without git. */
export async function ownCommits(room: string): Promise<KnownChange[]> {
  const log = await run(['git', 'log', '--no-merges', '--format=%H%x09%P%x09%s'], HERE)
  const known: KnownChange[] = []
  for (const entry of log.split('\n')) {
    const [commit = '', parent = '', subject = ''] = entry.split('\t')
    if (parent === '') continue
    const diff = await run(
      ['git', 'diff', '--no-color', '--no-renames', '-U0', parent, commit, '--', 'src'],
      HERE,
    )
    const all = [...changedLines(diff, 'before')].filter(([path]) => !isExistingTest(path))
    const count = all.reduce((sum, [, lines]) => sum + lines.length, 0)
    if (count === 0 || all.length > MOST_FILES || count > MOST_LINES) continue
    const folder = join(room, commit.slice(0, 12))
    await mkdir(folder, { recursive: true })
    await run(['git', 'archive', '--format=tar', '--output', join(folder, 'all.tar'), parent], HERE)
    await run(['tar', '-xf', 'all.tar'], folder)
    await run(['rm', 'all.tar'], folder)
    known.push({ name: commit.slice(0, 7), folder, request: subject, lines: new Map(all) })
  }
  return known
}

async function run(command: readonly string[], cwd: string): Promise<string> {
  const environment = { PATH: '/usr/bin:/bin:/usr/local/bin', HOME: cwd, LC_ALL: 'C.UTF-8' }
  return (await shell([...command], { cwd, environment, keep: 20_000_000 }, never)).stdout
}

async function write(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}
