import { Hono } from 'hono'
import { SwarmError } from '../core/errors.ts'
import { createAudience } from './audience.ts'
import { requireKey } from './auth.ts'
import { limitBody } from './body-limit.ts'
import { chat, type Front } from './chat.ts'
import { answerFault } from './faults.ts'
import { createEarlierTasks } from './earlier.ts'
import { createFlights } from './flights.ts'
import { completions } from './completions.ts'
import { embeddings } from './embeddings.ts'
import { HEARTBEAT_MS } from './heartbeat.ts'
import { requireLoopbackHost } from './hosts.ts'
import { mcp } from './mcp/http.ts'
import { callTool, listTools } from './mcp/rest.ts'
import { getModel, listModels } from './models.ts'
import { passThrough } from './passthrough.ts'
import { processingTime } from './processing-time.ts'
import { BEATS, createPulse } from './pulse.ts'
import { createReadiness } from './readiness.ts'
import { requestId } from './request-id.ts'
import { responses } from './responses/responses.ts'
import { crossOrigin } from './origins.ts'
import type { ApiServices } from './services.ts'
import { transcriptions } from './transcriptions.ts'
import { cancelTask, followTask, getTask, startWorkflow } from './tasks.ts'

/** The HTTP edge: OpenAI's chat completions and models, and the tasks behind them. */
export function createApp(services: ApiServices): Hono {
  const readiness = createReadiness(services)
  const front: Front = {
    services,
    readiness,
    audience: createAudience(services),
    flights: createFlights(services),
    earlier: createEarlierTasks(services),
    pulse: createPulse((services.heartbeatMs ?? HEARTBEAT_MS) / BEATS, services.clock),
  }
  const app = new Hono()

  app.use(requestId())
  app.use(processingTime(services.clock))
  app.use(crossOrigin(services.corsOrigins))
  app.get('/health', (c) => c.json({ status: 'ok', version: services.version }))
  app.use(services.apiKey === null ? requireLoopbackHost() : requireKey(services.apiKey))
  app.use(limitBody(services.bodyLimit))

  app.get('/ready', async (c) => {
    const answer = await readiness()
    return c.json(answer, answer.ok ? 200 : 503)
  })
  app.post('/v1/chat/completions', chat(front))
  app.post('/v1/responses', responses(front))
  for (const path of ['/completions', '/fim/completions'] as const) {
    app.post(`/v1${path}`, passThrough(services, path), completions(services, path))
  }
  app.post('/v1/embeddings', passThrough(services, '/embeddings'), embeddings(services))
  app.post('/v1/audio/transcriptions', transcriptions(services))
  app.get('/v1/models', listModels(services))
  // a workspace below the root is named by its path
  app.get('/v1/models/:id{.+}', getModel(services))
  app.post('/api/workflow', startWorkflow(front))
  app.get('/api/task/:id', getTask(front))
  app.get('/api/task/:id/events', followTask(front))
  app.delete('/api/task/:id', cancelTask(front))
  app.get('/api/mcp/tools', listTools(services))
  app.post('/api/mcp/tool', callTool(services))
  app.all('/mcp', mcp(services))

  app.notFound((c) =>
    answerFault(c, new SwarmError('not-found', `there is no ${c.req.method} ${c.req.path} here`)),
  )
  app.onError((error, c) => {
    if (error instanceof SwarmError) return answerFault(c, error)
    if (c.req.raw.signal.aborted) return answerFault(c, new SwarmError('cancelled', 'the client hung up'))
    services.onBug?.(error)
    return answerFault(c, new SwarmError('internal', 'internal error', { cause: error }))
  })
  return app
}
