import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { test, type TestContext } from 'node:test'
import { buildConnector } from 'undici'
import { SwarmError } from '../../src/core/errors.ts'
import { fetchPicture, type World } from '../../src/media/fetch-picture.ts'
import { PNG } from '../support/media.ts'

const PUBLIC = '93.184.216.34'
const never = new AbortController().signal

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown

async function startServer(t: TestContext, answer: Answer) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`)
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return { port: typeof address === 'object' && address ? address.port : 0, asked }
}

/** A world in which names stand for what the test says, and every public address is this server. */
function worldOf(port: number, names: Readonly<Record<string, readonly string[]>>) {
  const dialled: string[] = []
  const connect = buildConnector({ allowH2: false })
  const world: World = {
    resolve: async (name) => names[name] ?? [],
    dial(options, callback) {
      dialled.push(options.hostname)
      connect({ ...options, hostname: '127.0.0.1', port: String(port) }, callback)
    },
  }
  return { world, dialled }
}

const sendPicture: Answer = (_, response) => response.end(PNG)

const refusal =
  (pattern: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof SwarmError, String(error))
    assert.equal(error.fault, 'bad-request')
    assert.match(error.message, pattern)
    return true
  }

test('a picture comes from the very address that was looked at', async (t) => {
  const server = await startServer(t, sendPicture)
  const { world, dialled } = worldOf(server.port, { 'pictures.example': [PUBLIC] })
  const picture = await fetchPicture('http://pictures.example/a.png', never, world)
  assert.equal(picture.mime, 'image/png')
  assert.deepEqual(Buffer.from(picture.bytes), Buffer.from(PNG))
  assert.deepEqual(dialled, [PUBLIC])
  assert.deepEqual(server.asked, ['pictures.example /a.png'])
})

test('this machine and its network are never reached, however they are written', async (t) => {
  const server = await startServer(t, sendPicture)
  const port = String(server.port)
  const { world, dialled } = worldOf(server.port, {
    'inside.example': ['10.0.0.7'],
    'both.example': [PUBLIC, '127.0.0.1'],
    'metadata.example': ['169.254.169.254'],
    'six.example': ['::ffff:127.0.0.1'],
  })
  const hosts =
    `127.0.0.1 127.1 0x7f.1 2130706433 0 [::1] [::ffff:7f00:1] [64:ff9b::7f00:1] 169.254.169.254 10.1.2.3 ` +
    'inside.example both.example metadata.example six.example'
  for (const host of hosts.split(' ')) {
    const fetched = fetchPicture(`http://${host}:${port}/a.png`, never, world)
    await assert.rejects(fetched, refusal(/is not on the open internet/), host)
  }
  assert.deepEqual([dialled, server.asked], [[], []])
})

test('the real world refuses loopback too', async (t) => {
  const server = await startServer(t, sendPicture)
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    await assert.rejects(
      fetchPicture(`http://${host}:${server.port}/a.png`, never),
      refusal(/is not on the open internet/),
    )
  }
  assert.deepEqual(server.asked, [])
})

test('each redirect is looked at anew, and there are no more than three', async (t) => {
  const server = await startServer(t, ({ url = '' }, response) => {
    const left = Number(url.slice(1))
    if (left === 0) return response.end(PNG)
    const location = left === 99 ? 'http://inside.example/secret' : `/${left - 1}`
    return response.writeHead(302, { location }).end()
  })
  const { world } = worldOf(server.port, {
    'pictures.example': [PUBLIC],
    'inside.example': ['192.168.0.1'],
  })
  const from = (path: string) => fetchPicture(`http://pictures.example${path}`, never, world)
  assert.equal((await from('/3')).mime, 'image/png')
  await assert.rejects(from('/4'), refusal(/redirected more than 3 times/))
  await assert.rejects(from('/99'), refusal(/inside\.example is not on the open internet/))
  assert.ok(!server.asked.some((asked) => asked.includes('secret')))
})

test('what is no picture, too large, or not there is refused with the reason', async (t) => {
  const server = await startServer(t, ({ url }, response) => {
    if (url === '/page.png') return response.writeHead(200, { 'content-type': 'image/png' }).end('<html>')
    if (url === '/gone.png') return response.writeHead(404).end()
    if (url === '/cut.png') return response.writeHead(200, { 'content-length': '99' }).write(PNG)
    const piece = Buffer.concat([PNG, Buffer.alloc(1024 * 1024)])
    const pour = (): unknown => response.writable && response.write(piece, pour)
    return pour()
  })
  const { world } = worldOf(server.port, { 'pictures.example': [PUBLIC] })
  const from = (path: string, signal = never) => fetchPicture(`http://pictures.example${path}`, signal, world)
  await assert.rejects(from('/page.png'), refusal(/what came is no PNG, JPEG, GIF or WebP/))
  await assert.rejects(from('/gone.png'), refusal(/its server answered 404/))
  await assert.rejects(from('/endless.png'), refusal(/larger than 10 MB/))
  await assert.rejects(fetchPicture('http://nobody.example/a.png', never, world), refusal(/nobody knows/))
  for (const url of [
    'ftp://pictures.example/a',
    'file:///etc/passwd',
    'http://a:b@pictures.example/',
    'http://',
  ]) {
    await assert.rejects(fetchPicture(url, never, world), refusal(/was not fetched/), url)
  }
  const leaving = new AbortController()
  const left = from('/cut.png', leaving.signal)
  setImmediate(() => leaving.abort(new Error('the client left')))
  await assert.rejects(left, /the client left/)
})
