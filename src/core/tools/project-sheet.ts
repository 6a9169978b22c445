import { z } from 'zod'
import { jsonOrNull } from '../json.ts'
import { onOneLine } from '../one-line.ts'

export type SizedFile = { readonly path: string; readonly bytes: number }

/** How much there is of each kind of file, the most first. */
export function languagesOf(files: readonly SizedFile[]): string[] {
  const sums = new Map<string, { files: number; bytes: number }>()
  for (const { path, bytes } of files) {
    const name = /\.(\w{1,10})$/.exec(path)?.[1]?.toLowerCase() ?? 'no ending'
    const sum = sums.get(name) ?? { files: 0, bytes: 0 }
    sums.set(name, { files: sum.files + 1, bytes: sum.bytes + bytes })
  }
  return [...sums]
    .toSorted(([, one], [, other]) => other.bytes - one.bytes)
    .slice(0, MOST_KINDS)
    .map(([name, { files, bytes }]) => `${NAMES[name] ?? name}: ${files} files, ${sizeOf(bytes)}`)
}

const MOST_KINDS = 12

const NAMES: Readonly<Record<string, string>> = {
  ts: 'TypeScript',
  tsx: 'TypeScript (tsx)',
  js: 'JavaScript',
  mjs: 'JavaScript (mjs)',
  jsx: 'JavaScript (jsx)',
  py: 'Python',
  rs: 'Rust',
  go: 'Go',
  java: 'Java',
  kt: 'Kotlin',
  rb: 'Ruby',
  php: 'PHP',
  cs: 'C#',
  c: 'C',
  h: 'C headers',
  cpp: 'C++',
  md: 'Markdown',
}

export const sizeOf = (bytes: number): string =>
  bytes < 1_000
    ? `${bytes} B`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1_000)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`

/** The largest files by hand: where most of it is. */
export const largestOf = (files: readonly SizedFile[]): string[] =>
  files
    .toSorted((one, other) => other.bytes - one.bytes)
    .slice(0, 10)
    .map(({ path, bytes }) => `${path} ${sizeOf(bytes)}`)

/** Folders at the top, and how many files are in each. */
export function foldersOf(files: readonly SizedFile[]): string[] {
  const counts = new Map<string, number>()
  for (const { path } of files) {
    const folder = path.includes('/') ? `${path.slice(0, path.indexOf('/'))}/` : '(top)'
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, 20)
    .map(([folder, count]) => `${folder} ${count}`)
}

const Words = z.record(z.string(), z.unknown()).catch({})
const Manifest = z.looseObject({ scripts: Words, bin: z.unknown().optional(), main: z.unknown().optional() })

/** What a manifest says can be run. */
export function scriptsIn(path: string, text: string): string[] {
  if (path.endsWith('package.json')) {
    const { scripts = {} } = Manifest.safeParse(jsonOrNull(text)).data ?? {}
    return texts(scripts).map(([name, command]) => `${path}: ${name} = ${command}`)
  }
  const pattern = /(?:^|\/)(?:gnu)?makefile$/i.test(path) ? TARGET : null
  if (pattern === null) return []
  const names = text.split('\n').flatMap((line) => pattern.exec(line.slice(0, 200))?.[1] ?? [])
  return [...new Set(names)].slice(0, 30).map((name) => `${path}: make ${name}`)
}

const TARGET = /^([A-Za-z][\w-]{0,60})\s{0,4}:(?!=)/

/** Where a program begins, as the manifest says it, or as files are commonly named. */
export function entryPoints(paths: readonly string[], manifests: ReadonlyMap<string, string>): string[] {
  const declared = Array.from(manifests).flatMap(([path, text]) => {
    if (!path.endsWith('package.json')) return []
    const { bin, main } = Manifest.safeParse(jsonOrNull(text)).data ?? {}
    const bins = typeof bin === 'string' ? [bin] : texts(Words.parse(bin ?? {})).map(([, place]) => place)
    return [...bins, ...(typeof main === 'string' ? [main] : [])].map(
      (place) => `${onOneLine(place, 200)} (${path})`,
    )
  })
  const named = paths
    .filter((path) => ENTRY.test(path))
    .toSorted((one, other) => depthOf(one) - depthOf(other))
  return [...declared, ...named].slice(0, 20)
}

const depthOf = (path: string): number => path.split('/').length

const ENTRY =
  /(?:^|\/)(?:main\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|c|cpp)|__main__\.py|manage\.py|(?:server|cli)\.[cm]?[jt]s|lib\.rs)$|^(?:src\/)?(?:index|app)\.[cm]?[jt]sx?$/

const texts = (record: Readonly<Record<string, unknown>>): [string, string][] =>
  Object.entries(record)
    .slice(0, 60)
    .flatMap(([name, value]) =>
      typeof value === 'string' ? [[onOneLine(name, 60), onOneLine(value, 160)] as [string, string]] : [],
    )
