import { tmpdir } from 'node:os'
import { shell } from '../shell.ts'

/** The version of git that is here; null when there is none. */
export async function gitVersion(signal: AbortSignal): Promise<string | null> {
  const result = await shell(['git', '--version'], { cwd: tmpdir(), environment: {} }, signal)
  return result.exitCode === 0 ? result.stdout.trim().replace('git version ', '') : null
}
