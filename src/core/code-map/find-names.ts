import { z } from 'zod'
import { keyOf } from './code-graph.ts'
import { Definition, type MappedFile } from './symbols.ts'

/** Where a name is defined and used in a code base. */
export const NamePlaces = z.object({
  name: z.string(),
  definitions: z.array(z.object({ path: z.string(), definition: Definition })),
  uses: z.array(z.object({ path: z.string(), lines: z.array(z.int()) })),
})
export type NamePlaces = z.infer<typeof NamePlaces>

/** Of one name; one with more of them says little. */
const MOST_DEFINITIONS = 12
const MOST_USERS = 40

/** Where these names are defined and used. `.name` is only what is used as a member, `name` either. */
export function findNames(files: readonly MappedFile[], names: readonly string[]): NamePlaces[] {
  const places = new Map(
    names.map((name): [string, NamePlaces] => [name, { name, definitions: [], uses: [] }]),
  )
  for (const { path, symbols } of files) {
    for (const definition of symbols.definitions) {
      for (const place of meant(places, keyOf(definition))) {
        if (place.definitions.length < MOST_DEFINITIONS) place.definitions.push({ path, definition })
      }
    }
    for (const [used, lines] of symbols.references) {
      for (const place of meant(places, used))
        if (place.uses.length < MOST_USERS) place.uses.push({ path, lines })
    }
  }
  return [...places.values()]
}

function meant(places: ReadonlyMap<string, NamePlaces>, key: string): NamePlaces[] {
  const plain = key.replace(/^\./, '')
  const keys = new Set([key, plain])
  // nobody who asks for a name need know whether it is a member
  return [...keys].flatMap((one) => places.get(one) ?? [])
}
