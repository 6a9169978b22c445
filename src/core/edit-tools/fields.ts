import { z } from 'zod'

/** An argument of a tool, as far as its schema can be read without following references. */
export type Field = {
  readonly name: string
  /** The name without its spelling: `oldString`, `old_string` and `OldString` are one. */
  readonly word: string
  readonly type: 'string' | 'array' | 'boolean' | 'other'
  readonly description: string
  /** The values it may have; empty where any will do. */
  readonly choices: readonly string[]
  /** The fields of each item, where it is a list of objects. */
  readonly items: readonly Field[]
  readonly required: boolean
}

const Types = z.union([z.string(), z.array(z.string())])
const Property = z.looseObject({
  type: Types.optional().catch(undefined),
  anyOf: z.array(z.unknown()).optional().catch(undefined),
  oneOf: z.array(z.unknown()).optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  enum: z.array(z.unknown()).optional().catch(undefined),
  items: z.unknown().optional(),
})
const Shape = z.looseObject({
  properties: z.record(z.string(), z.unknown()).catch({}),
  required: z.array(z.string()).optional().catch(undefined),
})

/** The arguments that a JSON schema describes; none where it is not the schema of an object. */
export function fieldsOf(schema: unknown): Field[] {
  const shape = Shape.safeParse(schema)
  if (!shape.success) return []
  const { properties, required = [] } = shape.data
  return Object.entries(properties).flatMap(([name, property]) => {
    const read = Property.safeParse(property)
    return read.success ? [fieldOf(name, read.data, required.includes(name))] : []
  })
}

function fieldOf(name: string, property: z.infer<typeof Property>, required: boolean): Field {
  const { enum: choices = [], description = '' } = property
  return {
    name,
    word: name.toLowerCase().replaceAll(/[^a-z\d]/g, ''),
    type: typeOf(property),
    description,
    choices: choices.filter((choice) => typeof choice === 'string'),
    items: property.items === undefined ? [] : fieldsOf(property.items),
    required,
  }
}

/** What it is when it is there: an argument that may be null or left out has a type beside that. */
function typeOf({ type, anyOf, oneOf, enum: choices }: z.infer<typeof Property>): Field['type'] {
  const branches = (anyOf ?? oneOf ?? []).flatMap((branch) => {
    const read = Property.safeParse(branch)
    return read.success && read.data.type !== undefined ? read.data.type : []
  })
  const types = [...(type === undefined ? branches : [type].flat())].filter((name) => name !== 'null')
  const [only, ...others] = new Set(types)
  if (others.length > 0) return 'other'
  if (only === 'string' || only === 'array' || only === 'boolean') return only
  return only === undefined && choices?.every((choice) => typeof choice === 'string') ? 'string' : 'other'
}
