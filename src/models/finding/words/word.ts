/** Where a server is, and the key to it. */
export type Upstream = { readonly url: string; readonly apiKey: string | null }

/** What a server says of one of its models; null where it leaves it open. */
export type Word = {
  readonly sees: boolean | null
  readonly hears: boolean | null
  /** Does it call tools? */
  readonly tools: boolean | null
  /** Tokens that one request may have. */
  readonly window: number | null
  /** Requests it answers at once. */
  readonly slots: number | null
  /** Memory that one token of a context takes. */
  readonly bytesPerToken: number | null
  /** Memory that its weights take, all of it at this moment, and how much of that on the graphics card. */
  readonly bytes: number | null
  readonly held: number | null
  readonly onGraphics: number | null
  /** What its name stands for. */
  readonly alias: string | null
  /** Does it run on somebody else's machine? */
  readonly elsewhere: boolean
  /** What is loaded, and how; another text means that it was loaded anew. Null where nothing is, or nobody says. */
  readonly loaded: string | null
}

/** By the model's name. */
export type Words = ReadonlyMap<string, Word>

/** Everything left open. */
export const NOTHING_SAID: Word = {
  sees: null,
  hears: null,
  tools: null,
  window: null,
  slots: null,
  bytesPerToken: null,
  bytes: null,
  held: null,
  onGraphics: null,
  alias: null,
  elsewhere: false,
  loaded: null,
}

/** Longest wait for a server's word, in milliseconds. */
export const WORD_MS = 3_000

/** What lies beside the OpenAI routes. */
export const rootOf = (url: string): string => url.replace(/\/v1$/, '')
