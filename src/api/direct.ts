import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { lateAnswer } from './late-answer.ts'
import { openOutlet } from './outlet.ts'
import { answerRefusal, headersOf, isEventStream } from './pass-on.ts'
import { chunk, type Speaker } from './chat-objects.ts'
import type { AskedForm } from './plain-answer.ts'
import { pour } from './pour.ts'
import { beats, type Pulse } from './pulse.ts'
import type { ApiServices, Relayed } from './services.ts'
import { asSource, sourceOf } from './source.ts'
import { KEEP_ALIVE, SSE_HEADERS } from './sse.ts'
import { afterSpace, asItIs, type Valve } from './valve.ts'
import { createWatch } from './watch.ts'

/** Beats for which an upstream may still refuse with a status of its own: 5 to 7.5 seconds, at four to ten. */
const UNTIL_COMMITTED = 3

/** Of the signs in a long silence, every third is one for clients that count chunks and not bytes. */
const SIGNS_TO_A_CHUNK = 3

/** A chat that one model answers. */
export type Direct = {
  readonly model: string
  /** Read only when it has to be known. */
  form(): AskedForm
}

type House = { readonly services: ApiServices; readonly pulse: Pulse }

/**
 * A model's own answer to a chat, byte for byte. Where it takes long to begin, the answer begins without it, as clients
 * give up; what goes wrong after that is told as content, because an error would have them ask again for minutes.
 */
export async function answerDirectly(
  c: Context,
  opening: Promise<Relayed>,
  direct: Direct,
  { services, pulse }: House,
): Promise<Response> {
  const patience = beats(pulse, UNTIL_COMMITTED)
  try {
    const answer = await Promise.race([opening, patience.passed])
    const speaker = {
      id: `chatcmpl-${c.get('requestId')}`,
      created: Math.floor(services.clock.now() / 1000),
      model: direct.model,
    }
    if (answer === null) return answerLate(c, opening, { form: direct.form(), speaker }, { services, pulse })
    if (answer.status >= 400) return await answerRefusal(c, answer)
    const { client, response, flush } = openOutlet(c, answer.status, headersOf(answer))
    // with what has come already the headers are one packet
    if (!pour(sourceOf(answer), client, valveFor(answer, speaker), pulse)) flush()
    return response
  } finally {
    // last, because the pulse would rest and begin anew between this listener and the next
    patience.stop()
  }
}

function answerLate(
  c: Context,
  opening: Promise<Relayed>,
  { form, speaker }: { form: AskedForm; speaker: Speaker },
  { services, pulse }: House,
): Response {
  const { client, response } = openOutlet(c, 200, form.stream ? SSE_HEADERS : JSON_HEADERS)
  client.write(form.stream ? chunk(speaker, { role: 'assistant', content: '' }) : '\n')
  const source = asSource(Readable.from(lateAnswer(opening, form, speaker, services)))
  pour(source, client, form.stream ? watched(speaker) : afterSpace(), pulse)
  return response
}

const JSON_HEADERS = { 'content-type': 'application/json' } as const

function valveFor({ contentType, contentLength }: Relayed, speaker: Speaker): Valve {
  if (isEventStream(contentType)) return watched(speaker)
  // a length that was promised leaves no room for white space
  return contentLength ? asItIs : afterSpace()
}

/** A chat's stream, with signs of life between its events. */
function watched(speaker: Speaker): Valve {
  const watch = createWatch()
  let signs = 0
  return {
    ...watch,
    sign() {
      if (!watch.isBetweenEvents()) return null
      signs += 1
      // behind the end of a choice there is no more of it
      return signs % SIGNS_TO_A_CHUNK === 0 && !watch.isFinished() ? chunk(speaker, {}) : KEEP_ALIVE
    },
  }
}
