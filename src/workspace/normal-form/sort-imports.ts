import type { StaticImport } from 'oxc-parser'

/**
 * The same program with each imported name in a statement of its own, sorted. Imports are hoisted wherever they stand,
 * so they all move to the end. One that only loads its module, or is written in a way that is not known here, keeps its
 * place, and none is moved past it.
 */
export function sortImports(text: string, imports: readonly StaticImport[]): string {
  const runs: Part[][] = [[]]
  let rest = ''
  let at = 0
  for (const statement of imports) {
    const parts = partsOf(text, statement)
    if (parts) runs.at(-1)!.push(...parts)
    // without an origin it comes first in its run
    else runs.push([{ from: '', what: '', source: text.slice(statement.start, statement.end) }])
    // an empty statement keeps what follows from becoming a directive such as 'use strict'
    rest += `${text.slice(at, statement.start)};`
    at = statement.end
  }
  const sorted = runs.flatMap((run) => run.toSorted(byOrigin))
  return [rest + text.slice(at), ...sorted.map(({ source }) => source)].join('\n')
}

/** One imported name. What it is called here comes last, because that is what does not count. */
type Part = { readonly from: string; readonly what: string; readonly source: string }

const byOrigin = (one: Part, other: Part): number =>
  compare(one.from, other.from) || compare(one.what, other.what) || compare(one.source, other.source)

const compare = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1)

/** null where the statement has to stay as it is. */
function partsOf(text: string, { start, end, moduleRequest, entries }: StaticImport): Part[] | null {
  const source = text.slice(start, end)
  if (/^import\s+(?:defer|source)\b/.test(source)) return null
  // without types `import { type A } from 'a'` still loads the module
  if (entries.every(({ isType }) => isType)) return isOfTypes(source) && entries.length > 0 ? [] : null
  const from = JSON.stringify(moduleRequest.value)
  const attributes = text.slice(moduleRequest.end, end).replace(/;\s*$/, '')
  return entries
    .filter(({ isType }) => !isType)
    .map(({ importName: { kind, name, start, end }, localName }) => {
      const what = name === null ? kind : text.slice(start!, end!)
      const binding = {
        Name: `{ ${what} as ${localName.value} }`,
        NamespaceObject: `* as ${localName.value}`,
        Default: localName.value,
      }
      return { from, what, source: `import ${binding[kind]} from ${from}${attributes};` }
    })
}

const isOfTypes = (source: string): boolean => /^import\s+type\b/.test(source)
