import { findNames, type NamePlaces } from '../core/code-map/find-names.ts'
import { isWorthMapping } from '../core/code-map/worth-mapping.ts'
import { wantedIn } from '../core/excerpt/wanted.ts'
import { describePlaces, type PlanQuestions } from '../core/plan-questions.ts'
import { mapFiles, readGround, viewFiles } from './file-views.ts'
import type { PromptPart } from './fit-prompt.ts'
import { readFiles } from './read-files.ts'
import type { Setting } from './setting.ts'

type Ground = Pick<Setting, 'task' | 'brief' | 'project' | 'ports'>

/** Looks up what a planner asks, side by side and only reading, and says what is not there. */
export async function answerQuestions(
  questions: PlanQuestions,
  setting: Ground,
  signal: AbortSignal,
): Promise<PromptPart[]> {
  const readable = new Set(setting.brief.paths.filter(isWorthMapping))
  const [files, places] = await Promise.all([
    filesFor(questions, readable, setting, signal),
    placesFor(questions, readable, setting, signal),
  ])
  const missing = [
    ...questions.read
      .filter((path) => !readable.has(path))
      .map((path) => `There is no file ${path} to be shown.`),
    ...places
      .filter(({ definitions, uses }) => definitions.length + uses.length === 0)
      .map(({ name }) => `Nothing is known of ${name}.`),
  ]
  const told = describePlaces(places).map(({ path, text }) => ({ place: path, text }))
  return [
    { kind: 'files', into: 'overview', name: 'files asked for', heading: HEADING, share: 0.15, files },
    {
      kind: 'pieces',
      into: 'overview',
      name: 'names asked for',
      heading: '# Where the names you asked for are defined and used',
      form: 'signatures',
      share: 0.05,
      pieces: told,
    },
    {
      kind: 'text',
      into: 'overview',
      name: 'what is not there',
      heading: '# You have asked; answer with the plan now',
      text: missing.join('\n') || 'All that you asked for is above.',
      keep: 'start',
      share: 0.02,
    },
  ]
}

const HEADING = '# The files you asked for'

async function filesFor(
  { read, find }: PlanQuestions,
  readable: ReadonlySet<string>,
  { brief, project, ports }: Ground,
  signal: AbortSignal,
) {
  const paths = read.filter((path) => readable.has(path))
  const { meant, mapped } = await readGround(paths, project.base, { project, ports }, signal)
  const wanted = wantedIn(brief.request, mapped, find)
  return viewFiles(meant, mapped, () => wanted, ports.limits.contextCharacters / 2)
}

/** As the index of the folder knows them; files that came with the request are read here, as far as they are few. */
async function placesFor(
  { find }: PlanQuestions,
  readable: ReadonlySet<string>,
  { task: { workspace }, project, ports }: Ground,
  signal: AbortSignal,
): Promise<NamePlaces[]> {
  if (find.length === 0) return []
  const known = workspace.kind === 'named' ? await ports.codebase?.find(workspace.name, find, signal) : null
  const places = known ?? findNames(await mapAll(readable, project, ports, signal), find)
  return places.map(({ name, definitions, uses }) => ({
    name,
    definitions: definitions.filter(({ path }) => readable.has(path)),
    uses: uses.filter(({ path }) => readable.has(path)),
  }))
}

const MOST_READ = 200

async function mapAll(
  readable: ReadonlySet<string>,
  project: Ground['project'],
  ports: Ground['ports'],
  signal: AbortSignal,
) {
  const contents = await readFiles(project, [...readable].slice(0, MOST_READ))
  return mapFiles(
    Array.from(contents, ([path, content]) => ({ path, content })),
    ports,
    signal,
  )
}
