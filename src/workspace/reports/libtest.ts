import type { Reported } from './read.ts'

const STATUSES: Readonly<Record<string, Reported['status']>> = {
  ok: 'passed',
  FAILED: 'failed',
  ignored: 'skipped',
}

/** What `cargo test` prints: one list of tests for each crate, file of tests and set of examples. */
export function readLibtest(text: string): Reported[] | null {
  const lists = text.split(/^running \d+ tests?$/m).slice(1)
  return lists.length === 0 ? null : lists.flatMap(casesIn)
}

function casesIn(list: string): Reported[] {
  const messages = messagesIn(list)
  return [...list.matchAll(/^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b.*$/gm)].map(
    ([, name, word]): Reported => {
      const status = STATUSES[word!]!
      const message = status === 'failed' ? (messages.get(name!) ?? '') : null
      return { path: [withoutPosition(name!)], status, message }
    },
  )
}

/** An example in the documentation is named by the line it stands in. */
const withoutPosition = (name: string): string => name.replace(/ ?\(line \d+\)/, '')

/** What failed tests said, by name: the line after the panic's place, or the first line there is. */
function messagesIn(list: string): Map<string, string> {
  const blocks = list.split(/^---- (.+) stdout ----$/m).slice(1)
  const messages = new Map<string, string>()
  for (let at = 0; at + 1 < blocks.length; at += 2) {
    const said = blocks[at + 1]!
    const message = /panicked at .*\n(.*)/.exec(said)?.[1] ?? said.trim().split('\n', 1)[0]!
    messages.set(blocks[at]!.replace(/ - should panic$/, ''), message)
  }
  return messages
}
