import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { Pool } from 'undici'
import { answerQuestions, listen } from './child.ts'

// The least a proxy can cost: node:http in front, undici behind, no router, no log, nothing looked at.

const upstream = process.argv[2]!
const pool = new Pool(upstream, {
  connections: null,
  pipelining: 1,
  headersTimeout: 0,
  bodyTimeout: 0,
  keepAliveTimeoutThreshold: 3_000,
})

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const left = new AbortController()
    response.once('close', () => {
      if (!response.writableFinished) left.abort()
    })
    const options = {
      method: 'POST' as const,
      path: request.url!,
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat(parts),
      signal: left.signal,
    }
    pool
      .stream(options, ({ statusCode, headers }) => response.writeHead(statusCode, kept(headers)))
      .catch(() => response.destroy())
  })
})

function kept({ 'content-type': type, 'content-length': length }: IncomingHttpHeaders): OutgoingHttpHeaders {
  return {
    'content-type': type ?? 'text/plain',
    ...(length === undefined ? {} : { 'content-length': length }),
  }
}

answerQuestions()
await listen(server)
