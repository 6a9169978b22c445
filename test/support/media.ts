import { createHash } from 'node:crypto'
import type { Media } from '../../src/core/media.ts'

const base64 = (text: string): Uint8Array<ArrayBuffer> => Buffer.from(text, 'base64')

/** One transparent pixel. */
export const PNG = base64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
)
/** A tenth of a second of silence, said to be 8 kHz and 8 bit. */
export const WAV = Buffer.concat([
  base64('UklGRkQDAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YSADAAA='),
  Buffer.alloc(800, 128),
])

export const uriOf = (bytes: Uint8Array, type = 'image/png'): string =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`

export const picturePart = (url = uriOf(PNG)) => ({ type: 'image_url', image_url: { url } })
export const recordingPart = () => ({
  type: 'input_audio',
  input_audio: { data: Buffer.from(WAV).toString('base64'), format: 'wav' },
})
export const filePart = (bytes: Uint8Array, filename?: string, type = 'text/plain') => ({
  type: 'file',
  file: { file_data: uriOf(bytes, type), ...(filename === undefined ? {} : { filename }) },
})
export const textPart = (text: string) => ({ type: 'text', text })

/** The same as a task carries them. */
export const aPicture = (name = 'Picture 1'): Media => mediaOf('picture', name, 'image/png', PNG)
export const aRecording = (name = 'Recording 1'): Media => mediaOf('recording', name, 'audio/wav', WAV)

const mediaOf = (kind: Media['kind'], name: string, mime: string, bytes: Uint8Array<ArrayBuffer>): Media => ({
  kind,
  name,
  mime,
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
})
