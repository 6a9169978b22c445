import { z } from 'zod'
import { jsonOrNull } from '../json.ts'
import type { OfferedTool } from '../offered-tool.ts'
import { onOneLine } from '../one-line.ts'
import { relaxed } from './relaxed-schema.ts'

/** Longest arguments of one call, in characters: a large file with room to spare. */
const LONGEST = 2_000_000
const DEEPEST = 60

export type Arguments = Readonly<Record<string, unknown>>
export type Fit =
  /** `text` is what the client gets, `full` the same with what the schema fills in. */
  | { readonly ok: true; readonly text: string; readonly full: Arguments }
  | { readonly ok: false; readonly why: string }

/** Do these arguments fit the tool that they are for? */
export function fitArguments({ name, parameters }: OfferedTool, text: string): Fit {
  const given = readArguments(text)
  if (given === null) return { ok: false, why: `the arguments for ${name} are no JSON object` }
  const schema = schemaOf(parameters)
  const read = schema.safeParse(given)
  if (read.success) return { ok: true, text: asGiven(text, given), full: filledIn(read.data, given) }
  // models write null for what they leave out
  const meant = withoutIdleNulls(given, parameters)
  const again = schema.safeParse(meant)
  if (again.success) return { ok: true, text: JSON.stringify(meant), full: filledIn(again.data, meant) }
  const { path, message } = read.error.issues[0]!
  const why = `the arguments for ${name} do not fit: ${[...path, message].join(' ')}`
  return { ok: false, why: onOneLine(why, 200) }
}

/** An empty text is what a call without arguments looks like on many servers; some encode the object twice. */
function readArguments(text: string): Arguments | null {
  if (text.length > LONGEST) return null
  const once = text.trim() === '' ? {} : jsonOrNull(text)
  const value = typeof once === 'string' ? jsonOrNull(once) : once
  return isArguments(value) && isShallow(value, DEEPEST) ? value : null
}

const isArguments = (value: unknown): value is Arguments =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isShallow(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return left > 0 && Object.values(value).every((part) => isShallow(part, left - 1))
}

const asGiven = (text: string, value: Arguments): string =>
  text.trimStart().startsWith('{') ? text : JSON.stringify(value)

const filledIn = (read: unknown, given: Arguments): Arguments => (isArguments(read) ? read : given)

function schemaOf(parameters: OfferedTool['parameters']): z.ZodType {
  try {
    return z.fromJSONSchema(relaxed(parameters))
  } catch {
    // a schema that cannot be read says nothing: then any object fits
    return z.unknown()
  }
}

function withoutIdleNulls(given: Arguments, { required }: OfferedTool['parameters']): Arguments {
  const needed: readonly unknown[] = Array.isArray(required) ? required : []
  return Object.fromEntries(
    Object.entries(given).filter(([key, value]) => value !== null || needed.includes(key)),
  )
}
