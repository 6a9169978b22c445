import { hasOption, splitArguments, without } from './command-line.ts'
import { quickFiles, type Tool } from './node-tool.ts'

/** Vitest runs once, tells its results, and knows which tests a file concerns. */
export const vitest: Tool = ({ args, isAlone }) => {
  const { options, paths } = splitArguments(args, VITEST_VALUES)
  const [action, ...filters] = paths
  if ((action !== undefined && action !== 'run') || hasOption(args, '--outputFile', '--watch', '-w', '--ui'))
    return {}
  const isOnce = action === 'run' || options.includes('--run')
  const report = ['--reporter=default', '--reporter=junit', '--outputFile.junit={report}']
  const kept = without(options, '--run', '--coverage')
  return {
    args: [...(isOnce ? [] : ['--run']), ...report],
    report: 'junit',
    quick:
      isAlone && filters.length === 0 ? quickFiles(['vitest', 'related', '--run', ...kept, ...report]) : null,
  }
}

/** Jest tells its results as JSON, and knows which tests a file concerns. */
export const jest: Tool = ({ args, isAlone }) => {
  const { options, paths } = splitArguments(args, JEST_VALUES)
  if (hasOption(args, '--json', '--outputFile', '--watch', '--watchAll')) return {}
  const report = ['--json', '--outputFile={report}']
  const kept = without(options, '--coverage')
  const related = ['jest', ...kept, ...report, '--passWithNoTests', '--findRelatedTests']
  return { args: report, report: 'jest', quick: isAlone && paths.length === 0 ? quickFiles(related) : null }
}

export const bun: Tool = ({ args }) =>
  args[0] === 'test' && !hasOption(args, '--reporter', '--reporter-outfile', '--watch')
    ? { args: ['--reporter=junit', '--reporter-outfile={report}'], report: 'junit' }
    : {}

/** Options that take the next word as their value. */
const VITEST_VALUES = [
  '-c --config -r --root --dir --project --environment --pool --mode --reporter -t --testNamePattern',
  '--testTimeout --maxWorkers --exclude --shard --retry --bail',
].flatMap((line) => line.split(' '))
const JEST_VALUES = [
  '-c --config --rootDir --roots -t --testNamePattern --testTimeout -w --maxWorkers --selectProjects --env',
  '--reporters --testEnvironment --shard --setupFilesAfterEnv',
].flatMap((line) => line.split(' '))
