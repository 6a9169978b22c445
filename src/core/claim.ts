import { isSurelyOurs, readCallId } from './edit-tools/call-id.ts'

/** A turn of a conversation, and the ids of the tool calls it makes or answers. */
export type ClaimTurn = { readonly role: string; readonly text: string; readonly calls: readonly string[] }

/** What a conversation says of a task that delivered a change in it; whether that is so is for others to find out. */
export type Claim = {
  readonly task: string
  /** The beginning of its receipt's hash, as the answer told it; null where a tool call is all there is. */
  readonly seal: string | null
  /** false: another server's words or ids may look like this by chance. */
  readonly isSure: boolean
}

/** The deliveries a conversation tells of, the last first: by our line of evidence, or by the calls that handed them over. */
export function* claimsIn(turns: readonly ClaimTurn[]): Generator<Claim, void, void> {
  for (const { role, text, calls } of turns.toReversed()) {
    if (role !== 'assistant' && role !== 'tool') continue
    const told = role === 'assistant' ? [...text.matchAll(EVIDENCE)].at(-1) : undefined
    if (told) yield { task: told[1]!, seal: told[2] ?? null, isSure: true }
    for (const id of calls.toReversed()) {
      const read = readCallId(id)
      if (read) yield { task: read.taskId, seal: null, isSure: isSurelyOurs(id) }
    }
  }
}

const EVIDENCE = /^Evidence: (?:verified|unverified)\b.* · task (\S+)(?: · receipt ([0-9a-f]{12}))?/gm
