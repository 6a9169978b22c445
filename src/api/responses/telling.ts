import { unreachable } from '../../core/errors.ts'
import { pieces } from '../sse.ts'
import { openCall, openMessage, openThoughts, type EventBody, type OpenItem } from './items.ts'
import { responseObject, type Head, type ResponseObject } from './object.ts'
import type { End, Piece } from './piece.ts'

/** A response as it grows: each piece becomes numbered events, and all of them together the object. */
export type Telling = {
  begin(): string[]
  tell(piece: Piece): string[]
  object(): ResponseObject
}

type Entry = {
  readonly open: OpenItem
  readonly kind: 'thought' | 'text' | 'call'
  status: 'in_progress' | 'completed' | 'incomplete'
}
type Lifecycle = { type: `response.${string}`; response: ResponseObject }
/** Not in the published schema, but OpenAI sends it too: its SDK knows the type, others skip what they do not know. */
type KeepAlive = { type: 'keepalive' }

/** Starts a response that nothing has been told of yet. */
export function createTelling(head: Head): Telling {
  const entries: Entry[] = []
  const calls = new Map<number, Entry>()
  let end: End | null = null
  let sequence = 0

  return { begin, tell, object }

  function begin(): string[] {
    return events([
      { type: 'response.created', response: object() },
      { type: 'response.in_progress', response: object() },
    ])
  }

  function tell(piece: Piece): string[] {
    switch (piece.kind) {
      case 'beat':
        return events([{ type: 'keepalive' }])
      case 'thought':
      case 'text':
        return tellText(piece)
      case 'call':
        return tellCall(piece)
      case 'end':
        return tellEnd(piece.end)
      default:
        return unreachable(piece)
    }
  }

  function tellText({ kind, text }: { kind: 'thought' | 'text'; text: string }): string[] {
    if (text === '') return []
    const last = entries.at(-1)
    if (last?.kind === kind) return grow(last, text)
    const index = entries.length
    const open =
      kind === 'text' ? openMessage(itemId('msg', index), index) : openThoughts(itemId('rs', index), index)
    return [...closeTexts(), ...enter({ open, kind, status: 'in_progress' }), ...grow(entries[index]!, text)]
  }

  function tellCall({ call, id, name, text }: Extract<Piece, { kind: 'call' }>): string[] {
    const known = calls.get(call)
    if (known) return grow(known, text)
    const index = entries.length
    const entry: Entry = {
      open: openCall(itemId('fc', index), index, { id, name }),
      kind: 'call',
      status: 'in_progress',
    }
    calls.set(call, entry)
    return [...closeTexts(), ...enter(entry), ...grow(entry, text)]
  }

  /** What broke off is left open: clients keep the items that are done, and would keep half of one for whole. */
  function tellEnd(how: End): string[] {
    const closing = how.status === 'failed' ? [] : close(entries, how.status)
    end = how
    return [...closing, ...events([{ type: `response.${how.status}`, response: object() }])]
  }

  function enter(entry: Entry): string[] {
    entries.push(entry)
    return events(entry.open.begin())
  }

  function grow({ open }: Entry, text: string): string[] {
    return Array.from(pieces(text)).flatMap((piece) => events([open.add(piece)]))
  }

  /** Words end where other words or a call begin; calls may grow side by side. */
  function closeTexts(): string[] {
    return close(
      entries.filter(({ kind }) => kind !== 'call'),
      'completed',
    )
  }

  function close(which: readonly Entry[], status: 'completed' | 'incomplete'): string[] {
    return which
      .filter((entry) => entry.status === 'in_progress')
      .flatMap((entry) => {
        entry.status = status
        return events(entry.open.end(status))
      })
  }

  function object(): ResponseObject {
    const ended = end !== null
    const output = entries.map(({ open, status }) =>
      open.item(ended && status === 'in_progress' ? 'incomplete' : status),
    )
    return responseObject(head, output, end)
  }

  function itemId(prefix: string, index: number): string {
    return `${prefix}_${head.id.replace(/^resp_/, '')}_${index}`
  }

  function events(bodies: readonly (EventBody | Lifecycle | KeepAlive)[]): string[] {
    return bodies.map((body) => {
      const line = named(body, sequence)
      sequence += 1
      return line
    })
  }
}

/** Named, unlike chat's: this protocol's clients expect the type in both places. */
const named = (event: { type: string }, sequence_number: number): string =>
  `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`
