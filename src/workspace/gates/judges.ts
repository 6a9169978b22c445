import { z } from 'zod'
import type { Gate } from '../../core/task.ts'
import { within } from './facts.ts'

const Scripts = z.object({ scripts: z.record(z.string(), z.string()) })

/** Files of the project that its own checks run: named in their commands, or in the scripts that these call. */
export function judgesIn(
  gates: readonly Gate[],
  files: ReadonlySet<string>,
  read: (path: string) => string | undefined,
): Set<string> {
  const named = gates.flatMap(({ command, folder }) => {
    const scripts = scriptsIn(read(within(folder, 'package.json')))
    return [...wordsOf(command.join(' '), scripts)].map((word) => within(folder, word.replace(/^\.\//, '')))
  })
  return new Set(named.filter((path) => files.has(path)))
}

/** The words of a command, and of all scripts that are called by one of them. */
function wordsOf(command: string, scripts: ReadonlyMap<string, string>): Set<string> {
  const words = new Set<string>()
  const open = [command]
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const word of text.split(/[\s'"`;&|()=]+/)) {
      if (words.has(word)) continue
      words.add(word)
      // npm runs these two around it
      open.push(...[word, `pre${word}`, `post${word}`].flatMap((name) => scripts.get(name) ?? []))
    }
  }
  return words
}

function scriptsIn(text: string | undefined): ReadonlyMap<string, string> {
  try {
    const read = Scripts.safeParse(JSON.parse(text ?? 'null'))
    return new Map(read.success ? Object.entries(read.data.scripts) : [])
  } catch {
    // npm itself would refuse it: no scripts to run
    return new Map()
  }
}
