import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { freshOverlay } from '../cage/overlay.ts'
import { removeTree } from '../remove.ts'
import type { Overlay } from '../cage/sandbox.ts'
import type { Toolchain } from './find.ts'

type Places = { readonly root: string; readonly home: string; readonly layers: string }

/**
 * Puts the folders of the toolchains (a virtual environment, a registry of packages) where they are looked for: under an
 * overlay, or where there are none as a link, which a cage lets be read and nothing more.
 */
export async function layToolchains(
  toolchains: readonly Toolchain[],
  places: Places,
  overlaid: boolean,
): Promise<{ overlays: Overlay[]; readable: string[] }> {
  const folders = toolchains.flatMap(({ layers }) => layers)
  const overlays: Overlay[] = []
  for (const [index, { lower, at, path }] of folders.entries()) {
    const target = join(places[at], path)
    await removeTree(target)
    await mkdir(overlaid ? target : dirname(target), { recursive: true })
    if (overlaid) overlays.push(await freshOverlay(lower, target, join(places.layers, `toolchain-${index}`)))
    else await symlink(lower, target)
  }
  return { overlays, readable: overlaid ? [] : folders.map(({ lower }) => lower) }
}
