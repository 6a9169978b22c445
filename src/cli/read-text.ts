import { readFile } from 'node:fs/promises'
import { SwarmError } from '../core/errors.ts'

/** A file somebody named on the command line. Throws 'bad-request' when it cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new SwarmError('bad-request', `${path} cannot be read: check the path and its rights`, {
      cause: error,
    })
  }
}
