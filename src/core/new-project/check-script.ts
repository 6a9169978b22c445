import { coversAll, isSource } from './file-cover.ts'
import type { GateKind } from '../task.ts'

/** A script of package.json that is to be a check. */
export type CheckScript = {
  readonly check: GateKind
  readonly name: string
  /** `next` and `vite` are built by their own command. */
  readonly kind: string
  readonly scripts: ReadonlyMap<string, string>
  readonly paths: readonly string[]
}

/** Why a script is no real check; null when it is one: a known tool, on all of the project, whose no is a no. */
export function readScript(script: CheckScript): string | null {
  const commands = commandsOf(script.name, script.scripts, 0)
  if (typeof commands === 'string') return commands
  const tools = TOOLS[script.check]
  const own = commands.filter(([program = '']) => tools.has(program))
  const other = commands.find((command) => !own.includes(command) && !isHarmless(command))
  if (other) return `${JSON.stringify(other.join(' '))} is none of ${[...tools].join(', ')}`
  if (own.length === 0) return `it calls none of ${[...tools].join(', ')}`
  for (const command of own) {
    const soft = command.slice(1).find((argument) => SOFT[script.check].test(argument))
    if (soft !== undefined) return `${soft} keeps ${command[0]} from saying no`
  }
  return RULES[script.check](own, script)
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

const TOOLS: Record<GateKind, ReadonlySet<string>> = {
  lint: words('eslint oxlint biome'),
  typecheck: words('tsc vue-tsc'),
  build: words('next vite tsc tsup tsdown rollup rolldown esbuild'),
  test: words('node vitest jest mocha ava tap'),
}
/** May stand beside any check: formatters, and what makes or checks types. */
const isHarmless = ([program = '', word = '']: readonly string[]): boolean =>
  ['prettier', 'oxfmt', 'tsc'].includes(program) || (program === 'next' && word === 'typegen')

const SOFT: Record<GateKind, RegExp> = {
  lint: /^--?(?:h(?:elp)?|v(?:ersion)?|ignore-pattern|ignore-path|no-config-lookup|no-eslintrc|config|c|rule|rulesdir|pass-on-no-patterns|no-error-on-unmatched-pattern|allow|A|only|skip|suppress-all|suppress-rule|print-config|inspect-config|init|exit-on-fatal-error|stdin)(?:=.*)?$/,
  typecheck:
    /^--?(?:h(?:elp)?|v(?:ersion)?|all|init|noCheck|showConfig|listFilesOnly|strict|noImplicitAny|clean|watch|w|dry|ignoreConfig)$/i,
  build:
    /^--?(?:h(?:elp)?|v(?:ersion)?|no-lint|noCheck|experimental-\S+|debug-prerender|watch|w|app|config|c|mode|m)$/i,
  test: /^--?(?:h(?:elp)?|v(?:ersion)?|e(?:val)?|p(?:rint)?|pass-?with-?no-?tests|test-only|only|if-present|watch|w|u(?:pdate)?|updateSnapshot|list\S*)(?:=.*)?$/i,
}

const RULES: Record<
  GateKind,
  (commands: readonly (readonly string[])[], script: CheckScript) => string | null
> = {
  lint(commands, { paths }) {
    const looksAtAll = commands.some((command) => {
      const places = command
        .slice(1)
        .filter((word) => !word.startsWith('-') && !/^(?:check|lint|ci|\d+)$/.test(word))
      return coversAll(places.length === 0 ? ['.'] : places, paths.filter(isSource))
    })
    return looksAtAll ? null : 'it does not look at all of the project: use "."'
  },
  typecheck(commands) {
    const named = commands.flat().find((word) => /\.[cm]?[jt]sx?$/.test(word))
    return named === undefined ? null : `with ${named} named, tsc does not read tsconfig.json`
  },
  build(commands, { kind }) {
    if (kind !== 'next' && kind !== 'vite') return null
    const builds = commands.some(([program, word]) => program === kind && word === 'build')
    return builds ? null : `it does not call "${kind} build"`
  },
  test(commands) {
    const runsTests = commands.some(([program, ...rest]) => program !== 'node' || rest.includes('--test'))
    return runsTests ? null : 'node runs tests with --test'
  },
}

/** The commands of a script, those of scripts it calls put in their place; or why that cannot be told. */
function commandsOf(name: string, scripts: ReadonlyMap<string, string>, depth: number): string[][] | string {
  const text = scripts.get(name)
  if (text === undefined) return `there is no script "${name}"`
  if (depth > DEEPEST) return 'scripts call one another in a circle'
  const shell = /\|\||[;|<>`$\\\n]|(?<!&)&(?!&)|\bexit\b|^\s*!|(?:^|&&)\s*(?:&&|$)/.exec(text)
  if (shell) return `only commands joined by "&&" can be followed, not ${JSON.stringify(shell[0])}`
  const found: string[][] = []
  for (const part of text.split('&&')) {
    const command = part
      .trim()
      .split(/\s+/)
      .map((word) => word.replaceAll(/["']/g, ''))
    const [program = ''] = command
    if (program.includes('=')) return `${program} changes what a check is told; set nothing`
    const called = calledScript(command)
    const inner = called === null ? [withoutRunner(command)] : commandsOf(called, scripts, depth + 1)
    if (typeof inner === 'string') return inner
    found.push(...inner)
  }
  return found
}

const DEEPEST = 4

function calledScript(command: readonly string[]): string | null {
  const [program = '', word = '', name = ''] = command
  if (command.length !== 3) return null
  const runs =
    (program === 'node' && word === '--run') || (/^(?:npm|pnpm|yarn|bun)$/.test(program) && word === 'run')
  return runs ? name : null
}

const withoutRunner = (command: readonly string[]): string[] =>
  /^(?:npx|bunx)$/.test(command[0] ?? '') ? command.slice(1) : [...command]
