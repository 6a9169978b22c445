import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** An answer in the bits in which its server wrote it, however the network has cut or joined them on the way. */
export type Chunked = {
  header(name: string): string | null
  readonly chunks: readonly Uint8Array[]
}

/** Posts, and reads to the end of the answer. A chunk of HTTP/1.1 is one write of the server's. */
export async function httpChunks(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Chunked> {
  const { hostname, port, host, pathname } = new URL(url)
  const all = { ...headers, host, connection: 'close', 'content-length': `${Buffer.byteLength(body)}` }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const socket = connect(Number(port), hostname)
  socket.write([`POST ${pathname} HTTP/1.1`, ...lines, '', body].join('\r\n'))
  return readAnswer(await buffer(socket))
}

function readAnswer(bytes: Buffer): Chunked {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...fields] = bytes.subarray(0, end).toString().split('\r\n')
  const headers = new Headers(
    fields.map((field): [string, string] => {
      const colon = field.indexOf(':')
      return [field.slice(0, colon), field.slice(colon + 1).trim()]
    }),
  )
  if (headers.get('transfer-encoding') !== 'chunked') throw new Error(`not in chunks: ${first}`)
  return {
    header: (name) => headers.get(name),
    chunks: [...chunksIn(bytes.subarray(end + 4))],
  }
}

function* chunksIn(bytes: Buffer): Generator<Uint8Array, void, void> {
  for (let at = 0; ;) {
    const end = bytes.indexOf('\r\n', at)
    const size = end < 0 ? Number.NaN : Number.parseInt(bytes.subarray(at, end).toString(), 16)
    if (Number.isNaN(size)) throw new Error('the answer breaks off')
    if (size === 0) return
    yield bytes.subarray(end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}
