import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { abortable } from '../abortable.ts'
import type { Project, Workspace } from '../cascade/ports.ts'
import { SwarmError } from '../core/errors.ts'
import { checkNewProject, isReadForRules } from '../core/new-project/check-project.ts'
import type { Diagnostic, Gate, RanGate } from '../core/task.ts'
import type { Slots } from '../slots.ts'
import { installDependencies, type Installed } from './packages/install.ts'
import type { Cage } from './cage/sandbox.ts'

/** What the trees of a new project are judged by: their own checks, or the reason why they bring none. */
export type Grounds = AsyncDisposable & { readonly of: Project['judgeOf'] }

export type GroundsOptions = {
  /** Where folders may be made; it goes with the project. */
  readonly room: string
  /** Stays, and is shared by all. */
  readonly downloads: string
  readonly cage: Cage
  readonly slots: Slots
  /** What stood beside the project before it began, and is nothing of it. */
  readonly beside: ReadonlySet<string>
  readonly files: Project['files']
  readonly read: Project['read']
  /** The checks found in a tree, as far as they may run here. */
  readonly gatesOf: (tree: string) => Promise<readonly Gate[]>
  /** Workspaces with the packages that are installed in a folder beside these manifests. */
  readonly openPool: (
    folder: string,
    manifests: readonly string[],
    room: string,
  ) => Promise<{ checkout(tree: string, signal: AbortSignal): Promise<Workspace> }>
}

/**
 * A project that is still to be begun has no checks and no packages; each candidate brings its own. What installs the same packages
 * stands on the same ground: they are installed once, by whoever comes first.
 */
export function createGrounds(options: GroundsOptions): Grounds {
  const stop = new AbortController()
  const known = new Map<string, Promise<Prepared>>()
  let made = 0

  return {
    async of(tree, request, signal) {
      const paths = (await options.files(tree)).filter((path) => !options.beside.has(path))
      const texts = await readSome(paths.filter(isReadForRules), tree, options.read)
      const faults = checkNewProject({ paths, read: (path) => texts.get(path) }, request)
      if (faults.length > 0)
        return { kind: 'refused', run: refusal('new project', ['quorum', 'new-project'], faults) }

      const found = await options.gatesOf(tree)
      // all of it is new: a check of what changed would be the same check twice
      const gates = found.map((gate) => ({ ...gate, quick: null }))
      const manifests = await readSome(paths.filter(isForInstall), tree, options.read)
      const prepared = await abortable(prepare(manifests), signal)
      if (prepared.kind === 'failed') return { kind: 'refused', run: installRun(prepared.installed) }
      return { kind: 'judge', isNew: true, gates, checkout: prepared.checkout }
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the project is closed'))
      await Promise.allSettled(known.values())
    },
  }

  function prepare(manifests: ReadonlyMap<string, string>): Promise<Prepared> {
    const key = createHash('sha256')
      .update(JSON.stringify([...manifests].toSorted(([one], [other]) => (one < other ? -1 : 1))))
      .digest('hex')
    const before = known.get(key)
    if (before) return before
    made += 1
    const prepared = lay(manifests, join(options.room, `ground-${made}`), options, stop.signal)
    known.set(key, prepared)
    // what failed for no fault of the manifests is tried again
    prepared.catch(() => known.delete(key))
    return prepared
  }
}

type Refused = Extract<Installed, { ok: false }>
type Prepared =
  | { readonly kind: 'ready'; readonly checkout: Project['checkout'] }
  | { readonly kind: 'failed'; readonly installed: Refused }

async function lay(
  manifests: ReadonlyMap<string, string>,
  room: string,
  { downloads, cage, slots, openPool }: GroundsOptions,
  signal: AbortSignal,
): Promise<Prepared> {
  if (manifests.size === 0) {
    const pool = await openPool(room, [], room)
    return { kind: 'ready', checkout: (tree, signal) => pool.checkout(tree, signal) }
  }
  using _ = await slots.take(signal)
  const installed = await installDependencies(
    { manifests, at: join(room, 'installed'), downloads, cage },
    signal,
  )
  // what this machine cannot do says nothing about a candidate
  if (!installed.ok && installed.fault === 'machine') throw new SwarmError('upstream', installed.reason)
  if (!installed.ok) return { kind: 'failed', installed }
  const pool = await openPool(installed.folder, [...manifests.keys()].filter(isPackageJson), room)
  return { kind: 'ready', checkout: (tree, signal) => pool.checkout(tree, signal) }
}

const isPackageJson = (path: string): boolean => /(?:^|\/)package\.json$/.test(path)
const isForInstall = (path: string): boolean =>
  isPackageJson(path) ||
  /^(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock)$/.test(path)

/** A reason told as the run of a check, so that the story and the next attempt's prompts take it like any other. */
function refusal(gate: string, command: readonly string[], diagnostics: Diagnostic[], ms = 0): RanGate {
  const log = diagnostics.map(({ file, message }) => `${file}: ${message}`).join('\n')
  const ending = { exitCode: 1, timedOut: false, ms, diagnostics, tests: null, cases: null, log }
  return { gate, kind: 'lint', scope: 'all', command: [...command], ...ending }
}

const installRun = ({ command, code, reason, ms }: Refused): RanGate =>
  refusal('install', command, [{ file: 'package.json', line: null, code, message: reason }], ms)

async function readSome(
  paths: readonly string[],
  tree: string,
  read: Project['read'],
): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all(paths.map(async (path) => [path, await read(tree, path)] as const))
  return new Map(texts.flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])))
}
