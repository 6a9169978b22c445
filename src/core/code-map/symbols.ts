import { z } from 'zod'
import type { TextWords } from './text-words.ts'

/** What a definition is, in words that fit every language here. */
export const SymbolKind = z.enum([
  'function',
  'method',
  'class',
  'interface',
  'type',
  'enum',
  'constant',
  'module',
  'macro',
  'heading',
])
export type SymbolKind = z.infer<typeof SymbolKind>

/** A name that a file defines: on which lines, counted from 1, and how it is declared, in one line. */
export const Definition = z.object({
  name: z.string(),
  kind: SymbolKind,
  line: z.int(),
  end: z.int(),
  signature: z.string(),
})
export type Definition = z.infer<typeof Definition>

/** A schema for each of ten thousand definitions, and a hundred thousand numbers, would take longer than all the rest of reading them. */
function areDefinitions(value: unknown): boolean {
  return Array.isArray(value) && value.every(isDefinition)
}

function isDefinition(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { name, kind, line, end, signature }: Partial<Record<keyof Definition, unknown>> = value
  if (typeof name !== 'string' || typeof signature !== 'string') return false
  return KINDS.has(kind) && Number.isSafeInteger(line) && Number.isSafeInteger(end)
}
const KINDS: ReadonlySet<unknown> = new Set(SymbolKind.options)

function isReferences(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  return value.every((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length !== 2) return false
    const [name, lines]: unknown[] = entry
    return typeof name === 'string' && Array.isArray(lines) && lines.every(Number.isSafeInteger)
  })
}

/** What a file defines, and the names it uses, each as `usedAs` writes it, with the lines it uses them on. */
export const FileSymbols = z.object({
  definitions: z.custom<Definition[]>(areDefinitions, 'definitions are expected'),
  references: z.custom<[string, number[]][]>(isReferences, 'names with their lines are expected'),
})
export type FileSymbols = z.infer<typeof FileSymbols>

/** A name as it is used: a member of something, or by itself. `list.join` has nothing to do with a function `join`. */
export const usedAs = (name: string, isMember: boolean): string => (isMember ? `.${name}` : name)

/** A file of a code base, as the map knows it; `words`: where somebody has read more of it than its names. */
export type MappedFile = {
  readonly path: string
  readonly symbols: FileSymbols
  readonly words?: TextWords
}

/** No more of one file is kept: what is larger was not written by hand. */
export const MOST_DEFINITIONS = 2_000
export const MOST_NAMES = 5_000
/** Lines kept of one name's uses in one file. */
export const MOST_USES = 50
export const LONGEST_NAME = 100
export const LONGEST_SIGNATURE = 160
