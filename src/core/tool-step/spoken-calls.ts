import { z } from 'zod'
import { jsonOrNull } from '../json.ts'
import type { Offer } from './offer.ts'

export type SpokenCall = { readonly name: string; readonly arguments: string }
export type Spoken =
  | { readonly kind: 'words' }
  | { readonly kind: 'calls'; readonly text: string; readonly calls: readonly SpokenCall[] }
  /** A call was begun, but what was meant is not clear. */
  | { readonly kind: 'unclear' }

/** How models write a call where their server does not read it: Hermes and Qwen, Llama, Mistral, and what we only know to be one. */
const MARKS = [
  '<tool_call',
  '<function=',
  '[TOOL_CALLS]',
  '<|tool',
  '<|python_tag|>',
  '<function_call',
  '<tool_use',
  '<invoke ',
]

/** Could a line that begins like this be the beginning of a call? The line's own indent is left out. */
export const mayMark = (start: string): boolean =>
  MARKS.some((mark) => mark.startsWith(start.slice(0, mark.length)))

/** Does a call begin with this line? */
export const isMarked = (line: string): boolean => MARKS.some((mark) => line.trimStart().startsWith(mark))

/** Calls that were written into the text. In a fence they are an example, unless the fence is all that is left to say. */
export function readSpoken(text: string, offer: Offer): Spoken {
  const at = markAt(text)
  if (at !== null) return readMarked(text.slice(at), text.slice(0, at).trim(), offer)
  const end = lastFence(text)
  const said = end === null ? callIn(text, offer) : callIn(end.body, offer)
  if (said === null) return { kind: 'words' }
  return { kind: 'calls', text: end === null ? '' : end.before.trim(), calls: [said] }
}

const FENCE = /^\s{0,3}(?:`{3,}|~{3,})/

export const isFence = (line: string): boolean => FENCE.test(line)

/** Where the first line with a mark stands outside of fences. */
function markAt(text: string): number | null {
  let at = 0
  let isFenced = false
  for (const line of text.split('\n')) {
    if (isFence(line)) isFenced = !isFenced
    else if (!isFenced && isMarked(line)) return at
    at += line.length + 1
  }
  return null
}

/** A fence that is the last thing in a text. */
function lastFence(text: string): { before: string; body: string } | null {
  const lines = text.trimEnd().split('\n')
  if (!isFence(lines.at(-1) ?? '')) return null
  const opening = lines.slice(0, -1).findLastIndex(isFence)
  if (opening < 0) return null
  return { before: lines.slice(0, opening).join('\n'), body: lines.slice(opening + 1, -1).join('\n') }
}

/** The call that a text of nothing but JSON is; null where it is none of a tool that is offered. */
function callIn(text: string, { tools }: Offer): SpokenCall | null {
  const call = callOf(jsonOrNull(text))
  return call && tools.some(({ name }) => name === call.name) ? call : null
}

function callOf(json: unknown): SpokenCall | null {
  if (typeof json !== 'object' || json === null || !('name' in json) || typeof json.name !== 'string')
    return null
  const given = 'arguments' in json ? json.arguments : 'parameters' in json ? json.parameters : undefined
  if (typeof given === 'string') return { name: json.name, arguments: given }
  if (typeof given !== 'object' || given === null) return null
  return { name: json.name, arguments: JSON.stringify(given) }
}

function readMarked(marked: string, text: string, offer: Offer): Spoken {
  const calls = readList(marked) ?? readTagged(marked, offer)
  return calls === null || calls.length === 0 ? { kind: 'unclear' } : { kind: 'calls', text, calls }
}

/** Mistral's: the mark, and a list of calls. */
function readList(marked: string): SpokenCall[] | null {
  const list = marked.trimStart().startsWith('[TOOL_CALLS]')
    ? jsonOrNull(marked.trim().slice('[TOOL_CALLS]'.length))
    : null
  return Array.isArray(list) ? allOrNone(list.map(callOf)) : null
}

/** Tags around calls, one after another and with nothing else between or behind them. */
function readTagged(marked: string, offer: Offer): SpokenCall[] | null {
  const calls: (SpokenCall | null)[] = []
  for (let rest = marked.trim(); rest !== '' && calls.length < MOST_CALLS;) {
    const tag = TAGS.find(({ opens }) => rest.startsWith(opens))
    if (!tag) return null
    const end = rest.indexOf(tag.closes)
    // the last closing tag is often taken for the end of the answer, and is not there
    const inside = rest.slice(tag.opens.length, end < 0 ? undefined : end)
    calls.push(tag.read(inside.trim(), offer))
    rest = end < 0 ? '' : rest.slice(end + tag.closes.length).trimStart()
  }
  return allOrNone(calls)
}

const MOST_CALLS = 32

type Tag = {
  readonly opens: string
  readonly closes: string
  readonly read: (inside: string, offer: Offer) => SpokenCall | null
}

const TAGS: readonly Tag[] = [
  {
    opens: '<tool_call>',
    closes: '</tool_call>',
    read: (inside, offer) =>
      inside.startsWith('<function=')
        ? readFunction(inside.slice('<function='.length), offer)
        : callOf(jsonOrNull(inside)),
  },
  { opens: '<function=', closes: '</function>', read: readFunction },
]

/** `name>` and the arguments, as JSON or with a tag for each. */
function readFunction(inside: string, offer: Offer): SpokenCall | null {
  const nameEnd = inside.indexOf('>')
  if (nameEnd < 0) return null
  const name = inside.slice(0, nameEnd).trim()
  const closing = inside.lastIndexOf('</function>')
  const body = inside.slice(nameEnd + 1, closing < 0 ? undefined : closing).trim()
  if (body.startsWith('{')) return { name, arguments: body }
  const given = readParameters(body, offer.tools.find((tool) => tool.name === name)?.parameters['properties'])
  return given && { name, arguments: JSON.stringify(given) }
}

function readParameters(body: string, properties: unknown): Record<string, unknown> | null {
  const entries: [string, unknown][] = []
  for (let rest = body; rest !== '';) {
    const keyEnd = rest.indexOf('>')
    const end = rest.indexOf('</parameter>')
    if (!rest.startsWith('<parameter=') || keyEnd < 0 || end < keyEnd) return null
    const key = rest.slice('<parameter='.length, keyEnd).trim()
    entries.push([key, valueOf(rest.slice(keyEnd + 1, end), key, properties)])
    rest = rest.slice(end + '</parameter>'.length).trimStart()
  }
  return Object.fromEntries(entries)
}

const Properties = z.record(z.string(), z.looseObject({ type: z.unknown().optional() }).catch({}))

/** A text between tags stands on lines of its own; what the schema does not call a text is JSON. */
function valueOf(between: string, key: string, properties: unknown): unknown {
  const text = between.replace(/^\r?\n/, '').replace(/\r?\n$/, '')
  const read = Properties.safeParse(properties)
  if (read.success && read.data[key]?.type === 'string') return text
  return jsonOrNull(text) ?? text
}

const allOrNone = <Item>(items: readonly (Item | null)[]): Item[] | null => {
  const found = items.filter((item) => item !== null)
  return found.length === items.length ? found : null
}
