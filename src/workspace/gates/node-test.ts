/** Does this script or command run Node's own test runner, and leave it to us how it reports? */
export const runsNodeTests = (script: string): boolean =>
  /(?:^|[\s;&/])(?:node|tsx)\s(?:[^;&|]*\s)?--test(?=\s|$)/.test(script) &&
  !/--test-reporter|NODE_OPTIONS/.test(script)

/** Makes it write its report without a word in the script; what a human reads stays on the terminal. */
export const nodeTestEnvironment: Readonly<Record<string, string>> = {
  NODE_OPTIONS: [
    '--test-reporter=spec --test-reporter-destination=stdout',
    // in quotes, for a path may hold a space
    '--test-reporter=junit --test-reporter-destination="{report}"',
  ].join(' '),
}
