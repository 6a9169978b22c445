import { join } from 'node:path'
import type { Surroundings, Toolchain } from './find.ts'
import { foldersWith, readableOf, realOf } from './places.ts'

/** The toolchain that rustup would choose for the project, and the crates that were downloaded so far. */
export async function findRust(surroundings: Surroundings): Promise<Toolchain | null> {
  const [crate] = foldersWith(/^Cargo\.toml$/, surroundings.files)
  if (crate === undefined) return null
  // rustup's programs only choose a toolchain: without them no file of rustup's is needed
  const sysroot = await surroundings.ask(['rustc', '--print', 'sysroot'], crate)
  if (sysroot === null) return null
  return {
    environment: { CARGO_HOME: '{home}/.cargo', CARGO_NET_OFFLINE: 'true' },
    path: [join(sysroot, 'bin')],
    readable: await readableOf([sysroot], surroundings),
    layers: await downloadsOf(surroundings),
  }
}

/** Beside them in the same folder there are tokens: credentials.toml, config.toml. */
const DOWNLOADS = ['registry', 'git']

async function downloadsOf({ home, settings }: Surroundings): Promise<Toolchain['layers']> {
  const cargoHome = settings['CARGO_HOME'] ?? join(home, '.cargo')
  const layers = DOWNLOADS.map(async (name) => {
    const lower = await realOf(join(cargoHome, name))
    return lower === null ? [] : [{ lower, at: 'home' as const, path: join('.cargo', name) }]
  })
  return (await Promise.all(layers)).flat()
}
