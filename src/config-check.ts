import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'
import { SwarmError } from './core/errors.ts'

/** Where a value stands, so that an error can lead there. */
type Origin = { source: string; name?: (key: string) => string }

/** The value as the schema wants it. Throws 'bad-request' that names the place, the key, the value and the mend. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  origin: Origin,
): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const faults = result.error.issues.map(
    (issue) => `${origin.source}: ${faultOf(issue, schema, value, origin)}`,
  )
  throw new SwarmError('bad-request', faults.join('\n'))
}

/** What a JSON file holds; undefined when it does not exist and need not. */
export function readJson(path: string, { mustExist }: { mustExist: boolean }): unknown {
  if (!mustExist && !existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new SwarmError('bad-request', `${path} cannot be read as JSON: ${why}`, { cause: error })
  }
}

function faultOf(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown, { name }: Origin): string {
  const keys = issue.path.map(String)
  const place = name ? keys.map(name).join('.') : keys.join('.')
  const here = schemaAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), keys)
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => [...keys, key].join('.')).join(', ')
    return `${unknown} is not a setting; there are: ${Object.keys(here?.properties ?? {}).join(', ')}`
  }
  const mend =
    here?.default === undefined ? 'correct it, or leave it out' : `the default is ${shown(here.default)}`
  const given = /key/i.test(keys.at(-1) ?? '') ? 'what it is' : shown(valueAt(value, keys))
  const why = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return `${place || 'the whole'} cannot be ${given}: ${why}; ${mend}`
}

type Node = z.core.JSONSchema.BaseSchema

/** The part of a JSON schema that describes this place. */
function schemaAt(root: Node, keys: readonly string[]): Node | undefined {
  return keys.reduce<Node | undefined>((node, key) => {
    const next = node?.properties?.[key] ?? node?.additionalProperties
    return typeof next === 'object' ? next : undefined
  }, root)
}

const valueAt = (value: unknown, keys: readonly string[]): unknown =>
  keys.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const shown = (value: unknown): string =>
  value === undefined ? 'absent' : JSON.stringify(value).slice(0, 80)
