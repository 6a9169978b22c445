import { access, constants, realpath } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** A program a cage has to let in. */
export type Program = {
  /** Where it is called. */
  readonly place: string
  /** Where it is, when `place` is a link. */
  readonly real: string
  /** The least that has to be readable for it: its npm package, or the one file. */
  readonly needs: string
}

const NAMES = ['node', 'npm', 'npx', 'corepack', 'pnpm', 'pnpx', 'yarn', 'bun', 'ruff', 'uv']

/** The node that runs us, and on the path package managers and tools of one file, wherever in a home they may be. */
export async function findPrograms(path: string): Promise<Program[]> {
  const places = await Promise.all(NAMES.map((name) => locate(name, path)))
  const known = [process.execPath, ...places].filter((place) => place !== null)
  return Promise.all([...new Set(known)].map(describe))
}

/** The first place on the path where this can be run; null when there is none. */
export async function locate(program: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter((folder) => isAbsolute(folder))) {
    const place = join(folder, program)
    const found = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return place
  }
  return null
}

/** Never the folder around it: `~/.local` or `~/bin` also hold what is nobody's business. */
async function describe(place: string): Promise<Program> {
  const real = await realpath(place)
  return { place, real, needs: packageOf(real) ?? real }
}

const packageOf = (file: string): string | undefined =>
  /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]
