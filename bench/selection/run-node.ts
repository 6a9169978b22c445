import { execFile } from 'node:child_process'

/** Runs node on its own, whatever test run this is a part of. A program that ends with an error has answered too. */
export function runNode(args: readonly string[], cwd: string): Promise<{ isGreen: boolean; output: string }> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...args],
      { cwd, env, maxBuffer: 2 ** 27, timeout: 300_000 },
      (error, output) => {
        // a number is how it ended; anything else says that it did not
        if (error && typeof error.code !== 'number') return reject(error)
        resolve({ isGreen: error === null, output })
      },
    )
  })
}
