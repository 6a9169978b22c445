/** The command a script ends with. */
export type CommandLine = {
  readonly program: string
  readonly args: readonly string[]
  /** Is it all of the script, with no variables set for it? */
  readonly isAlone: boolean
}

/**
 * Reads a script of package.json as far as it is certain that what is added to its end reaches this program and no other.
 * null where pipes, redirects, or anything else of a shell's makes it uncertain.
 */
export function readCommandLine(script: string): CommandLine | null {
  if (/[|<>`$\\\n(){}]|(?<!&)&(?!&)/.test(script)) return null
  const commands = script.split(/&&|;/).map((command) => command.trim())
  const words = wordsOf(commands.at(-1) ?? '')
  const start = words.findIndex((word, index) => !isSetting(word, index))
  const [program, ...args] = start === -1 ? [] : words.slice(start)
  if (program === undefined || words.some((word) => /['"]/.test(word))) return null
  return { program, args, isAlone: commands.length === 1 && (start === 0 || words[0] === 'npx') }
}

/** Does the word stand before the program: `NODE_ENV=test`, `cross-env`, `npx`? */
const isSetting = (word: string, index: number): boolean =>
  /^\w+=/.test(word) || word === 'cross-env' || (word === 'npx' && index === 0)

/** Words without the quotes that held them together; a quote that stays has no partner. */
const wordsOf = (command: string): string[] =>
  (command.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? []).map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ''),
  )

/** Tells a program's options, with the values they take, from what it is to work on. */
export function splitArguments(
  args: readonly string[],
  withValue: readonly string[],
): { options: string[]; paths: string[] } {
  const isValue = args.map((_, index) => withValue.includes(args[index - 1] ?? ''))
  const isOption = args.map((word, index) => word.startsWith('-') || isValue[index])
  return {
    options: args.filter((_, index) => isOption[index]),
    paths: args.filter((_, index) => !isOption[index]),
  }
}

/** Is one of these options among the arguments, alone, with `=value` or with a part of its own (`--outputFile.junit`)? */
export const hasOption = (args: readonly string[], ...names: readonly string[]): boolean =>
  args.some((word) => names.includes(word.split(/[=.]/)[0] ?? ''))

export const without = (options: readonly string[], ...names: readonly string[]): string[] =>
  options.filter((option) => !names.includes(option))
