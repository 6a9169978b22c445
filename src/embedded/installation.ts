import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { jsonOrNull } from '../core/json.ts'

/** The version this code was tried with; another one may have another interface. */
export const LLAMA_VERSION = '3.22.1'

/** What `quorum models install` leaves behind, in a folder of its own. */
export type Installation = {
  readonly packageFolder: string
  /** The model's file. */
  readonly model: string
  /** The name it is known by. */
  readonly name: string
}

const Chosen = z.object({ model: z.string(), name: z.string() })
export type Chosen = z.infer<typeof Chosen>

/** The folder of the embedded runtime; where nothing outlives the process it can only be the cache. */
export const embeddedDir = ({ dataDir, cacheDir }: { dataDir: string | null; cacheDir: string }): string =>
  join(dataDir ?? cacheDir, 'embedded')

export const packageFolderIn = (dir: string): string => join(dir, `node-llama-cpp-${LLAMA_VERSION}`)
export const modelsFolderIn = (dir: string): string => join(dir, 'models')
const chosenFile = (dir: string): string => join(dir, 'model.json')

/** Null when there is no model to serve, or nothing to serve it with. */
export async function readInstallation(dir: string): Promise<Installation | null> {
  const packageFolder = packageFolderIn(dir)
  const text = await readFile(chosenFile(dir), 'utf8').catch(() => null)
  const chosen = Chosen.safeParse(text === null ? null : jsonOrNull(text))
  if (!chosen.success || !existsSync(packageFolder) || !existsSync(chosen.data.model)) return null
  return { packageFolder, ...chosen.data }
}

/** Writes down which model is served; as a whole, so that nobody reads half of it. */
export async function choose(dir: string, chosen: Chosen): Promise<void> {
  await mkdir(dir, { recursive: true })
  const draft = `${chosenFile(dir)}.${process.pid}`
  await writeFile(draft, JSON.stringify(chosen, null, 2))
  await rename(draft, chosenFile(dir))
}
