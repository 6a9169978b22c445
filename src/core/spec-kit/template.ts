import { z } from 'zod'
import { jsonOrNull } from '../json.ts'

export const PRESETS_FILE = '.specify/presets/.registry'

const Registry = z.looseObject({
  presets: z.record(
    z.string(),
    z.looseObject({ priority: z.number().nullish(), enabled: z.boolean().nullish() }),
  ),
})

/**
 * Where a template stands: the project's own override, a preset's (the lowest priority number first), an extension's, or
 * spec-kit's own; null where there is none.
 */
export function templateFor(
  name: string,
  paths: readonly string[],
  registry: z.infer<typeof Registry> | null,
): string | null {
  const own = [`.specify/templates/overrides/${name}.md`]
  const core = [`.specify/templates/${name}.md`]
  const presets = inFolder('presets', name, paths).filter(
    (path) => registry?.presets[idOf(path)]?.enabled !== false,
  )
  const rank = (path: string): number => registry?.presets[idOf(path)]?.priority ?? Infinity
  const ranked = presets.toSorted((one, other) => compare(rank(one), rank(other)) || compare(one, other))
  const candidates = [...own, ...ranked, ...inFolder('extensions', name, paths), ...core]
  const existing = new Set(paths)
  return candidates.find((path) => existing.has(path)) ?? null
}

/** What spec-kit has noted of its presets; null where that cannot be read. */
export function readRegistry(text: string | undefined): z.infer<typeof Registry> | null {
  const read = Registry.safeParse(jsonOrNull(text ?? ''))
  return read.success ? read.data : null
}

/** Hidden folders are kept copies. */
const inFolder = (kind: string, name: string, paths: readonly string[]): string[] =>
  paths
    .filter((path) => path.startsWith(`.specify/${kind}/`) && path.endsWith(`/templates/${name}.md`))
    .filter((path) => path.split('/').length === 5 && !idOf(path).startsWith('.'))
    .toSorted(compare)

const idOf = (path: string): string => path.split('/')[2] ?? ''

const compare = <Value extends string | number>(one: Value, other: Value): number =>
  one < other ? -1 : one > other ? 1 : 0
