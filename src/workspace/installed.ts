import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { systemPath } from '../config.ts'

/** Can this program be run? Looked up on the path, without running it. */
export async function isInstalled(program: string): Promise<boolean> {
  const places = systemPath.split(delimiter).map((folder) => join(folder, program))
  const found = await Promise.all(
    places.map((place) =>
      access(place, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
