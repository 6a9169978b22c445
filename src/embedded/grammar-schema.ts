import { z } from 'zod'

/** A JSON schema, or a part of one. */
const Part = z.record(z.string(), z.unknown())
type Part = z.infer<typeof Part>

/** A request's schema is bounded by its size; this bounds how deep it may go. */
const DEEPEST = 32

/**
 * A schema as node-llama-cpp holds a model to it. It knows `oneOf` and no `anyOf`, leaves out the bounds of a string that
 * may also be null, and makes `null` of what it does not know. Null when there is nothing in it that could be held.
 */
export function grammarSchema(schema: unknown, depth = 0): Part | null {
  const part = Part.safeParse(schema)
  if (!part.success || depth > DEEPEST) return null
  const { anyOf, oneOf, type, ...rest } = part.data
  const branches = oneOf ?? anyOf
  if (Array.isArray(branches)) return oneOfThese(branches, rest, depth)
  if (Array.isArray(type))
    return oneOfThese(
      type.map((one: unknown) => ({ ...rest, type: one })),
      {},
      depth,
    )
  return single({ ...rest, ...(type === undefined ? {} : { type }) }, depth)
}

const KNOWN = ['type', 'enum', 'const', '$ref']

function single(part: Part, depth: number): Part | null {
  if (!KNOWN.some((key) => key in part)) return null
  const { properties, items, $defs, additionalProperties, ...rest } = part
  const inside = {
    ...(properties === undefined ? {} : { properties: each(properties, depth) }),
    ...(items === undefined ? {} : { items: grammarSchema(items, depth + 1) }),
    ...($defs === undefined ? {} : { $defs: each($defs, depth) }),
    // a schema of further properties is not asked for by anyone; false is its default
    ...(additionalProperties === undefined ? {} : { additionalProperties: false }),
  }
  return Object.values(inside).includes(null) ? null : { ...rest, ...inside }
}

function each(parts: unknown, depth: number): Part | null {
  const named = Part.safeParse(parts)
  if (!named.success) return null
  const held = Object.entries(named.data).map(
    ([name, part]) => [name, grammarSchema(part, depth + 1)] as const,
  )
  return held.some(([, part]) => part === null) ? null : Object.fromEntries(held)
}

function oneOfThese(branches: readonly unknown[], { $defs }: Part, depth: number): Part | null {
  const held = branches.map((branch) => grammarSchema(branch, depth + 1))
  if (held.includes(null)) return null
  return { oneOf: held, ...($defs === undefined ? {} : { $defs: each($defs, depth) }) }
}
