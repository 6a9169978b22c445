import { jsonOrNull } from './json.ts'

/**
 * The same JSON text with another `model`: only that value's bytes change, so that what a client sends reaches the
 * upstream as it was, without the cost of writing a large prompt anew.
 */
export function withModel(json: string, model: string): string {
  let changed = ''
  let kept = 0
  for (const { from, to } of modelValues(json)) {
    changed += json.slice(kept, from) + JSON.stringify(model)
    kept = to
    if (!mayHoldAnother(json, to)) break
  }
  return changed + json.slice(kept)
}

/** Could that key stand there once more? Inside a string its quotes would be escaped; a key's own letters may be. */
const mayHoldAnother = (json: string, from: number): boolean =>
  json.includes('"model"', from) || json.includes('\\u00', from)

/** The first `model` of a JSON text, found without reading what follows it; null where there is none. */
export function modelIn(json: string): string | null {
  for (const { from, to } of modelValues(json)) {
    const model = jsonOrNull(json.slice(from, to))
    return typeof model === 'string' ? model : null
  }
  return null
}

/** Where the top-level `model` values stand (JSON allows a key twice, and parsers differ on which counts). */
function* modelValues(json: string): Generator<{ from: number; to: number }, void, void> {
  let depth = 0
  let key: string | null = null
  for (let index = 0; index < json.length; index += 1) {
    switch (json.charCodeAt(index)) {
      case BRACE:
      case BRACKET:
        depth += 1
        break
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        depth -= 1
        break
      case COMMA:
        key = null
        break
      case QUOTE: {
        const to = endOfString(json, index)
        if (depth === 1 && key === null) key = String(jsonOrNull(json.slice(index, to)))
        else if (depth === 1 && key === 'model') yield { from: index, to }
        index = to - 1
      }
    }
  }
}

const [BRACE, BRACKET, CLOSING_BRACE, CLOSING_BRACKET, COMMA, QUOTE, BACKSLASH] = [
  0x7b, 0x5b, 0x7d, 0x5d, 0x2c, 0x22, 0x5c,
]

/** Behind the closing quote, or the end of a text that breaks off. From quote to quote, as most text is between them. */
function endOfString(json: string, from: number): number {
  let quote = json.indexOf('"', from + 1)
  while (quote >= 0 && isEscaped(json, quote)) quote = json.indexOf('"', quote + 1)
  return quote < 0 ? json.length : quote + 1
}

/** Is there an odd number of backslashes before it? The opening quote ends the search at the latest. */
function isEscaped(json: string, quote: number): boolean {
  let at = quote
  while (json.charCodeAt(at - 1) === BACKSLASH) at -= 1
  return (quote - at) % 2 === 1
}
