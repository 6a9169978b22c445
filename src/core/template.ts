import { z } from 'zod'

/** The contract a prompt states about itself in its front matter. */
const FrontMatter = z.strictObject({
  /** What its answer is: prose or code, one JSON object, or a single letter. */
  output: z.enum(['text', 'json', 'letter']),
  temperature: z.coerce.number().min(0).max(2),
  max_tokens: z.coerce.number().int().min(1),
})

export type Template = {
  readonly output: 'text' | 'json' | 'letter'
  readonly temperature: number
  readonly maxTokens: number
  readonly system: string
  readonly user: string
}

/**
 * Reads a prompt file:
 *
 *     ---
 *     output: json
 *     temperature: 0.2
 *     max_tokens: 2000
 *     ---
 *     ## system
 *     You plan changes to a code base.
 *     ## user
 *     The request: {{request}}
 *
 * Both parts are required, in this order; other headings are part of the text. Throws on anything else.
 */
export function parseTemplate(source: string): Template {
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  const end = lines.indexOf('---', 1)
  if (lines[0] !== '---' || end === -1)
    throw new Error('a prompt begins with front matter between two lines of ---')
  const { output, temperature, max_tokens: maxTokens } = readFrontMatter(lines.slice(1, end))
  const { system, user } = splitParts(lines.slice(end + 1))
  refuseBadBraces(`${system}\n${user}`)
  return { output, temperature, maxTokens, system, user }
}

/** Fills the placeholders. Throws when a value is missing or nothing asks for one; values are put in as they are. */
export function renderTemplate(
  template: Template,
  values: Readonly<Record<string, string>>,
): { system: string; user: string } {
  const wanted = new Set([...namesIn(template.system), ...namesIn(template.user)])
  const missing = [...wanted].filter((name) => !Object.hasOwn(values, name))
  if (missing.length > 0) throw new Error(`the prompt needs a value for ${missing.join(', ')}`)
  const unknown = Object.keys(values).filter((name) => !wanted.has(name))
  if (unknown.length > 0) throw new Error(`the prompt has no placeholder for ${unknown.join(', ')}`)
  return { system: fill(template.system, values), user: fill(template.user, values) }
}

/** Flat `key: value` lines; blank lines are skipped. */
function readFrontMatter(lines: readonly string[]): z.infer<typeof FrontMatter> {
  const pairs = new Map<string, string>()
  for (const line of lines) {
    if (line.trim() === '') continue
    const [, key, value] = /^(\w+):\s*(\S.*?)\s*$/.exec(line) ?? []
    if (key === undefined || value === undefined)
      throw new Error(`not a front matter line "key: value": ${line}`)
    if (pairs.has(key)) throw new Error(`the front matter names ${key} twice`)
    pairs.set(key, value)
  }
  const checked = FrontMatter.safeParse(Object.fromEntries(pairs))
  if (!checked.success) throw new Error(`bad front matter: ${z.prettifyError(checked.error)}`)
  return checked.data
}

function splitParts(lines: readonly string[]): { system: string; user: string } {
  const system = lines.indexOf('## system')
  const user = lines.indexOf('## user')
  const once = lines.lastIndexOf('## system') === system && lines.lastIndexOf('## user') === user
  if (system === -1 || user < system || !once) {
    throw new Error('a prompt has one line "## system" and after it one line "## user"')
  }
  if (lines.slice(0, system).some((line) => line.trim() !== '')) {
    throw new Error('a prompt has no text between its front matter and "## system"')
  }
  const parts = { system: joined(lines.slice(system + 1, user)), user: joined(lines.slice(user + 1)) }
  if (parts.system === '' || parts.user === '')
    throw new Error('a prompt says something in both of its parts')
  return parts
}

const joined = (lines: readonly string[]): string => lines.join('\n').trim()

const PLACEHOLDER = /\{\{([a-zA-Z]\w*)\}\}/g

const namesIn = (text: string): string[] => [...text.matchAll(PLACEHOLDER)].map(([, name]) => name!)

/** One pass over the template's own text: a value that looks like a placeholder, or holds a `$&`, stays as it is. */
const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(PLACEHOLDER, (_, name: string) => values[name]!)

/** `{{ name }}` would go to the model as it stands, and nobody would notice. (`}}` alone ends many a JSON example.) */
function refuseBadBraces(text: string): void {
  const rest = text.replace(PLACEHOLDER, '')
  const at = rest.indexOf('{{')
  if (at !== -1) throw new Error(`a placeholder is written {{name}}, not: ${rest.slice(at, at + 30)}`)
}
