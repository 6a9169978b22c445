import { z } from 'zod'
import { onOneLine } from '../../core/one-line.ts'
import {
  bytesOfBase64,
  bytesOfDataUri,
  isDataUri,
  pictureType,
  recordingType,
  textOfBytes,
} from '../../core/media/bytes.ts'
import { badRequest } from '../faults.ts'

/** What a part of a message holds that is no text of its own. */
export type PartContent =
  | { readonly kind: 'picture'; readonly label: string | null; readonly source: PictureSource }
  | {
      readonly kind: 'recording'
      readonly label: string | null
      readonly mime: string
      readonly bytes: Bytes
    }
  | { readonly kind: 'file'; readonly path: string; readonly content: string }

/** `inPlace`: the part says it in the form that every model that sees takes. */
export type PictureSource =
  | { readonly from: 'bytes'; readonly mime: string; readonly bytes: Bytes; readonly inPlace: boolean }
  | { readonly from: 'url'; readonly url: string }

type Bytes = Uint8Array<ArrayBuffer>
type Part = { readonly type: string; readonly [key: string]: unknown }

const PicturePart = z.looseObject({
  image_url: z.union([z.string().min(1), z.looseObject({ url: z.string().min(1) })]),
})
const RecordingPart = z.looseObject({ input_audio: z.looseObject({ data: z.string().min(1) }) })
const FilePart = z.looseObject({
  file: z.looseObject({ file_data: z.string().nullish(), filename: z.string().nullish() }),
})

const MOST_TEXT_BYTES = 1024 * 1024
const LONGEST_NAME = 200

/** Reads a part; null for a text. Throws 'bad-request' that names its place, and what to send instead. */
export function readPart(part: Part, at: string): PartContent | null {
  switch (part.type) {
    case 'image_url':
      return picturePart(part, at)
    case 'input_audio':
      return recordingPart(part, at)
    case 'file':
      return filePart(part, at)
    case 'video_url':
    case 'audio_url':
      throw badRequest('send sound as "input_audio", and of a film the pictures that matter', at)
    default:
      return null
  }
}

function picturePart(part: Part, at: string): PartContent {
  const read = PicturePart.safeParse(part)
  if (!read.success) throw badRequest('a picture needs "image_url": {"url": "data:image/png;base64,…"}', at)
  const { image_url: image } = read.data
  const url = typeof image === 'string' ? image : image.url
  if (!isDataUri(url)) return { kind: 'picture', label: labelOfUrl(url), source: { from: 'url', url } }
  const bytes = bytesOfDataUri(url)
  const mime = bytes && pictureType(bytes)
  if (bytes === null || mime === null) throw badRequest('this is no PNG, JPEG, GIF or WebP in base64', at)
  return { kind: 'picture', label: null, source: { from: 'bytes', mime, bytes, inPlace: true } }
}

function recordingPart(part: Part, at: string): PartContent {
  const read = RecordingPart.safeParse(part)
  if (!read.success) throw badRequest('sound needs "input_audio": {"data": "base64", "format": "wav"}', at)
  const bytes = bytesOf(read.data.input_audio.data)
  const mime = bytes && recordingType(bytes)
  if (bytes === null || mime === null) {
    throw badRequest('this is no WAV, MP3, Ogg, FLAC, MP4 or WebM in base64', at)
  }
  return { kind: 'recording', label: null, mime, bytes }
}

/** What a file is, its bytes say; its name and its type are only what somebody called it. */
function filePart(part: Part, at: string): PartContent {
  const read = FilePart.safeParse(part)
  const data = read.data?.file.file_data ?? ''
  if (data === '')
    throw badRequest('files are not kept here: send its bytes in "file_data", as a data URI', at)
  const bytes = bytesOf(data)
  if (bytes === null) throw badRequest('"file_data" is no base64', at)
  const label = read.data?.file.filename ?? null
  const picture = pictureType(bytes)
  if (picture !== null) {
    return { kind: 'picture', label, source: { from: 'bytes', mime: picture, bytes, inPlace: false } }
  }
  const recording = recordingType(bytes)
  if (recording !== null) return { kind: 'recording', label, mime: recording, bytes }
  if (bytes.length > MOST_TEXT_BYTES)
    throw badRequest('a text file is 1 MB at most; send what matters of it', at)
  const content = textOfBytes(bytes)
  if (content === null) {
    throw badRequest(
      'this file is no text in UTF-8, no picture and no recording: send its text, or of a PDF pictures of its pages',
      at,
    )
  }
  return { kind: 'file', path: onOneLine(label ?? '', LONGEST_NAME) || 'file.txt', content }
}

const bytesOf = (data: string): Bytes | null => (isDataUri(data) ? bytesOfDataUri(data) : bytesOfBase64(data))

function labelOfUrl(url: string): string | null {
  if (!URL.canParse(url)) return null
  return new URL(url).pathname.split('/').at(-1) || null
}
