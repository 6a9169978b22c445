import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { Agent, buildConnector, request } from 'undici'
import { SwarmError } from '../core/errors.ts'
import { pictureType } from '../core/media/bytes.ts'
import { isPublic } from './public-address.ts'

export type Picture = { readonly mime: string; readonly bytes: Uint8Array<ArrayBuffer> }

/** The two things of the world that a fetch needs: what a name stands for, and a connection to an address. */
export type World = {
  /** Every address of a name. */
  readonly resolve: (name: string) => Promise<readonly string[]>
  readonly dial: buildConnector.connector
}

const MOST_BYTES = 10 * 1024 * 1024
const WITHIN_MS = 15_000
const MOST_REDIRECTS = 3
/** Names with many addresses have them for load, not because most of them are dead. */
const MOST_ADDRESSES = 4

/**
 * Fetches a picture that a stranger named. Whatever the address says, only the open internet is reached: what a name
 * stands for is looked at before each connection, and the connection goes to the very address that was looked at, so
 * that a name which changes its mind in between changes nothing. Throws 'bad-request' with the reason.
 */
export async function fetchPicture(url: string, signal: AbortSignal, world = THE_WORLD): Promise<Picture> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)])
  // of its own: no proxy of the environment, and no connection left when it is over
  const agent = new Agent({ connect: guarded(world), pipelining: 1, allowH2: false })
  try {
    return await follow(url, agent, limit)
  } catch (error) {
    signal.throwIfAborted()
    if (limit.aborted) throw refused(`it was not there within ${WITHIN_MS / 1000} s`)
    throw error instanceof SwarmError ? error : refused(reasonOf(error), error)
  } finally {
    await agent.destroy()
  }
}

async function follow(from: string, agent: Agent, signal: AbortSignal): Promise<Picture> {
  let url = readUrl(from)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const headers = { accept: 'image/png, image/jpeg, image/gif, image/webp', 'user-agent': 'quorum' }
    const response = await request(url, { dispatcher: agent, headers, signal })
    const { statusCode, body } = response
    const location = response.headers['location']
    if (REDIRECTS.has(statusCode) && typeof location === 'string') {
      discard(body)
      url = readUrl(location, url.href)
      continue
    }
    if (statusCode !== 200) {
      discard(body)
      throw refused(`its server answered ${statusCode}`)
    }
    return asPicture(await collect(body))
  }
  throw refused(`it is redirected more than ${MOST_REDIRECTS} times`)
}

/** undici tells of a body that nobody wants by an error, which nobody is there to hear. */
const discard = (body: Readable): void => void body.on('error', () => {}).destroy()

const REDIRECTS = new Set([301, 302, 303, 307, 308])

function readUrl(text: string, base?: string): URL {
  if (!URL.canParse(text, base)) throw refused('its address cannot be read')
  const url = new URL(text, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refused(`only http and https addresses are fetched, not ${url.protocol}`)
  }
  if (url.username !== '' || url.password !== '') throw refused('its address carries a password')
  return url
}

/** Connects to what has been looked at and to nothing else. */
function guarded({ resolve, dial }: World): buildConnector.connector {
  return (options, callback) => void answer(options, callback)
  async function answer(options: buildConnector.Options, callback: buildConnector.Callback): Promise<void> {
    let socket: Socket
    try {
      socket = await connect(options)
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null)
      return
    }
    callback(null, socket)
  }
  async function connect(options: buildConnector.Options): Promise<Socket> {
    const name = options.hostname.replace(/^\[(.*)\]$/, '$1')
    const addresses = isIP(name) === 0 ? await resolve(name) : [name]
    if (addresses.length === 0) throw refused(`nobody knows ${name}`)
    // one that is not public spoils them all: which of them would be taken is not for the name's owner to try out
    if (!addresses.every(isPublic)) throw refused(`${name} is not on the open internet`)
    return dialFirst(addresses.slice(0, MOST_ADDRESSES), { ...options, servername: serverName(name) })
  }
  async function dialFirst(addresses: readonly string[], options: buildConnector.Options): Promise<Socket> {
    let failure: unknown
    for (const hostname of addresses) {
      try {
        return await dialOne({ ...options, hostname })
      } catch (error) {
        // the next address may be one that this machine has a way to
        failure = error
      }
    }
    throw failure
  }
  function dialOne(options: buildConnector.Options): Promise<Socket> {
    return new Promise((done, failed) => {
      dial(options, (error, socket) => (socket ? done(socket) : failed(error ?? new Error('no connection'))))
    })
  }
}

/** Certificates are made out to names. */
const serverName = (name: string): string => (isIP(name) === 0 ? name : '')

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (size > MOST_BYTES) throw refused(`it is larger than ${MOST_BYTES / 1024 / 1024} MB`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** A header may say anything; bytes that are no picture are a web page, or something that was not meant for us. */
function asPicture(bytes: Uint8Array<ArrayBuffer>): Picture {
  const mime = pictureType(bytes)
  if (mime === null) throw refused('what came is no PNG, JPEG, GIF or WebP')
  return { mime, bytes }
}

const refused = (why: string, cause?: unknown): SwarmError =>
  new SwarmError('bad-request', `the picture was not fetched: ${why}. Send it as a data URI instead`, {
    cause,
  })

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const THE_WORLD: World = {
  resolve: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
  dial: buildConnector({ timeout: WITHIN_MS, allowH2: false }),
}
