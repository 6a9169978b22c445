import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

/**
 * A llama-server that loads nothing: a program of its own, told by flags and by POST what to do.
 * `--scripted-refuse WORDS`: says them and ends. `--scripted-load FILE`: loads until that file is there.
 */
const { values } = parseArgs({
  strict: false,
  options: {
    alias: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    parallel: { type: 'string' },
    'ctx-size': { type: 'string' },
    'scripted-refuse': { type: 'string' },
    'scripted-load': { type: 'string' },
  },
})
if (typeof values['scripted-refuse'] === 'string') {
  console.error(values['scripted-refuse'])
  process.exit(1)
}

const waitsFor = values['scripted-load']
const isLoading = (): boolean => typeof waitsFor === 'string' && !existsSync(waitsFor)
let hangs = false
let hasModel = true

const server = createServer((request, response) => {
  if (hangs) return
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  switch (`${request.method} ${request.url}`) {
    case 'GET /health':
      if (isLoading())
        return answer(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } })
      return answer(200, { status: 'ok' })
    case 'GET /props':
      return answer(200, {
        total_slots: Number(values.parallel),
        build_info: 'scripted',
        argv: process.argv.slice(2),
      })
    case 'GET /v1/models':
      return answer(200, {
        object: 'list',
        data: [{ id: values.alias, object: 'model', owned_by: 'llamacpp' }],
      })
    case 'POST /v1/completions':
      return answer(hasModel ? 200 : 500, { choices: [{ text: '1', finish_reason: 'length' }] })
    case 'POST /lose-model':
      hasModel = false
      return answer(200, {})
    case 'POST /die':
      return process.exit(1)
    case 'POST /hang':
      hangs = true
      return answer(200, {})
    default:
      return answer(404, { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } })
  }
})
server.listen(Number(values.port), String(values.host), () =>
  console.log(`listens on ${String(values.port)}`),
)
