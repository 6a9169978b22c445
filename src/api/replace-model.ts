import { jsonOrNull } from '../core/json.ts'

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
  }
  return changed + json.slice(kept)
}

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
    const letter = json[index]
    if (letter === '{' || letter === '[') depth += 1
    else if (letter === '}' || letter === ']') depth -= 1
    else if (letter === ',') key = null
    else if (letter === '"') {
      const to = endOfString(json, index)
      if (depth === 1 && key === null) key = String(jsonOrNull(json.slice(index, to)))
      else if (depth === 1 && key === 'model') yield { from: index, to }
      index = to - 1
    }
  }
}

function endOfString(json: string, from: number): number {
  let index = from + 1
  // a text that breaks off has no closing quote
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1
  return index + 1
}
