import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../remove.ts'
import type { Overlay } from './sandbox.ts'

/** `lower` as it is, to appear at the existing folder `target`. What commands wrote to the layers in `at` before is gone. */
export async function freshOverlay(lower: string, target: string, at: string): Promise<Overlay> {
  await removeTree(at)
  const layers = { upper: join(at, 'upper'), work: join(at, 'work') }
  for (const folder of Object.values(layers)) await mkdir(folder, { recursive: true })
  return { lower, ...layers, target }
}
