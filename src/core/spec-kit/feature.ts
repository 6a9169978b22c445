import { z } from 'zod'
import { jsonOrNull } from '../json.ts'
import { checkShape } from '../paths.ts'

export const FEATURE_FILE = '.specify/feature.json'
export const OPTIONS_FILE = '.specify/init-options.json'
const IGNORE_FILE = '.specify/.gitignore'
export const FEATURE_FILES = [FEATURE_FILE, OPTIONS_FILE, IGNORE_FILE] as const

/** How the project's spec-kit is set up, as far as its files tell. */
export type SpecKitFacts = {
  /** Folder of the feature that is worked on, below the project; null where nothing names one. */
  readonly folder: string | null
  /** git is told to leave the file out that names it. */
  readonly isIgnored: boolean
  readonly numbering: 'sequential' | 'timestamp'
}

const Feature = z.looseObject({ feature_directory: z.string() })
const Options = z.looseObject({
  feature_numbering: z.string().nullish(),
  branch_numbering: z.string().nullish(),
})

/** Reads the files that say which feature is worked on; where git leaves them out, it is the one with the highest number. */
export function readFacts(texts: ReadonlyMap<string, string>, paths: readonly string[]): SpecKitFacts {
  const feature = parsed(texts.get(FEATURE_FILE), Feature)
  const isIgnored = ignores(texts.get(IGNORE_FILE) ?? '')
  const named = feature?.feature_directory.replace(/^(?:\.\/)+|\/+$/g, '') ?? null
  const isFolder = named !== null && checkShape(named).ok
  const latest = feature === null && isIgnored ? latestFolder(paths) : null
  const options = parsed(texts.get(OPTIONS_FILE), Options)
  const numbering = options?.feature_numbering ?? options?.branch_numbering
  return {
    folder: isFolder ? named : latest,
    isIgnored,
    numbering: numbering === 'timestamp' ? 'timestamp' : 'sequential',
  }
}

/** The file that names a feature. */
export const featureFile = (folder: string): string =>
  `${JSON.stringify({ feature_directory: folder }, null, 2)}\n`

/** The folder of a new feature: the next free number, or the time, and a few of the words it is asked for in. */
export function newFolder(
  words: string,
  paths: readonly string[],
  { numbering }: SpecKitFacts,
  now: number,
): string {
  const numbers = foldersIn(paths).map((folder) => numberOf(folder) ?? 0)
  const next = numbers.reduce((most, number) => Math.max(most, number), 0) + 1
  const prefix = numbering === 'timestamp' ? stampOf(now) : String(next).padStart(3, '0')
  return `specs/${prefix}-${shortName(words)}`
}

/** Two to four telling words, joined by hyphens. */
export function shortName(words: string): string {
  const said =
    words
      .slice(0, 2_000)
      .toLowerCase()
      .normalize('NFKD')
      .match(/[a-z0-9]+/g) ?? []
  const telling = said.filter((word) => word.length > 1 && !EMPTY.has(word))
  const [first, ...others] = telling.length > 0 ? telling : said
  return [first ?? 'feature', ...others.slice(0, 3)].join('-').slice(0, 50).replace(/-+$/, '')
}

const EMPTY = new Set(
  `a an and are as at be build by can could create do for from have i implement in into is it its let make need needs new of on
  or our please should so that the their them they this to us user users want we when which who will with would write you your`.split(
    /\s+/,
  ),
)

function latestFolder(paths: readonly string[]): string | null {
  const numbered = foldersIn(paths).filter((folder) => numberOf(folder) !== null || STAMP.test(folder))
  const rank = (folder: string): number => numberOf(folder) ?? Infinity
  return numbered.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1)).at(-1) ?? null
}

const foldersIn = (paths: readonly string[]): string[] => [
  ...new Set(paths.flatMap((path) => /^specs\/[^/]+(?=\/)/.exec(path)?.[0] ?? [])),
]

const STAMP = /^specs\/\d{8}-\d{6}(?:-|$)/

/** A time is no number to go on from. */
function numberOf(folder: string): number | null {
  const digits = STAMP.test(folder) ? undefined : /^specs\/(\d{3,6})(?:-|$)/.exec(folder)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** `20260131-093000`, as spec-kit writes it; in UTC, because nobody here knows the user's own time. */
function stampOf(now: number): string {
  const [day = '', time = ''] = new Date(now).toISOString().slice(0, 19).split('T')
  return `${day.replaceAll('-', '')}-${time.replaceAll(':', '')}`
}

const ignores = (rules: string): boolean =>
  rules.split('\n').some((rule) => /^\/?(?:feature\.json|\*|\*\.json)\s*$/.test(rule))

function parsed<Schema extends z.ZodType>(text: string | undefined, schema: Schema): z.infer<Schema> | null {
  const read = schema.safeParse(jsonOrNull(text ?? ''))
  return read.success ? read.data : null
}
