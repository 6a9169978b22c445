import { open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { SwarmError } from '../core/errors.ts'
import { get } from '../models/finding/get.ts'
import { modelsFolderIn, type Chosen } from './installation.ts'
import { loadPackage } from './llama-package.ts'
import { OFFERS } from './offer.ts'

export type Progress = { readonly totalSize: number; readonly downloadedSize: number }

export type FetchOptions = {
  /** The folder of the embedded runtime. */
  readonly dir: string
  readonly packageFolder: string
  /** Where `hf:` leads to; another host where the user has set one. */
  readonly modelHost: string
  /** Relative files start from here. */
  readonly cwd: string
  readonly onProgress: (progress: Progress) => void
}

/** Is it fetched from somewhere, and not a file that is there? */
export const isRemote = (model: string): boolean => /^(?:hf:|https?:\/\/)/.test(model)

/**
 * The file of a model: one that is there, or one that is fetched. What came before a download broke off is kept, and
 * the next one goes on from there.
 */
export async function fetchModel(model: string, options: FetchOptions, signal: AbortSignal): Promise<Chosen> {
  if (!isRemote(model)) return { model: await checkedFile(resolve(options.cwd, model)), name: nameOf(model) }
  await requireHost(model, options, signal)
  const { resolveModelFile } = await loadPackage(options.packageFolder)
  const path = await resolveModelFile(model, {
    directory: modelsFolderIn(options.dir),
    cli: false,
    deleteTempFileOnCancel: false,
    onProgress: options.onProgress,
    signal,
  }).catch((error: unknown) => {
    signal.throwIfAborted()
    throw new SwarmError('upstream', `${model} could not be fetched: ${wordsOf(error)}. ${byHand(model)}`, {
      cause: error,
    })
  })
  // a download that was aborted returns as if it were whole
  signal.throwIfAborted()
  return { model: await checkedFile(path), name: nameOf(model) }
}

/** `hf:user/Name-GGUF:Q4_K_M` and `folder/Name-Q4_K_M.gguf` by a name that can be typed. */
export function nameOf(model: string): string {
  const last = basename(model.replace(/^hf:/, '').replace(/[?#].*$/, ''))
  return (
    last
      .replace(/:.*$/, '')
      .replace(/\.gguf$/i, '')
      .replace(/-GGUF$/i, '') || 'embedded'
  )
}

/** Four letters that every GGUF begins with. */
const MAGIC = 'GGUF'

/** A page with an error, saved under a model's name, is found out about here and not by a crash. */
async function checkedFile(path: string): Promise<string> {
  try {
    await using file = await open(path)
    const { buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0)
    if (buffer.toString('latin1') === MAGIC) return path
  } catch (error) {
    throw new SwarmError('not-found', `${path} cannot be read: ${wordsOf(error)}`, { cause: error })
  }
  throw new SwarmError('bad-request', `${path} is no model: a GGUF file is expected`)
}

const WITHIN_MS = 15_000

/** The downloader would try for hours. */
async function requireHost(model: string, { modelHost }: FetchOptions, signal: AbortSignal): Promise<void> {
  const host = new URL(model.startsWith('hf:') ? modelHost : model).origin
  const { status, text } = await get(host, null, WITHIN_MS, signal)
  if (status === null)
    throw new SwarmError('upstream', `nothing answers at ${host}: ${text}. ${byHand(model)}`)
}

/** What to do without a network. */
function byHand(model: string): string {
  const offer = OFFERS.find(({ uri }) => uri === model)
  const file = offer ? `${offer.page}/resolve/main/${offer.file}` : model
  return `Without a network: fetch ${file} elsewhere, bring the file here, and say quorum models install --model PATH/${offer?.file ?? 'FILE.gguf'}`
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
