import { createServer, request as send } from 'node:http'
import { makeRepository } from '../test/support/repository.ts'
import { startScriptedModels } from '../test/support/scripted-models.ts'
import { median } from './figures.ts'
import { startQuorum } from './quorum.ts'

const NAMES = ['direct', 'relay', 'quorum'] as const
const ROUNDS = 200
const ANSWER = 'word '.repeat(64)

/**
 * What the direct path adds over calling the upstream straight, and beside it what a bare relay of Node's own adds: the
 * least any proxy can cost. In turns, so that a noisy moment hits all three; medians of the difference.
 */
export async function benchDirect(): Promise<void> {
  await using repository = await makeRepository({ 'readme.md': 'x\n' })
  await using models = await startScriptedModels(() => ({ kind: 'text', text: ANSWER }), {
    models: ['fast-coder', 'deep-coder', 'reviewer'],
  })
  await using quorum = await startQuorum(models.url, repository.path)
  await using relay = await startRelay(models.url)
  const urls = { direct: models.url, relay: relay.url, quorum: `${quorum.url}/v1` }
  console.log(
    `direct path, added over calling the upstream straight, ${ROUNDS} rounds in turns, one at a time`,
  )
  for (const stream of [false, true]) {
    const times: Record<(typeof NAMES)[number], number[]> = { direct: [], relay: [], quorum: [] }
    for (let round = -20; round < ROUNDS; round += 1) {
      for (const name of NAMES) {
        const ms = await timed(urls[name], name === 'quorum' ? 'quorum-chat' : 'fast-coder', stream)
        if (round >= 0) times[name].push(ms)
      }
    }
    const added = (name: 'relay' | 'quorum'): number =>
      median(times[name].map((ms, at) => ms - times.direct[at]!))
    const what = stream ? 'to the first chunk' : 'whole answer      '
    const ratio = added('quorum') / added('relay')
    console.log(
      `  ${what}  straight ${median(times.direct).toFixed(2)} ms   bare relay +${added('relay').toFixed(2)}   Quorum +${added('quorum').toFixed(2)}   ratio ${ratio.toFixed(2)}`,
    )
  }
}

/** Milliseconds to the first bytes of a stream, or to the end of a whole answer. */
async function timed(url: string, model: string, stream: boolean): Promise<number> {
  const startedAt = performance.now()
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hello there' }] }),
  })
  const reader = response.body!.getReader()
  await reader.read()
  const firstMs = performance.now() - startedAt
  while (!(await reader.read()).done);
  return stream ? firstMs : performance.now() - startedAt
}

async function startRelay(upstream: string): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    const onward = send(
      `${upstream}/chat/completions`,
      { method: 'POST', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the relay has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
