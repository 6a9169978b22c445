import { foreignNames, signaturesIn } from '../../core/excerpt/signatures.ts'
import { CONVENTION_FILES, conventionsIn, cutAtLine } from '../../core/excerpt/conventions.ts'
import { wantedIn } from '../../core/excerpt/wanted.ts'
import type { NamePlaces } from '../../core/code-map/find-names.ts'
import { findNames } from '../../core/code-map/find-names.ts'
import { isWorthMapping } from '../../core/code-map/worth-mapping.ts'
import { rankFiles } from '../../core/context.ts'
import type { SourceFile, Subtask } from '../../core/task.ts'
import type { PromptPart } from '../fit-prompt.ts'
import { nearestTest } from '../proving/admit-test.ts'
import { readFiles } from '../read-files.ts'
import { showSources } from '../preprocess.ts'
import type { Setting } from '../setting.ts'
import { mapFiles, viewFiles, type Meant } from '../file-views.ts'

/** Files that are looked at where the plan names none: more would leave each of them too little room. */
const MOST_MEANT = 12
/** The same where it does name some, and what such a file is worth beside an owned one. */
const MOST_BESIDE = 6
const LITTLE = 0.3
/** Files that are read to see what the plan's own files use, where there is no index of them all. */
const MOST_SIGNATURES = 20
const MOST_OF_TEST = 1_500
/** Tokens of a map of which only the order of its files counts. */
const MAP_TOKENS = 3_000

/** What of a setting it takes to know what coders are shown. */
export type ContextSetting = {
  readonly task: Pick<Setting['task'], 'workspace'>
  readonly brief: Pick<Setting['brief'], 'request'>
  /** Documents that stand in the prompt already. */
  readonly specKit?: Pick<NonNullable<Setting['specKit']>, 'shown'>
  readonly memory: string
  readonly project: Pick<Setting['project'], 'base' | 'files' | 'read' | 'changes'>
  readonly ports: Pick<Setting['ports'], 'codebase'> & {
    readonly limits: Pick<Setting['ports']['limits'], 'contextCharacters'>
  }
}

/**
 * What a coder is shown of a project that is too large to be shown whole: the files that his part is about, whole or their
 * telling lines, how what they use is declared, and how this project writes its code.
 */
export async function contextParts(
  subtask: Subtask,
  base: string,
  setting: ContextSetting,
  signal: AbortSignal,
): Promise<PromptPart[]> {
  const { project, ports, brief, memory } = setting
  const about = [brief.request, subtask.description, memory].join('\n')
  const paths = await project.files(base)
  const meant = await meantFiles(subtask, about, { base, paths }, setting, signal)
  const mapped = await mapFiles(
    meant.map(({ file }) => file),
    ports,
    signal,
  )
  const ground = meant.filter(({ isGround }) => isGround).map(({ file }) => file)
  const used = foreignNames(mapped.filter(({ path }) => ground.some((file) => file.path === path)))
  const wanted = wantedIn(about, mapped)
  // of what only stands beside, the interest is in what the others use of it
  const beside = wantedIn(
    about,
    mapped,
    used.map((name) => name.replace(/^\./, '')),
  )
  const views = viewFiles(
    meant,
    mapped,
    ({ isGround }) => (isGround ? wanted : beside),
    ports.limits.contextCharacters,
  )
  const signatures = await signaturesFor(ground, used, { base, paths }, setting, signal)
  const conventions = await conventionsOf(base, paths, about, setting)
  return [
    { kind: 'files', into: 'sources', name: 'files', share: 0.25, instead: NO_FILES, files: views },
    {
      kind: 'pieces',
      into: 'sources',
      name: 'signatures',
      heading: '# How some of what they use is declared, and on which line',
      share: 0.05,
      form: 'signatures',
      pieces: signatures.map(({ path, text }) => ({ place: path, text })),
    },
    {
      kind: 'pieces',
      into: 'sources',
      name: 'conventions',
      heading: '# How this project writes code: its settings in short, and the beginning of a test',
      share: 0.03,
      pieces: conventions.map((file) => ({ place: file.path, text: showSources([file]) })),
    },
  ]
}

const NO_FILES = '(the project has no files yet)'

type Tree = { readonly base: string; readonly paths: readonly string[] }

/** The files that a part owns, and with far less room those that the request is likely about; alone where it owns none. */
async function meantFiles(
  { filesOwned }: Subtask,
  about: string,
  { base, paths }: Tree,
  setting: ContextSetting,
  signal: AbortSignal,
): Promise<Meant[]> {
  const existing = new Set(paths)
  const owned = filesOwned.filter((path) => existing.has(path))
  const likely = await likelyFiles(about, filesOwned, paths, setting, signal)
  const most = owned.length > 0 ? MOST_BESIDE : MOST_MEANT
  const elsewhere = new Set(setting.specKit?.shown)
  const beside = likely.filter((path) => !owned.includes(path) && !elsewhere.has(path)).slice(0, most)
  const contents = await readFiles(setting.project, [...owned, ...beside], base)
  const isOwned = owned.length > 0
  return Array.from(contents, ([path, content], index) => ({
    file: { path, content },
    isGround: !isOwned || index < owned.length,
    // owned files count alike; of guesses the later ones are worth less
    weight: index < owned.length ? 1 : (isOwned ? LITTLE : 1) / Math.sqrt(index - owned.length + 1),
  }))
}

/** By what the map says, and where there is none, by their paths. */
async function likelyFiles(
  request: string,
  open: readonly string[],
  paths: readonly string[],
  { task, ports }: ContextSetting,
  signal: AbortSignal,
): Promise<string[]> {
  const readable = new Set(paths.filter(isWorthMapping))
  const named = paths.filter((path) => request.includes(path))
  const { workspace } = task
  const map =
    workspace.kind === 'named'
      ? await ports.codebase?.map(workspace.name, { request, open, tokens: MAP_TOKENS }, signal)
      : null
  const mapped = map?.files.map(({ path }) => path) ?? []
  const likely = [...named, ...mapped, ...rankFiles(paths, request, open)]
  return [...new Set(likely)].filter((path) => readable.has(path))
}

/** How what these files use is declared elsewhere. */
async function signaturesFor(
  files: readonly SourceFile[],
  names: readonly string[],
  tree: Tree,
  setting: ContextSetting,
  signal: AbortSignal,
): Promise<{ path: string; text: string }[]> {
  const own = new Set(files.map(({ path }) => path))
  const existing = new Set(tree.paths)
  const places = await placesOf(names, tree, setting, signal)
  const elsewhere = places.map(({ definitions, ...place }) => ({
    ...place,
    definitions: definitions.filter(({ path }) => existing.has(path) && !own.has(path)),
  }))
  const texts = files.map(({ content }) => content)
  return signaturesIn(elsewhere, texts).slice(0, MOST_SIGNATURES)
}

/** Where names are defined: as the index of the folder knows, and in what the task itself has written since. */
async function placesOf(
  names: readonly string[],
  { base, paths }: Tree,
  { task, project, ports }: ContextSetting,
  signal: AbortSignal,
): Promise<NamePlaces[]> {
  const { workspace } = task
  const known =
    workspace.kind === 'named' ? await ports.codebase?.find(workspace.name, names, signal) : undefined
  const changed = base === project.base ? [] : (await project.changes(project.base, base, signal)).written
  const stale = new Set(changed)
  const read = workspace.kind === 'named' ? changed : paths.filter(isWorthMapping).slice(0, MOST_READ)
  const contents = await readFiles(project, read, base)
  const mapped = await mapFiles(
    Array.from(contents, ([path, content]) => ({ path, content })),
    ports,
    signal,
  )
  const written = findNames(mapped, names)
  return written.map((place, index) => ({
    ...place,
    definitions: [
      ...place.definitions,
      ...(known?.[index]?.definitions.filter(({ path }) => !stale.has(path)) ?? []),
    ],
  }))
}

/** Files that came with a request are read all together, which must not take long. */
const MOST_READ = 200

async function conventionsOf(
  base: string,
  paths: readonly string[],
  request: string,
  setting: ContextSetting,
): Promise<SourceFile[]> {
  const existing = new Set(paths)
  const settings = await readFiles(
    setting.project,
    CONVENTION_FILES.filter((path) => existing.has(path)),
    base,
  )
  const inShort = Array.from(settings, ([path, content]) => conventionsIn({ path, content }))
  const example = await nearestTest(base, { request, files: [] }, setting)
  const head = example && { path: example.path, content: cutAtLine(example.content, MOST_OF_TEST) }
  return [...inShort, head].filter((file) => file !== null)
}
