/** Lets text through until one of some words has come. What may be the beginning of one is held back. */
export type StopText = {
  /** What may be shown now, and whether a word has come; nothing of it is shown. */
  read(text: string): { shown: string; stopped: boolean }
  /** What was held back, now that nothing follows. */
  rest(): string
}

/** A reader that stops at these words; empty ones stop nothing. */
export function stopAt(words: readonly string[]): StopText {
  const stops = words.filter((word) => word !== '')
  let held = ''
  return {
    read(text) {
      held += text
      const at = firstOf(stops, held)
      const end = at ?? held.length - startedAtEnd(stops, held)
      const shown = held.slice(0, end)
      held = at === null ? held.slice(end) : ''
      return { shown, stopped: at !== null }
    },
    rest() {
      const rest = held
      held = ''
      return rest
    },
  }
}

function firstOf(stops: readonly string[], text: string): number | null {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0)
  return places.length === 0 ? null : Math.min(...places)
}

/** How many characters at the end may be the beginning of a stop. */
const startedAtEnd = (stops: readonly string[], text: string): number =>
  Math.max(0, ...stops.map((stop) => overlap(stop, text)))

function overlap(stop: string, text: string): number {
  for (let length = Math.min(stop.length - 1, text.length); length > 0; length -= 1)
    if (text.endsWith(stop.slice(0, length))) return length
  return 0
}
