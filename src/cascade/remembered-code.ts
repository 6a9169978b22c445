import type { FileSymbols } from '../core/code-map/symbols.ts'
import type { Codebase, MappedCode } from './ports.ts'

/** Files whose symbols are remembered; a task rarely looks at more. */
const MOST_FILES = 500

/**
 * The same knowledge for as long as one task lasts: attempts that ask alike are answered alike, and at once. What was found
 * in a hurry, or not in time, is looked for again.
 */
export function rememberedCode(codebase: Codebase): Codebase {
  const maps = new Map<string, MappedCode>()
  const read = new Map<string, { readonly content: string; readonly symbols: FileSymbols }>()
  return {
    ...codebase,
    async map(workspace, wish, signal) {
      const key = JSON.stringify([workspace, wish])
      const known = maps.get(key) ?? (await codebase.map(workspace, wish, signal))
      if (known?.by === 'symbols') maps.set(key, known)
      return known
    },
    async symbols(files, signal) {
      const knownOf = ({ path, content }: (typeof files)[number]): FileSymbols | null => {
        const known = read.get(path)
        return known?.content === content ? known.symbols : null
      }
      const unread = files.filter((file) => knownOf(file) === null)
      const found = unread.length === 0 ? [] : await codebase.symbols(unread, signal)
      if (found === null) return null
      const fresh = new Map(unread.map((file, index) => [file, found[index]!]))
      const all = files.map((file) => fresh.get(file) ?? knownOf(file)!)
      if (read.size + fresh.size > MOST_FILES) read.clear()
      for (const [{ path, content }, symbols] of fresh) read.set(path, { content, symbols })
      return all
    },
  }
}
