import { Buffer } from 'node:buffer'
import { git } from './git.ts'

/** File contents by blob id. Reads asked for in the same turn of the event loop share one git process. */
export function createBlobs(gitDir: string, signal: AbortSignal) {
  const known = new Map<string, Promise<string | undefined>>()
  let batch: { blobs: string[]; contents: Promise<Map<string, Buffer>> } | null = null

  return {
    /** Text of a blob; undefined when it is not valid UTF-8 text. */
    text(blob: string): Promise<string | undefined> {
      const reading = known.get(blob) ?? join(blob).then((contents) => textOf(contents.get(blob)))
      known.set(blob, reading)
      return reading
    },
  }

  function join(blob: string): Promise<Map<string, Buffer>> {
    batch ??= open()
    batch.blobs.push(blob)
    return batch.contents
  }

  function open(): NonNullable<typeof batch> {
    const blobs: string[] = []
    const contents = Promise.resolve().then(async () => {
      batch = null
      const input = blobs.map((blob) => `${blob}\n`).join('')
      return split(
        Buffer.from(await git(['cat-file', '--batch'], { gitDir, input, binary: true }, signal), 'latin1'),
      )
    })
    return { blobs, contents }
  }
}

/** `<blob> blob <size>` line feed, the bytes, line feed; again and again. */
function split(output: Buffer): Map<string, Buffer> {
  const contents = new Map<string, Buffer>()
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(0x0a, at)
    const [blob = '', , size = ''] = output.toString('latin1', at, end).split(' ')
    const start = end + 1
    contents.set(blob, output.subarray(start, start + Number(size)))
    at = start + Number(size) + 1
  }
  return contents
}

/** Strict: a file whose bytes would not survive the way through a string is not offered as text. */
export function textOf(bytes: Buffer | undefined): string | undefined {
  if (!bytes || bytes.includes(0)) return undefined
  try {
    return STRICT.decode(bytes)
  } catch {
    return undefined
  }
}

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
