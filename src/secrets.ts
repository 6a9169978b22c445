const HIDDEN = '[redacted]'

/** Shapes of secrets, in a line of JSON: what follows an authorization, keys by their usual look, passwords in URLs. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/(\bBearer\s+)[^\s"\\,]+/gi, `$1${HIDDEN}`],
  [/(\\?"(?:authorization|(?:x-)?api[-_]?key|password)\\?"\s*:\s*\\?")[^"\\]+/gi, `$1${HIDDEN}`],
  [/\bsk-[\w-]{8,}/g, HIDDEN],
  [/(:\/\/)[^/\s"\\@]+@/g, `$1${HIDDEN}@`],
  [/([?&](?:api[-_]?key|key|token|access_token)=)[^&\s"\\]+/gi, `$1${HIDDEN}`],
]

/** The line without what must not be read in a log: the configured keys, and whatever looks like one. */
export function hideSecrets(line: string, secrets: readonly string[]): string {
  const known = secrets.reduce((text, secret) => {
    // as it stands inside a JSON string
    const written = JSON.stringify(secret).slice(1, -1)
    return written === '' ? text : text.replaceAll(written, HIDDEN)
  }, line)
  return SHAPES.reduce((text, [shape, instead]) => text.replaceAll(shape, instead), known)
}
