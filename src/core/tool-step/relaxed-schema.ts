/** Deeper than any tool's arguments; what lies below is not looked at. */
const DEEPEST = 24

type Json = Record<string, unknown>

/**
 * A client's JSON schema, with what every reader of schemas agrees on and nothing more. A call must not be refused for a
 * keyword that we do not know, and a client's pattern must not keep the server busy: both are left out, so that only
 * more is let through.
 */
export const relaxed = (schema: unknown): Json => relax(schema, 0)

function relax(schema: unknown, depth: number): Json {
  if (!isObject(schema) || depth > DEEPEST) return {}
  if (typeof schema['$ref'] === 'string')
    return { $ref: schema['$ref'].replace(/^#\/definitions\//, '#/$defs/') }
  const of = (part: unknown): Json => relax(part, depth + 1)
  const kept: Json = {
    ...pick(schema, ['enum', 'const', 'default']),
    ...pick(schema, ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'], isNumber),
    ...typeOf(schema),
    ...definitions(schema, of),
  }
  if (isObject(schema['properties'])) kept['properties'] = mapValues(schema['properties'], of)
  if (Array.isArray(schema['required'])) kept['required'] = schema['required'].filter(isString)
  if (schema['additionalProperties'] === false && !('patternProperties' in schema))
    kept['additionalProperties'] = false
  if (isObject(schema['items'])) kept['items'] = of(schema['items'])
  // a relaxed part may fit where another fits already: one of them is enough
  const choices = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(choices) && !('type' in kept)) kept['anyOf'] = choices.map(of)
  return schema['nullable'] === true ? { anyOf: [kept, { type: 'null' }] } : kept
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

function typeOf(schema: Json): Json {
  const { type } = schema
  if (isString(type)) return TYPES.includes(type) ? { type } : {}
  if (Array.isArray(type)) return type.every((one) => TYPES.includes(one)) ? { type } : {}
  return isObject(schema['properties']) && !('anyOf' in schema) && !('oneOf' in schema)
    ? { type: 'object' }
    : {}
}

function definitions(schema: Json, of: (part: unknown) => Json): Json {
  const found = [schema['definitions'], schema['$defs']].filter(isObject)
  return found.length === 0 ? {} : { $defs: mapValues(Object.assign({}, ...found), of) }
}

const pick = (schema: Json, keys: readonly string[], fits: (value: unknown) => boolean = () => true): Json =>
  Object.fromEntries(
    keys.filter((key) => Object.hasOwn(schema, key) && fits(schema[key])).map((key) => [key, schema[key]]),
  )

const mapValues = (object: Json, map: (value: unknown) => Json): Json =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): boolean => typeof value === 'number'
