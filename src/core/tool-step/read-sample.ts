import { onOneLine } from '../one-line.ts'
import { withoutThoughts } from '../thoughts.ts'
import { fitArguments } from './fit.ts'
import type { Offer } from './offer.ts'
import { readSpoken, type SpokenCall } from './spoken-calls.ts'
import { voteKey } from './vote-key.ts'

/** What one sample said, to its end. */
export type Heard = {
  readonly text: string
  readonly calls: readonly SpokenCall[]
  /** null: it broke off. */
  readonly finishReason: string | null
}

/** A call that the client can run. */
export type StepCall = { readonly name: string; readonly arguments: string }

export type Vote =
  | {
      readonly kind: 'calls'
      readonly key: string
      readonly text: string
      readonly calls: readonly StepCall[]
    }
  | { readonly kind: 'words'; readonly key: string; readonly text: string }
/** `text`: words that may be shown when nothing better comes. */
export type Malformed = { readonly kind: 'malformed'; readonly why: string; readonly text: string }

/** More calls in one answer are a loop. */
const MOST_CALLS = 32
const WORDS = 'words'

/** What a sample votes for, or why it has no vote. */
export function readSample(heard: Heard, offer: Offer): Vote | Malformed {
  const aloud = withoutThoughts(heard.text)
  const spoken =
    heard.calls.length > 0 ? ({ ...heard, text: aloud, kind: 'calls' } as const) : readSpoken(aloud, offer)
  const broken = brokenOff(heard)
  if (broken !== null) return malformed(broken, spoken.kind === 'words' ? aloud : '')
  if (spoken.kind === 'unclear') return malformed('it wrote a call into its text that cannot be read')
  return spoken.kind === 'words' ? readWords(aloud, offer) : readCalls(spoken, offer)
}

function brokenOff({ finishReason }: Heard): string | null {
  if (finishReason === null) return 'it broke off'
  if (finishReason === 'length') return 'it was cut off at its output limit'
  return finishReason === 'content_filter' ? 'it was stopped by a filter' : null
}

function readWords(text: string, { mustCall }: Offer): Vote | Malformed {
  if (text.trim() === '') return malformed('it said nothing')
  if (mustCall) return malformed('it answered in words where a call is required')
  return { kind: 'words', key: WORDS, text }
}

function readCalls(
  { text, calls }: { text: string; calls: readonly SpokenCall[] },
  offer: Offer,
): Vote | Malformed {
  if (calls.length > MOST_CALLS) return malformed(`it made ${calls.length} calls at once`)
  // who takes one at a time asks for the next one itself
  const taken = offer.parallel ? calls : calls.slice(0, 1)
  const checked: { name: string; arguments: string; full: Readonly<Record<string, unknown>> }[] = []
  for (const call of taken) {
    const tool = offer.tools.find(({ name }) => name === call.name)
    if (!tool) return malformed(`it called ${quoted(call.name)}, which is not offered`)
    const fit = fitArguments(tool, call.arguments)
    if (!fit.ok) return malformed(fit.why)
    checked.push({ name: tool.name, arguments: fit.text, full: fit.full })
  }
  return {
    kind: 'calls',
    key: voteKey(checked),
    text: text.trimEnd(),
    calls: checked.map(({ name, arguments: given }) => ({ name, arguments: given })),
  }
}

const quoted = (name: string): string => JSON.stringify(onOneLine(name, 60))

const malformed = (why: string, text = ''): Malformed => ({ kind: 'malformed', why, text })
