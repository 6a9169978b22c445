import type { Gate } from '../../core/task.ts'
import { within } from './facts.ts'
import { manifestOf } from './node-package.ts'

/** Files of the project that its own checks run as programs: in their commands, or in the scripts that these call. */
export function judgesIn(
  gates: readonly Gate[],
  files: ReadonlySet<string>,
  read: (path: string) => string | undefined,
): Set<string> {
  const run = gates.flatMap(({ command, folder }) => {
    const scripts = new Map(Object.entries(manifestOf(folder, { read })?.scripts ?? {}))
    return programsOf(command.join(' '), scripts).map((word) => within(folder, word.replace(/^\.\//, '')))
  })
  return new Set(run.filter((path) => files.has(path)))
}

/** What a command runs, and what all the scripts run that it calls. */
function programsOf(command: string, scripts: ReadonlyMap<string, string>): string[] {
  const programs: string[] = []
  const called = new Set<string>()
  const open = [command]
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const words of text.split(/&&|\|\||[;|\n]/).map(wordsOf)) {
      programs.push(...programIn(words))
      // npm runs these two around it
      const names = words.flatMap((word) => [word, `pre${word}`, `post${word}`])
      for (const name of names.filter((name) => scripts.has(name) && !called.has(name))) {
        called.add(name)
        open.push(scripts.get(name)!)
      }
    }
  }
  return programs
}

const wordsOf = (command: string): string[] => command.split(/[\s'"`(){}!]+/).filter((word) => word !== '')

const INTERPRETER = /^(?:node|tsx|bun|deno|sh|bash|zsh|python[\d.]*|ruby|perl)$/

/** The program itself, or what an interpreter is given: options, and what is set before, are none. */
function programIn(words: readonly string[]): string[] {
  const start = words.findIndex((word) => !/^\w+=|^(?:npx|env|cross-env)$/.test(word))
  const [program = '', ...rest] = start === -1 ? [] : words.slice(start)
  const given = INTERPRETER.test(program) ? rest.find((word) => !word.startsWith('-')) : undefined
  return [program, ...(given === undefined ? [] : [given])]
}
