import { type CommandLine, hasOption, splitArguments, without } from './command-line.ts'
import { cacheFile, type Quick } from './draft.ts'
import { quickFiles, type Tool } from './node-tool.ts'

/** TypeScript remembers what it checked. */
export const tsc: Tool = ({ args }, { kind, folder }) => {
  // a compiler that writes files would leave out those it believes to be there still
  const onlyChecks = kind === 'typecheck' || args.includes('--noEmit')
  if (!onlyChecks || hasOption(args, '-b', '--build', '--incremental', '--tsBuildInfoFile')) return {}
  return { args: ['--incremental', '--tsBuildInfoFile', cacheFile(kind, folder, 'tsbuildinfo')] }
}

/** ESLint remembers files it found nothing in, and is kept from repairing what it is to judge. */
export const eslint: Tool = (call, { kind, folder, eslint }) => {
  const { args } = call
  // a cache that knows only the one file would answer for rules that look into others
  const isCached = !eslint.crossesFiles && !hasOption(args, '--cache', '--cache-location', '--cache-file')
  const cache = [
    '--cache',
    '--cache-strategy',
    'content',
    '--cache-location',
    cacheFile(kind, folder, 'eslint'),
  ]
  return {
    args: [...(isCached ? cache : []), ...(hasOption(args, '--fix') ? ['--no-fix'] : [])],
    // the old configuration takes a file that is named for JavaScript, whatever it is
    quick: eslint.isFlat ? quickLint(call, [], ESLINT_VALUES) : null,
  }
}

export const oxlint: Tool = (call) => ({ quick: quickLint(call, [], OXLINT_VALUES) })

export const biome: Tool = ({ program, args: [action = '', ...args], isAlone }) => {
  if (!['check', 'lint', 'ci'].includes(action)) return {}
  const quick = quickLint({ program, args, isAlone }, [action, '--no-errors-on-unmatched'], BIOME_VALUES)
  return {
    // it would keep all but the first twenty findings to itself
    args: hasOption(args, '--max-diagnostics') ? [] : ['--max-diagnostics=200'],
    quick: action === 'ci' ? null : quick,
  }
}

/** Only where the script takes in all of its folder: else it may leave out the very files that changed. */
function quickLint(
  { program, args, isAlone }: CommandLine,
  first: readonly string[],
  values: readonly string[],
): Quick | null {
  const { options, paths } = splitArguments(args, values)
  if (!isAlone || paths.some((path) => path !== '.' && path !== './')) return null
  return quickFiles([program, ...first, ...without(options, '--fix', '--write', '--cache')])
}

/** Options that take the next word as their value. */
const ESLINT_VALUES = [
  '--ext -c --config --max-warnings --ignore-path --ignore-pattern --rule --plugin --parser --parser-options --env',
  '--global --rulesdir --resolve-plugins-relative-to -f --format -o --output-file --flag --concurrency',
  '--cache-location --cache-file --cache-strategy --report-unused-disable-directives-severity',
].flatMap((line) => line.split(' '))
const OXLINT_VALUES = [
  '-A --allow -W --warn -D --deny -c --config --tsconfig --threads --ignore-path --ignore-pattern --max-warnings',
  '-f --format',
].flatMap((line) => line.split(' '))
const BIOME_VALUES = '--config-path --only --skip --reporter --max-diagnostics --diagnostic-level'.split(' ')
