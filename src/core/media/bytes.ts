/** What a picture's bytes say they are; null for anything that is not one of the forms models take. */
export function pictureType(bytes: Uint8Array): string | null {
  if (begins(bytes, '\x89PNG\r\n\x1a\n')) return 'image/png'
  if (begins(bytes, '\xff\xd8\xff')) return 'image/jpeg'
  if (begins(bytes, 'GIF87a') || begins(bytes, 'GIF89a')) return 'image/gif'
  return begins(bytes, 'RIFF') && begins(bytes, 'WEBP', 8) ? 'image/webp' : null
}

/** The same for recordings. A film is one too: what is said in it can be written down. */
export function recordingType(bytes: Uint8Array): string | null {
  if (begins(bytes, 'RIFF') && begins(bytes, 'WAVE', 8)) return 'audio/wav'
  if (begins(bytes, 'OggS')) return 'audio/ogg'
  if (begins(bytes, 'fLaC')) return 'audio/flac'
  if (begins(bytes, '\x1a\x45\xdf\xa3')) return 'audio/webm'
  if (begins(bytes, 'ftyp', 4)) return 'audio/mp4'
  return begins(bytes, 'ID3') || isFrame(bytes) ? 'audio/mpeg' : null
}

/** An MP3 without a header begins with eleven set bits, a version that is not the reserved one, and the third layer. */
function isFrame(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes
  return first === 0xff && second >= 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) === 0x02
}

/** The text these bytes are in UTF-8; null when they are no text. */
export function textOfBytes(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    // that it cannot be decoded is the answer
    return null
  }
}

/** The bytes behind base64 that is exactly that; null for anything else. Padding may be left out. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes = Buffer.from(text, 'base64')
  // the decoder skips what it does not know, so only what encodes to the same text was base64
  const again = bytes.toString('base64')
  return bytes.length > 0 && (again === text || again.replace(/={1,2}$/, '') === text) ? bytes : null
}

/** The bytes of `data:…;base64,…`; null for anything else. What type it says it is does not count. */
export function bytesOfDataUri(uri: string): Uint8Array<ArrayBuffer> | null {
  const comma = uri.indexOf(',')
  if (!isDataUri(uri) || comma < 0 || !/;base64$/i.test(uri.slice(0, Math.min(comma, LONGEST_HEAD))))
    return null
  return bytesOfBase64(uri.slice(comma + 1))
}

/** `data:` and a type; a type with parameters is longer. */
const LONGEST_HEAD = 300

/** Does this carry its bytes itself? */
export const isDataUri = (uri: string): boolean => /^data:/i.test(uri)

/** The same bytes as a data URI. */
export const dataUriOf = (type: string, bytes: Uint8Array): string =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`

const begins = (bytes: Uint8Array, letters: string, at = 0): boolean =>
  Array.from(letters).every((letter, index) => bytes[at + index] === letter.charCodeAt(0))
