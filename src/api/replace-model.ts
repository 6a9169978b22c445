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
      if (depth === 1 && key === null) key = String(JSON.parse(json.slice(index, to)))
      else if (depth === 1 && key === 'model') yield { from: index, to }
      index = to - 1
    }
  }
}

function endOfString(json: string, from: number): number {
  let index = from + 1
  while (json[index] !== '"') index += json[index] === '\\' ? 2 : 1
  return index + 1
}
